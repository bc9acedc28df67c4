package io.heartwheel.reactor;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Lets a connection in, or does not: what it has to pass while it is JOINING.
 */
interface Gate
{
    /**
     * A connection that is JOINING and not greeted yet has bytes to be read.
     */
    void onArriving(Peer peer);

    /**
     * A connection that is JOINING and greeted has sent bytes.
     */
    default void onFirstBytes(final Peer peer)
    {
    }

    /**
     * The first bytes of a connection, or the lack of any, have shown which protocol is spoken.
     */
    default void onRecognized(final Peer peer)
    {
    }

    /**
     * A connection whose protocol is not known has sent nothing that shows it for so long that it may be waiting for
     * this end.
     */
    default void onMute(final Peer peer)
    {
    }

    /**
     * The client of a connection has been told by a trusted proxy. Its address is judged now.
     *
     * @param address of the client, or null if it is that of the connection.
     * @return true if it is let in.
     */
    default boolean onAddressTold(final Peer peer, final InetAddress address)
    {
        return true;
    }

    /**
     * The request that opens a WebSocket has come, and is right.
     */
    default void onRequest(final Peer peer)
    {
    }

    /**
     * The first message of a connection that is still JOINING has come.
     */
    default void onFirstMessage(final Peer peer, final ByteBuffer payload)
    {
    }
}
