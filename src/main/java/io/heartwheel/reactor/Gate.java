package io.heartwheel.reactor;

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
     * The first message of a connection that is still JOINING has come.
     */
    default void onFirstMessage(final Peer peer, final ByteBuffer payload)
    {
    }
}
