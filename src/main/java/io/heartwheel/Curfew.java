package io.heartwheel;

import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.HalfFrame;

/**
 * What a peer has to be done with in time, however alive it is: its handshake, each frame that it has begun, and its
 * leaving. It has one deadline at most, and as a rule none.
 */
final class Curfew
{
    private static final int SPOKES = 1 << 12;

    private final Reactor reactor;
    private final long frameTimeoutNs;
    private final TimingWheel wheel;
    private final ExpiryHandler expiryHandler = this::onTimeUp;

    Curfew(final Reactor reactor, final ReactorContext<?> ctx, final long nowNs)
    {
        this.reactor = reactor;
        frameTimeoutNs = ctx.frameTimeoutNs();
        wheel = new TimingWheel(nowNs, ctx.tickNs(), SPOKES, 0);
    }

    /**
     * A connection has to be let in by then.
     */
    void onArrival(final Connection connection, final long handshakeTimeoutNs)
    {
        connection.arrival.deadlineNs = reactor.nowNs() + handshakeTimeoutNs;
        wheel.schedule(connection.slot(), connection.arrival.deadlineNs);
    }

    /**
     * Another frame is half arrived than before, or none is.
     */
    void onHalfFrame(final Connection connection)
    {
        if (null == connection.halfFrame)
        {
            wheel.cancel(connection.slot());
        }
        else
        {
            wheel.schedule(connection.slot(), reactor.nowNs() + frameTimeoutNs);
        }
    }

    /**
     * What a connection still has to say, and the peer to read, may take so long.
     */
    void onLeaving(final Connection connection, final long lingerNs)
    {
        wheel.schedule(connection.slot(), reactor.nowNs() + lingerNs);
    }

    /**
     * Half a TLS record has the time of half a frame. If there is half a frame, that began no later.
     *
     * @param hasBegun whether a record has begun that is not whole, since this was called last.
     */
    void onRecords(final Connection connection, final boolean hasBegun)
    {
        if (null == connection.halfFrame && connection.isOpen())
        {
            if (hasBegun)
            {
                wheel.schedule(connection.slot(), reactor.nowNs() + frameTimeoutNs);
            }
            else if (!connection.tls.hasHalfRecord())
            {
                wheel.cancel(connection.slot());
            }
        }
    }

    void lift(final Connection connection)
    {
        wheel.cancel(connection.slot());
    }

    int poll(final long nowNs, final int limit)
    {
        return wheel.poll(nowNs, expiryHandler, limit);
    }

    long nextDeadlineNs(final long noneNs)
    {
        return wheel.nextDeadlineNs(noneNs);
    }

    private void onTimeUp(final int slot, final long nowNs)
    {
        final Connection connection = reactor.connections.at(slot);
        try
        {
            onTimeUp(connection, nowNs);
        }
        catch (final Throwable ex)
        {
            reactor.onFault(connection, ex);
        }
    }

    /**
     * Last look, as before any verdict: what is missing may have arrived by now.
     */
    private void onTimeUp(final Connection connection, final long nowNs)
    {
        if (Connection.LEAVING == connection.state)
        {
            reactor.departures.condemnLeaving(connection);
            return;
        }
        final HalfFrame half = connection.halfFrame;
        final TlsChannel tls = connection.tls;
        final int records = null == tls ? 0 : tls.recordCount();
        reactor.io.read(connection);
        if (Connection.JOINING == connection.state)
        {
            judge(connection, connection.arrival, nowNs);
        }
        else if (connection.isOpen() && null != half && half == connection.halfFrame)
        {
            judge(connection, "frame", nowNs);
        }
        else if (connection.isOpen() && null == half && null != tls && tls.hasHalfRecord() &&
            records == tls.recordCount())
        {
            judge(connection, "TLS record", nowNs);
        }
    }

    private void judge(final Connection connection, final Arrival arrival, final long nowNs)
    {
        final long leftNs = arrival.leftNs(nowNs);
        if (leftNs > 0)
        {
            wheel.schedule(connection.slot(), nowNs + leftNs);
        }
        else
        {
            reactor.departures.leave(connection, CloseReason.HANDSHAKE_TIMEOUT, arrival.missing());
        }
    }

    /**
     * Whose silence is being judged is not judged for what it was cut off in: looked at twice in the time
     * after which it is asked, one that dribbles is found speaking.
     */
    private void judge(final Connection connection, final String what, final long nowNs)
    {
        final long idleNs = connection.cadence().idleNs();
        if (idleNs > 0 && nowNs - connection.lastHeardNs() >= idleNs)
        {
            wheel.schedule(connection.slot(), nowNs + idleNs / 2);
        }
        else
        {
            reactor.departures.leave(connection, CloseReason.PROTOCOL_ERROR,
                what + " not complete after " + Configuration.durationText(frameTimeoutNs));
        }
    }
}
