package io.heartwheel;

import java.nio.ByteBuffer;

/**
 * What happens to connections. All methods are called on the reactor thread: one that blocks stalls the server, which
 * then judges nobody for it, but serves nobody either. They may do whatever connections, links, servers and clients
 * offer, close the server or client that calls included: nothing of it waits.
 * <p>
 * An exception goes to the error handler; if it came from {@link #onOpen} or {@link #onMessage} the connection is
 * closed with {@link CloseReason#LISTENER_FAILED}. No other connection notices.
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
     * @param payload    from its position to its limit, valid during this call only.
     */
    void onMessage(Connection connection, ByteBuffer payload);

    /**
     * A probe was written to a silent peer.
     *
     * @param connection that is silent.
     */
    default void onProbe(final Connection connection)
    {
    }

    /**
     * A connection has ended. Called exactly once for each that was opened, after which its slot is free again.
     *
     * @param connection that has ended.
     * @param reason     why; {@link Connection#closeDetail()} may say more.
     */
    void onClosed(Connection connection, CloseReason reason);
}
