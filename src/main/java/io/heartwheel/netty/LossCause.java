package io.heartwheel.netty;

import io.heartwheel.netty.PeerLostEvent.Cause;

/**
 * What follows from the kernel's figures for the cause of a loss. A cause is named only if they leave no other.
 * <p>
 * The kernel's times are as exact as its timer tick. Two of them that belong to one event are equal, or the later one
 * is the younger.
 */
final class LossCause
{
    /** TCP state of a connection whose peer has closed its end. */
    private static final int CLOSE_WAIT = 8;
    /**
     * Probes of a closed window. One of them may be on its way, or the peer's kernel does not answer it, as it answers
     * two a second at most (Linux: tcp_invalid_ratelimit).
     */
    private static final int UNANSWERED_PROBES_MIN = 2;
    /** A kernel has probed a closed window twice after three times its RTO; one more for good measure. */
    private static final int PROBED_TWICE = 4;

    private LossCause()
    {
    }

    /**
     * The cause of a silence.
     *
     * @param info      of the kernel, or null if there is none.
     * @param silenceNs how long it has lasted.
     * @param isAsked   true if probes were written within it.
     */
    static Cause ofSilence(final TcpInfo info, final long silenceNs, final boolean isAsked)
    {
        if (null == info)
        {
            return Cause.UNKNOWN;
        }
        if (CLOSE_WAIT == info.state())
        {
            return Cause.PROCESS;
        }
        if (isUnanswered(info))
        {
            return Cause.PATH;
        }
        if (info.unacked() > 0)
        {
            return Cause.UNKNOWN;
        }
        // Without a probe an acknowledgement may be of something old: the path may have been cut since.
        final boolean isAcknowledged = isAsked ?
            info.lastDataSentNs() < silenceNs && info.lastAckReceivedNs() <= info.lastDataSentNs() :
            info.lastAckReceivedNs() <= silenceNs >> 2;
        return isAcknowledged ? Cause.PROCESS : Cause.UNKNOWN;
    }

    /**
     * The cause of a lack of progress in writing.
     *
     * @param info    of the kernel, or null if there is none.
     * @param stallNs how long it has lasted.
     */
    static Cause ofWriteStall(final TcpInfo info, final long stallNs)
    {
        if (null == info)
        {
            return Cause.UNKNOWN;
        }
        if (isUnanswered(info))
        {
            return Cause.PATH;
        }
        // Nothing on its way means a closed window. A kernel probes that after its RTO, and again after twice that.
        final boolean isAnswering = info.unacked() > 0 ?
            info.lastAckReceivedNs() <= info.lastDataSentNs() : stallNs >= info.retransmitTimeoutNs() * PROBED_TWICE;
        return isAnswering ? Cause.PROCESS : Cause.UNKNOWN;
    }

    /**
     * Did the peer's kernel leave unanswered what it would have answered at once?
     */
    private static boolean isUnanswered(final TcpInfo info)
    {
        return info.unacked() > 0 ?
            info.retransmits() > 0 && info.lastAckReceivedNs() > info.lastDataSentNs() :
            info.windowProbes() >= UNANSWERED_PROBES_MIN;
    }
}
