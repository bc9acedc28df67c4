package io.heartwheel;

import io.heartwheel.wire.Frame;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * How connections end, whatever the path:
 * <pre>
 *   JOINING, OPEN --leave----&gt; LEAVING     BYE is queued; what is unsent may still go, for the linger time at most
 *   JOINING, OPEN, LEAVING --condemn--&gt; CONDEMNED   nothing is read or written any more
 *   CONDEMNED --close---&gt; CLOSED   channel closed, slot free, listener told if it knew of it: once
 * </pre>
 */
final class Departures
{
    private static final long GLANCE_NS = TimeUnit.SECONDS.toNanos(1);

    private final Reactor reactor;
    private final ReactorContext<?> ctx;
    private final ArrayDeque<Connection> condemned = new ArrayDeque<>();
    final Drain drain;

    Departures(final Reactor reactor, final ReactorContext<?> ctx)
    {
        this.reactor = reactor;
        this.ctx = ctx;
        drain = new Drain(reactor);
    }

    /**
     * Let a connection leave with a BYE, if it is OPEN or JOINING.
     */
    void leave(final Connection connection, final CloseReason reason, final String detail)
    {
        try
        {
            sayGoodbye(connection, reason, detail);
        }
        catch (final Throwable ex)
        {
            reactor.onFault(connection, ex);
        }
    }

    private void sayGoodbye(final Connection connection, final CloseReason reason, final String detail)
    {
        if (connection.isMute)
        {
            condemn(connection, reason, detail);
        }
        else if (connection.isTalking())
        {
            end(connection, Connection.LEAVING, reason, detail);
            reactor.curfew.onLeaving(connection, ctx.lingerNs());
            reactor.io.resume(connection, null);
            reactor.io.enqueue(connection, Frame.BYE, Frame.byePayload(reason.code(), connection.closeDetail()));
            reactor.io.flushUnlessBlocked(connection);
            if (0 == ctx.lingerNs())
            {
                condemnLeaving(connection);
            }
        }
    }

    /**
     * The last bytes of a LEAVING connection are written. It ends when the peer has closed its end too: closing before
     * it has read them would reset the connection, and could take them from it.
     */
    void onLastBytesWritten(final Connection connection)
    {
        try
        {
            if (null != connection.tls)
            {
                connection.tls.closeOutbound();
            }
            connection.channel().shutdownOutput();
        }
        catch (final IOException ex)
        {
            condemnLeaving(connection);
        }
    }

    /**
     * End a connection now. One that is LEAVING keeps the reason for which it leaves.
     */
    void condemn(final Connection connection, final CloseReason reason, final String detail)
    {
        if (connection.isTalking())
        {
            end(connection, Connection.CONDEMNED, reason, detail);
            reactor.held.release(connection);
            condemned.add(connection);
        }
        else
        {
            condemnLeaving(connection);
        }
    }

    private void end(
        final Connection connection, final byte state, final CloseReason reason, final String detail)
    {
        reactor.curfew.lift(connection);
        final long lastHeardNs = connection.lastHeardNs();
        reactor.watcher.unwatch(connection);
        connection.ending(
            state, isGlance(connection, reason) ? CloseReason.NEVER_SPOKE : reason, detail, lastHeardNs);
    }

    /**
     * Does the peer of a server go without having said anything, soon after it came?
     */
    private static boolean isGlance(final Connection connection, final CloseReason reason)
    {
        return (CloseReason.PEER_CLOSED == reason || CloseReason.PEER_RESET == reason) &&
            null == connection.link() && !connection.hasSpoken && connection.ageNs() < GLANCE_NS;
    }

    /**
     * One that is LEAVING has no more time.
     */
    void condemnLeaving(final Connection connection)
    {
        if (Connection.LEAVING == connection.state)
        {
            connection.state = Connection.CONDEMNED;
            reactor.curfew.lift(connection);
            reactor.held.release(connection);
            condemned.add(connection);
        }
    }

    boolean hasCondemned()
    {
        return !condemned.isEmpty();
    }

    long nextDeadlineNs(final long noneNs)
    {
        return drain.nextDeadlineNs(noneNs);
    }

    /**
     * Let go whose turn it is in a drain, and close the connections that are condemned.
     */
    int doWork(final long nowNs)
    {
        int work = drain.doWork(nowNs, ctx.closeLimit());
        for (int closed = 0; closed < ctx.closeLimit() && !condemned.isEmpty(); closed++)
        {
            ++work;
            close(condemned.poll());
        }
        if (!condemned.isEmpty())
        {
            reactor.journal.onCutOff("closes", ctx.closeLimit());
        }
        return work;
    }

    private void close(final Connection connection)
    {
        final CloseReason reason = connection.closeReason();
        if (reason.isReset())
        {
            reset(connection, reason);
        }
        reactor.faults.close(connection.channel());
        reactor.held.release(connection);
        connection.outbound.discard();
        reactor.connections.remove(connection);
        connection.state = Connection.CLOSED;
        try
        {
            if (connection.isAnnounced)
            {
                reactor.journal.onClosed(connection, reason);
            }
            else
            {
                reactor.journal.onTurnedAway(connection.remoteAddress(), reason, connection.closeDetail());
            }
        }
        finally
        {
            if (connection.isAnnounced)
            {
                reactor.listener.onClosed(connection, reason);
            }
        }
        reactor.endpoint.onClosed(connection);
    }

    /**
     * The agent ends: everyone is closed at once, whatever is thrown meanwhile.
     */
    void abandonAll()
    {
        for (int slot = 0; slot < reactor.connections.slots(); slot++)
        {
            final Connection connection = reactor.connections.at(slot);
            if (null != connection)
            {
                abandon(connection);
            }
        }
    }

    private void abandon(final Connection connection)
    {
        try
        {
            if (connection.isTalking())
            {
                connection.ending(Connection.CONDEMNED, CloseReason.SHUTDOWN, "", connection.lastHeardNs());
            }
            close(connection);
        }
        catch (final Throwable ex)
        {
            reactor.faults.onError(ex);
        }
    }

    /**
     * Whoever hung and comes back should read why; for whoever is gone the kernel should not go on sending.
     */
    private void reset(final Connection connection, final CloseReason reason)
    {
        try
        {
            if (!connection.isWriteBlocked && !connection.isMute)
            {
                reactor.io.enqueue(connection, Frame.BYE, Frame.byePayload(reason.code(), connection.closeDetail()));
                reactor.io.flush(connection);
            }
            connection.channel().setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        catch (final Throwable ex)
        {
            reactor.faults.onFault(ex);
        }
    }
}
