package io.heartwheel.netty;

/**
 * A peer is gone. {@link LivenessHandler} fires it through the pipeline, for {@code userEventTriggered}, before the
 * channel is closed. A channel that its peer closes or resets has no such event: Netty tells of that itself.
 * <p>
 * Immutable, and so threadsafe.
 *
 * @param reason     for which the peer was given up.
 * @param cause      as far as the kernel knows it.
 * @param silenceNs  time in ns since the peer was heard last. Stalls of the event loop are left out.
 * @param probes     number of probes that went unanswered, 0 if none was sent.
 * @param latenessNs time in ns from the deadline of this verdict to the verdict.
 */
public record PeerLostEvent(Reason reason, Cause cause, long silenceNs, int probes, long latenessNs)
{
    /**
     * What the peer did not do.
     */
    public enum Reason
    {
        /** Nothing was heard of the peer for the detection time of its cadence. */
        SILENT,

        /** Bytes waited to be written, and the peer took none of them for the detection time. */
        WRITE_STALLED,

        /** The watch was not started in time, by {@link Liveness#start}: the peer did not finish what goes before. */
        START_TIMEOUT
    }

    /**
     * Where the fault lies. It is told from TCP_INFO, which the transports epoll and io_uring have. A cause is named
     * only if the kernel's figures leave no other. On other transports the cause is {@link #UNKNOWN}.
     */
    public enum Cause
    {
        /** The peer's host acknowledges nothing that is sent to it: the path is cut, or the host is down. */
        PATH,

        /**
         * The peer's host acknowledges what is sent to it, and its process does not react: it hangs, or has closed its
         * end. A proxy on the way acknowledges as well.
         */
        PROCESS,

        /** This end is at fault: the probe could not be written. */
        US,

        /** The kernel's figures do not tell, or there are none. */
        UNKNOWN
    }
}
