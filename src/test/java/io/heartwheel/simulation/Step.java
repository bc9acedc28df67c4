package io.heartwheel.simulation;

import java.util.Locale;

/**
 * One thing that happens in a scenario.
 *
 * @param atNs       time since the start. A step of the reactor's own thread comes with its next duty cycle.
 * @param kind       what happens.
 * @param peer       number of the peer or link that it happens to.
 * @param durationNs how long it lasts; for a peer that joins, how long it behaves.
 * @param peerKind   kind of the peer that joins, or null.
 */
record Step(long atNs, Kind kind, int peer, long durationNs, PeerKind peerKind)
{
    /**
     * What may happen.
     */
    enum Kind
    {
        /** A peer connects. */
        JOIN(false),
        /** Every peer sends a PING. */
        BURST(false),
        /** The network carries nothing for a peer, or of a link, for a while. */
        BLACKOUT(false),
        /** The reactor's host stops at any point of its work, be it in the middle of a park. */
        FREEZE(false),
        /** Connects are not answered. */
        BLACK_HOLE(false),
        /** No file descriptor is to be had. */
        STARVE(false),
        /** What is done next with any socket fails by an error. */
        FAIL(false),
        /** The client does not get to run. */
        STALL_CLIENT(false),
        /** The reactor does not get to run between two duty cycles. */
        STALL(true),
        /** The application sends messages. */
        SEND(true),
        /** The application closes a connection, or a link. */
        CLOSE(true),
        /** The server shuts down, and another starts in its place. */
        RESTART(true),
        /** A listener takes its time. */
        STALL_IN_CALLBACK(true),
        /** A listener sends to some connection. */
        SEND_IN_CALLBACK(true),
        /** A listener closes some connection. */
        CLOSE_IN_CALLBACK(true),
        /** A listener throws. */
        THROW_IN_CALLBACK(true),
        /** A listener throws what the JVM throws at its end. */
        ERROR_IN_CALLBACK(true),
        /** A listener has some connection watched by another cadence. */
        CADENCE_IN_CALLBACK(true),
        /** A listener leaves the thread interrupted. */
        INTERRUPT_IN_CALLBACK(true),
        /** A listener of a client makes a link. */
        CONNECT_IN_CALLBACK(true),
        /** A listener of a client asks to be watched by another cadence. */
        ASK_IN_CALLBACK(true),
        /** A listener has the server drained. */
        DRAIN_IN_CALLBACK(true),
        /** A listener closes its server, or client. */
        END_IN_CALLBACK(true),
        /** A listener tells the agent to end, by an exception. */
        TERMINATE_IN_CALLBACK(true);

        /**
         * Does the reactor's own thread do it?
         */
        final boolean isOfReactor;

        Kind(final boolean isOfReactor)
        {
            this.isOfReactor = isOfReactor;
        }
    }

    @Override
    public String toString()
    {
        return String.format(Locale.ROOT, "%,d ms: %s %d%s%s", atNs / 1_000_000, kind, peer,
            null == peerKind ? "" : " " + peerKind, 0 == durationNs ? "" : " for " + durationNs / 1_000_000 + " ms");
    }
}
