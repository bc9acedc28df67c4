package io.heartwheel;

import io.heartwheel.metrics.Counter;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that are held for peers, of all connections together: the beginnings of frames and TLS records that are not
 * whole, what waits behind a credential, what is unsent, and what other threads have sent and the reactor has not taken
 * over yet. Beyond the limit the connection goes that holds most.
 * <p>
 * <b>Note:</b> For the reactor thread, but for {@link #reserve} and {@link #release(int)}.
 */
final class Held
{
    private final Reactor reactor;
    private final long maxBytes;
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile long bytes;

    Held(final Reactor reactor, final ReactorContext<?> ctx)
    {
        this.reactor = reactor;
        maxBytes = ctx.maxHeldBytes();
    }

    /**
     * Something was done for a connection: look what is held for it now.
     */
    void update(final Connection connection)
    {
        if (connection.state <= Connection.LEAVING)
        {
            final int now = inboundBytes(connection) + outboundBytes(connection);
            if (now != connection.heldBytes)
            {
                set(connection, now);
                limit();
            }
        }
    }

    /**
     * A connection is as good as closed. What it would still say to a peer that reads it may be said.
     */
    void release(final Connection connection)
    {
        set(connection, 0);
        if (connection.isWriteBlocked)
        {
            connection.outbound.discard();
        }
        if (null != connection.tls)
        {
            connection.tls.discard();
        }
    }

    private void set(final Connection connection, final int now)
    {
        bytes += now - connection.heldBytes;
        connection.heldBytes = now;
        reactor.metrics.set(Counter.HELD_BYTES, bytes + queuedBytes.get());
    }

    /**
     * Ends: each turn takes one connection out of those that hold anything.
     */
    private void limit()
    {
        Connection most = null;
        while (bytes + queuedBytes.get() > maxBytes && null != (most = most()))
        {
            final boolean isInbound = inboundBytes(most) >= outboundBytes(most);
            reactor.departures.condemn(most, isInbound ? CloseReason.FLOODING : CloseReason.WRITE_STALLED,
                most.heldBytes + (isInbound ? " bytes of what is not whole" : " bytes unsent") + ", the most of " +
                bytes + " held for all peers, at most " + maxBytes + " allowed");
        }
    }

    private Connection most()
    {
        Connection most = null;
        for (int slot = 0; slot < reactor.connections.slots(); slot++)
        {
            final Connection connection = reactor.connections.at(slot);
            if (null != connection && connection.heldBytes > (null == most ? 0 : most.heldBytes))
            {
                most = connection;
            }
        }
        return most;
    }

    /**
     * Another thread is about to send.
     *
     * @return false if that would be too much.
     */
    boolean reserve(final int byteCount)
    {
        if (queuedBytes.addAndGet(byteCount) + bytes > maxBytes)
        {
            release(byteCount);
            return false;
        }
        return true;
    }

    /**
     * What another thread has sent is the connection's now.
     */
    void release(final int byteCount)
    {
        queuedBytes.addAndGet(-byteCount);
    }

    private static int inboundBytes(final Connection connection)
    {
        int held = 0;
        if (null != connection.halfFrame)
        {
            held += connection.halfFrame.capacity();
        }
        if (null != connection.arrival)
        {
            held += connection.arrival.heldBytes();
        }
        if (null != connection.tls)
        {
            held += connection.tls.halfBytes();
        }
        return held;
    }

    private static int outboundBytes(final Connection connection)
    {
        final int queued = connection.outbound.capacity();
        return null == connection.tls ? queued : queued + connection.tls.unsentBytes();
    }
}
