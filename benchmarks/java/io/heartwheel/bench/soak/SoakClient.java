package io.heartwheel.bench.soak;

import io.heartwheel.CloseReason;
import io.heartwheel.bench.harness.RawPeer;

import java.util.concurrent.TimeUnit;

/**
 * One place among the clients of the soak. It holds one connection after the other.
 */
final class SoakClient
{
    /** A server calls NEVER_SPOKE what leaves within a second of being accepted, by its own time. */
    static final long BRIEF_NS = TimeUnit.SECONDS.toNanos(3);

    enum State
    {
        /** There is no connection. */
        AWAY,

        /** Until the HELLO of the server. */
        ARRIVING,

        /** A PING each second. */
        LIVING,

        /** Doing what its fate says, until the server closes it. */
        TURNED
    }

    /** Does it live to the end? */
    final boolean isStaying;
    State state = State.AWAY;
    RawPeer peer;
    SoakFate fate;
    /** By which the server knows it. */
    String address;
    boolean isConnected;
    /** Of an attack. */
    int turn;
    int number;
    /** When it turns, as far as it does. */
    long timeOfTurnNs;
    /** From which the next PING is counted. */
    long timeOfPingNs;
    long timeOfOpeningNs;
    /** Has it left so soon that it may not have been heard? */
    boolean isBrief;
    /** Before the last write that was accepted, or before connecting: the server may accept before we hear of it. */
    long timeOfLastWriteNs;

    SoakClient(final boolean isStaying)
    {
        this.isStaying = isStaying;
    }

    /**
     * What the server may call it. A client that leaves soon may not have been heard: a reset takes what was not read.
     */
    String expected()
    {
        final CloseReason reason = fate.reason();
        final boolean isLeaving = CloseReason.PEER_CLOSED == reason || CloseReason.PEER_RESET == reason;
        return isLeaving && isBrief ? reason + "|" + CloseReason.NEVER_SPOKE : reason.name();
    }
}
