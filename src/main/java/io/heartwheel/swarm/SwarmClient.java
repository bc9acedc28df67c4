package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * What the swarm keeps of one client: about 100 bytes beside its socket.
 */
final class SwarmClient
{
    final Fate fate;
    SocketChannel channel;
    SelectionKey key;
    SwarmReport.Ending ending;
    int localPort;

    /** It is done dying: of what, its fate says. */
    boolean hasDied;

    /** A write failed, which takes the error from the socket: what looks like a FIN after it was an RST. */
    boolean hasWriteFailed;

    /** What the server last said it holds the client to, or null. */
    Hello hello;

    /** From the BYE, -1 if none came. */
    int byeReason = -1;
    String byeText = "";

    /**
     * Before the last write that was accepted, or before connecting if there was none: the server cannot have heard of
     * it earlier.
     */
    long timeOfLastWriteNs;
    long timeOfLastPingNs;
    long timeOfDeathNs;
    long timeOfCloseNs;
    byte lastPingToken;
    boolean isPingOpen;

    /** What has arrived of a frame, or null. */
    HalfFrame half;

    /** What has still to be written of a frame, in the upper bytes. */
    int unsent;
    byte unsentLength;

    SwarmClient(final Fate fate)
    {
        this.fate = fate;
    }

    /**
     * Is it connected and not closed by either side?
     */
    boolean isOpen()
    {
        return SwarmReport.Ending.OPEN == ending;
    }

    boolean isSpeaking()
    {
        return isOpen() && !hasDied;
    }
}
