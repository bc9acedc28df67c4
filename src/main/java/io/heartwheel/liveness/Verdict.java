package io.heartwheel.liveness;

/**
 * Why a peer is condemned.
 */
public enum Verdict
{
    /**
     * Nothing was heard for the detection time, every probe included.
     */
    SILENT,

    /**
     * Bytes wait to be written, and none could be for the detection time.
     */
    WRITE_STALLED
}
