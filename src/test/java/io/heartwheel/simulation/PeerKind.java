package io.heartwheel.simulation;

import io.heartwheel.CloseReason;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a peer does when its time comes, and how its connection may end then.
 */
enum PeerKind
{
    /** Speaks often enough, and answers. */
    PUNCTUAL,
    /** Sends a frame byte by byte, answers nothing. */
    DRIBBLING(CloseReason.PROTOCOL_ERROR),
    /** Sends heaps of PINGs, five times as many as it may. */
    FLOODING(CloseReason.FLOODING),
    /** Takes what it is sent in small pieces. */
    SLOW_READER,
    /** Its path lets pass a little at a time, it is sent heaps, and it says nothing but answers. */
    SLOW_PATH,
    /** Sends long messages without a pause, which TCP cuts into many segments. */
    UPLOADING,
    /** Sends nearly as many PINGs as it may. */
    CHATTY,
    /** Is cut off for a while, but not for so long that its bytes could not be repeated in time. */
    BLIP,
    /** Asks to be watched by another cadence, and falls silent later. */
    ASKING(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Is cut off for longer, and comes back. */
    RESURRECTING(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Its process hangs; its kernel lives. */
    SILENT(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Its cable is pulled. */
    CUT(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Hears, but is not heard any more. */
    UNHEARD(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Is heard, but does not hear any more. */
    UNHEARING(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Hangs in the middle of a frame. */
    HALF_FRAME(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Speaks up just before or after it is condemned. */
    ON_THE_BRINK(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Neither reads nor speaks. */
    DEAF_AND_DUMB(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED),
    /** Speaks, but does not read. */
    DEAF(CloseReason.WRITE_STALLED, CloseReason.PEER_SILENT),
    /** Asks to be watched by some cadence again and again, and does not read. */
    DEAF_AND_ASKING(CloseReason.WRITE_STALLED, CloseReason.PEER_SILENT),
    /** Closes its sending side. */
    ENDING(CloseReason.PEER_CLOSED),
    CLOSING(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET),
    RESETTING(CloseReason.PEER_RESET),
    LEAVING(CloseReason.PEER_LEFT),
    MALFORMED(CloseReason.PROTOCOL_ERROR),
    CLOSED_BY_LISTENER(CloseReason.LOCAL_CLOSE),
    FAILED_BY_LISTENER(CloseReason.LISTENER_FAILED),
    /** Begins to do what has to be done before it is let in, and hangs. */
    HALF_ENTERED(CloseReason.HANDSHAKE_TIMEOUT),
    /** Says something else than what has to be said before. */
    NONSENSE(CloseReason.PROTOCOL_ERROR),
    /** Has a credential that does not let it in. */
    UNWANTED(CloseReason.REFUSED),
    /** Takes heaps of new keys for its TLS. Too many of them in one read are an error. */
    NEW_KEYS(CloseReason.FLOODING, CloseReason.PROTOCOL_ERROR),
    /** Sends a TLS record byte by byte, answers nothing. */
    HALF_RECORD(CloseReason.PROTOCOL_ERROR, CloseReason.WRITE_STALLED),
    /** Sends a frame that is long, and never whole. */
    HOARDING(CloseReason.PROTOCOL_ERROR, CloseReason.FLOODING);

    /** Those that any server meets. */
    static final PeerKind[] EVERYWHERE = Arrays.copyOf(values(), HALF_ENTERED.ordinal());


    private final Set<CloseReason> reasons = EnumSet.noneOf(CloseReason.class);

    PeerKind(final CloseReason... reasons)
    {
        this.reasons.addAll(Set.of(reasons));
    }

    /**
     * How it may end once it has acted: empty for one that keeps the rules all the time.
     */
    Set<CloseReason> reasons()
    {
        return reasons;
    }

    boolean isDeaf()
    {
        return switch (this)
        {
            case DEAF, DEAF_AND_DUMB, DEAF_AND_ASKING -> true;
            default -> false;
        };
    }

    /**
     * Is it never let in?
     */
    boolean isKeptOut()
    {
        return HALF_ENTERED == this || NONSENSE == this || UNWANTED == this;
    }

    /**
     * Does it mind the network by itself, so that nothing else should?
     */
    boolean isOfNetwork()
    {
        return switch (this)
        {
            case BLIP, RESURRECTING, CUT, UNHEARD, UNHEARING, ON_THE_BRINK -> true;
            default -> false;
        };
    }
}
