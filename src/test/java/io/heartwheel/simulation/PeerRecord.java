package io.heartwheel.simulation;

import io.heartwheel.CloseReason;

import java.util.EnumSet;
import java.util.Set;

/**
 * The model's record of a simulated peer: the bytes sent in both directions, and how its connection may end.
 */
abstract class PeerRecord
{
    private static final long NEVER_NS = -1;

    /** Its connection; null before the server has opened it. */
    Watch watch;
    int sentCount;
    int heardCount;
    int sentByServer;
    int heardByServer;
    /** Messages are shorter than that. */
    int sentLength = Messages.MAX_LENGTH;
    int sentByServerLength = Messages.MAX_LENGTH;
    private long dueSinceNs = NEVER_NS;
    private long dueWithinNs;
    private boolean isExcused;
    private final Set<CloseReason> expected = EnumSet.noneOf(CloseReason.class);

    /**
     * There is a reason for which its connection may end from now on.
     */
    final void expect(final CloseReason... reasons)
    {
        expected.addAll(Set.of(reasons));
    }

    final void expect(final Set<CloseReason> reasons)
    {
        expected.addAll(reasons);
    }

    /**
     * From now on the server has so much time to send it away.
     */
    final void due(final long nowNs, final long withinNs)
    {
        dueSinceNs = nowNs;
        dueWithinNs = withinNs;
    }

    /**
     * What it does may not reach the server, or not in time.
     */
    final void excuse()
    {
        isExcused = true;
    }

    final boolean isExcused()
    {
        return isExcused;
    }

    final boolean isDue()
    {
        return NEVER_NS != dueSinceNs && !isExcused;
    }

    final long dueSinceNs()
    {
        return dueSinceNs;
    }

    final long dueWithinNs()
    {
        return dueWithinNs;
    }

    final boolean mayEndBy(final CloseReason reason)
    {
        return expected.contains(reason) || CloseReason.NEVER_SPOKE == reason &&
            (expected.contains(CloseReason.PEER_CLOSED) || expected.contains(CloseReason.PEER_RESET));
    }

    /**
     * Is there no reason why its connection should end, or its messages be late?
     */
    final boolean isBlameless()
    {
        return expected.isEmpty();
    }

    /**
     * Has all arrived that was sent before it fell quiet?
     */
    final boolean isAllHeard()
    {
        return heardCount == sentByServer && heardByServer == sentCount;
    }

    /**
     * What was sent, and what of it was heard.
     */
    final String progress()
    {
        return heardByServer + " of " + sentCount + " heard by the server, " + heardCount + " of " + sentByServer +
            " by the peer";
    }
}
