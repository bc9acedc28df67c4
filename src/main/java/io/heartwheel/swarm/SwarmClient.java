package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * The state of one client: about 100 bytes in addition to its socket.
 */
final class SwarmClient
{
    final Fate fate;
    SocketChannel channel;
    SelectionKey key;
    SwarmReport.Ending ending;
    int localPort;

    /** Whether it has died, in the way that its fate says. */
    boolean hasDied;

    /** Whether a write failed. That clears the error of the socket, so an RST then looks like a FIN. */
    boolean hasWriteFailed;

    /** Last HELLO of the server, or null. */
    Hello hello;

    /** What it says of who it is, to a server that asks by its HELLO; null if it has said so, or says nothing. */
    String identity;

    /** Reason of the server's BYE, or code of its CLOSE; -1 if none came. */
    int byeReason = -1;
    String byeText = "";

    /**
     * Time just before the last write that the kernel took, or before connecting if there was none. The server cannot
     * have heard the client earlier.
     */
    long timeOfLastWriteNs;
    long timeOfLastPingNs;
    long timeOfDeathNs;
    long timeOfCloseNs;
    byte lastPingToken;
    boolean isPingOpen;

    /** What its protocol keeps for it, such as the beginning of a frame that has arrived; or null. */
    Object kept;

    /** Rest of a half-written frame, or null. */
    ByteBuffer unsent;

    SwarmClient(final Fate fate)
    {
        this.fate = fate;
    }

    /**
     * Is it connected, and closed by neither end?
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
