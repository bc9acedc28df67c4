package io.heartwheel.simulation;

import io.heartwheel.CloseReason;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a peer does when its time comes, and how its connection may end then.
 */
enum PeerKind
{
    PUNCTUAL, DRIBBLING, FLOODING,
    ASKING(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    RESURRECTING(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    SILENT(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    CUT(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    HALF_FRAME(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    ON_THE_BRINK(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    DEAF_AND_DUMB(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    DEAF(CloseReason.WRITE_STALLED, CloseReason.PEER_SILENT),
    ENDING(CloseReason.PEER_CLOSED),
    CLOSING(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET),
    RESETTING(CloseReason.PEER_RESET),
    LEAVING(CloseReason.PEER_LEFT),
    MALFORMED(CloseReason.PROTOCOL_ERROR),
    CLOSED_BY_LISTENER(CloseReason.LOCAL_CLOSE),
    FAILED_BY_LISTENER(CloseReason.LISTENER_FAILED);

    private final Set<CloseReason> reasons = EnumSet.noneOf(CloseReason.class);

    PeerKind(final CloseReason... reasons)
    {
        this.reasons.addAll(Set.of(reasons));
    }

    /**
     * Does it keep the rules all the time, so that nothing may end its connection?
     */
    boolean isBlameless()
    {
        return reasons.isEmpty();
    }

    boolean mayEndBy(final CloseReason reason)
    {
        return reasons.contains(reason);
    }
}
