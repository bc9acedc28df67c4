package io.heartwheel.simulation;

import io.heartwheel.CloseReason;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the model knows of a simulated peer: what was sent either way, and how its connection may end.
 */
abstract class PeerRecord
{
    /** Its connection; null before the server has opened it. */
    Watch watch;
    int sentCount;
    int heardCount;
    int sentByServer;
    int heardByServer;
    /** Messages are shorter than that. */
    int sentLength = Messages.MAX_LENGTH;
    int sentByServerLength = Messages.MAX_LENGTH;
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
