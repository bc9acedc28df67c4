package io.heartwheel.liveness;

/**
 * Why a peer is condemned.
 */
public enum Verdict
{
    /**
     * Nothing was heard for the detection time. All probes went unanswered.
     */
    SILENT,

    /**
     * Bytes waited to be written, and the kernel accepted none for the detection time.
     */
    WRITE_STALLED
}
