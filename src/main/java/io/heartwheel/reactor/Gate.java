package io.heartwheel.reactor;

import java.nio.ByteBuffer;

/**
 * What a connection has to pass before it is let in.
 */
interface Gate
{
    /**
     * A connection that is JOINING and not greeted yet has something to read.
     */
    void onArriving(Peer peer);

    /**
     * A connection that is JOINING and greeted has said something.
     */
    default void onFirstBytes(final Peer peer)
    {
    }

    /**
     * The first message of a connection that is still JOINING.
     */
    default void onFirstMessage(final Peer peer, final ByteBuffer payload)
    {
    }
}
