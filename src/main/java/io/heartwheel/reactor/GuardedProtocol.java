package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Calls a protocol of the application, and keeps what it throws from everything else: the connection ends, and the
 * error handler is told. An interrupt that it leaves behind is cleared.
 */
final class GuardedProtocol
{
    final Protocol protocol;
    private final Faults faults;
    private final Departures departures;

    GuardedProtocol(final Protocol protocol, final Faults faults, final Departures departures)
    {
        this.protocol = protocol;
        this.faults = faults;
        this.departures = departures;
    }

    /**
     * @return the state to keep; null if the protocol failed.
     */
    Object decode(final Peer peer, final Object state, final ByteBuffer in, final Protocol.Messages out)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            return protocol.decode(peer, state, in, out);
        }
        catch (final Throwable ex)
        {
            onFailure(peer, ex);
            return null;
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * @return false if the protocol failed, or wrote no question.
     */
    boolean probe(final Peer peer, final byte token, final ByteBuffer out)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            protocol.probe(peer, token, out.clear());
            if (0 == out.flip().remaining())
            {
                fail(peer, "its question is empty");
            }
            return out.hasRemaining();
        }
        catch (final Throwable ex)
        {
            onFailure(peer, ex);
            return false;
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * The position, limit and byte order of the payload are as before, whatever the protocol does to them.
     *
     * @return false if the protocol failed.
     */
    boolean frame(final Peer peer, final ByteBuffer payload, final ByteBuffer out)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        final int position = payload.position();
        final int limit = payload.limit();
        final ByteOrder order = payload.order();
        try
        {
            protocol.frame(peer, payload, out.clear());
            out.flip();
            return true;
        }
        catch (final Throwable ex)
        {
            onFailure(peer, ex);
            return false;
        }
        finally
        {
            payload.order(order).limit(limit).position(position);
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * @return false if there is nothing to be said: the protocol has no such answer, or failed.
     */
    boolean welcome(final Peer peer, final ByteBuffer out)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            protocol.welcome(peer, out.clear());
            return out.flip().hasRemaining();
        }
        catch (final Throwable ex)
        {
            onFailure(peer, ex);
            return false;
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * @return false if there is nothing to be said: the protocol has no goodbye, or failed.
     */
    boolean goodbye(final Peer peer, final CloseReason reason, final ByteBuffer out)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            protocol.goodbye(peer, reason, out.clear());
            return out.flip().hasRemaining();
        }
        catch (final Throwable ex)
        {
            // The connection ends already.
            faults.onFault(ex);
            return false;
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * Is a connection that begins like this of this protocol? One that failed to tell has no connections.
     */
    Protocol.Greeting greet(final ByteBuffer first)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        final int position = first.position();
        final int limit = first.limit();
        try
        {
            return protocol.greet(first);
        }
        catch (final Throwable ex)
        {
            faults.onFault(ex);
            return Protocol.Greeting.NOT_MINE;
        }
        finally
        {
            first.limit(limit).position(position);
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * The protocol did what it must not.
     */
    void fail(final Peer peer, final String what)
    {
        onFailure(peer, new IllegalStateException("protocol " + protocol.name() + ": " + what));
    }

    private void onFailure(final Peer peer, final Throwable ex)
    {
        if (faults.onFault(ex))
        {
            departures.leave(peer, CloseReason.PROTOCOL_FAILED, Faults.text(ex));
        }
    }
}
