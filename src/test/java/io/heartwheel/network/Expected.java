package io.heartwheel.network;

import io.heartwheel.CloseReason;

/**
 * The result that is expected of a method for a fault.
 *
 * @param reason    of the verdict, or null if there is none.
 * @param isOfFault whether the time to the verdict counts from the fault, or from the last byte heard before it.
 * @param fromS     seconds to the verdict at least; if there is none, how long to wait for one.
 * @param toS       seconds to the verdict at most.
 * @param isBlind   whether the peer is as good as gone, and the method cannot notice it.
 */
record Expected(CloseReason reason, boolean isOfFault, double fromS, double toS, boolean isBlind)
{
    private static final double EARLY_S = 0.02;
    /** A kernel counts from when bytes came; the end that watches may have been busy before it read them. */
    private static final double KERNEL_EARLY_S = 0.4;

    /** On a machine so busy that the end that watches stalls, the peer is given one more wait, of 500 ms. */
    private static final double LATE_S = 0.6;

    /** A timer of the kernel is an eighth late at most, see kernel/time/timer.c. */
    private static final double KERNEL_LATE = 1.125;

    /** The peer says so, or its kernel. */
    static Expected atOnce(final CloseReason reason)
    {
        return new Expected(reason, true, 0, LATE_S, false);
    }

    static Expected afterSilence(final CloseReason reason, final double silenceS)
    {
        final boolean isOfKernel = CloseReason.KEEPALIVE_TIMEOUT == reason;
        return new Expected(
            reason,
            false,
            // A reset answers whatever is sent first, such as an acknowledgement that was late.
            CloseReason.PEER_RESET == reason ? 0 :
                silenceS - (CloseReason.PEER_SILENT == reason ? EARLY_S : KERNEL_EARLY_S),
            (isOfKernel ? silenceS * KERNEL_LATE : silenceS) + LATE_S,
            false);
    }

    static Expected afterFault(final CloseReason reason, final double fromS, final double toS)
    {
        return new Expected(reason, true, fromS - EARLY_S, toS + LATE_S, false);
    }

    static Expected notSeen(final double withinS)
    {
        return new Expected(null, false, withinS, withinS, true);
    }

    static Expected survives(final double forS)
    {
        return new Expected(null, false, forS, forS, false);
    }
}
