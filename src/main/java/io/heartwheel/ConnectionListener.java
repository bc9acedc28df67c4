package io.heartwheel;

import java.nio.ByteBuffer;

/**
 * Told what happens to connections. All methods are called on the reactor thread. A method that blocks stalls the
 * reactor: it judges no peer for that, and serves none meanwhile. A method may call anything that connections, links,
 * servers and clients offer. It may even close the server or client that calls it. None of these calls waits.
 * <p>
 * With several reactors, one listener for all is called by as many threads at a time, and has to be threadsafe. What
 * happens to one connection it is told by one thread. {@link ReactorContext#listenerFactory} makes a listener for each
 * reactor instead.
 * <p>
 * An exception goes to the error handler. If {@link #onOpen}, {@link #onMessage} or {@link #onText} threw it, the
 * connection is closed with {@link CloseReason#LISTENER_FAILED}. Other connections are not affected.
 */
public interface ConnectionListener
{
    /**
     * A connection is open and watched.
     *
     * @param connection that is open.
     */
    void onOpen(Connection connection);

    /**
     * A message (DATA frame) has arrived.
     *
     * @param connection it came from.
     * @param payload    from its position to its limit; valid during this call only, so copy what is to be kept.
     */
    void onMessage(Connection connection, ByteBuffer payload);

    /**
     * A message of text has arrived, which is another kind than one of bytes where WebSocket is spoken.
     *
     * @param connection it came from.
     * @param utf8       the text, valid UTF-8, from its position to its limit; valid during this call only.
     */
    default void onText(final Connection connection, final ByteBuffer utf8)
    {
        onMessage(connection, utf8);
    }

    /**
     * A probe was written to a silent peer.
     *
     * @param connection that is silent.
     */
    default void onProbe(final Connection connection)
    {
    }

    /**
     * A connection has ended. Called exactly once for each connection that was opened. Its slot is free for another by
     * then.
     *
     * @param connection that has ended.
     * @param reason     why; {@link Connection#closeDetail()} may say more.
     */
    void onClosed(Connection connection, CloseReason reason);
}
