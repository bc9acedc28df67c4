package io.heartwheel.bench.soak;

import io.heartwheel.bench.harness.RawPeer;

/**
 * One place among the clients of the soak: a connection, and after it the next one.
 */
final class SoakClient
{
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
    /** Before the last write that was accepted, or before connecting: the server may accept before we hear of it. */
    long timeOfLastWriteNs;

    SoakClient(final boolean isStaying)
    {
        this.isStaying = isStaying;
    }
}
