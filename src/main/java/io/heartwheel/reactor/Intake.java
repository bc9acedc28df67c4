package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Takes connections from a listening socket, a bounded number per duty cycle, and hands each to the reactor that is to
 * have it: nearly always its own. It takes those that other reactors hand over as well. It pauses when accepting fails,
 * see {@link AcceptPause}.
 */
final class Intake implements AutoCloseable
{
    /**
     * Most connections that a kernel keeps waiting: net.core.somaxconn had 16 bits for long.
     */
    private static final int TURNED_AWAY_MAX = 1 << 16;

    private final ServerSocketChannel channel;
    private final Reactor reactor;
    private final Faults faults;
    private final Admission admission;
    private final Refuser refuser;
    private final AcceptedKeepAlive keepAlive;
    private final int acceptLimit;
    private final int acceptBacklog;
    private final Solitude solitude;
    /** Null if another reactor accepts for this one. */
    private final AcceptPause pause;
    /** Connections accepted in this duty cycle. */
    private int accepted;
    private boolean isClosed;

    /**
     * @param channel that listens, or null if another reactor accepts for this one.
     */
    Intake(
        final ServerContext ctx,
        final ServerSocketChannel channel,
        final Reactor reactor,
        final Faults faults,
        final Admission admission,
        final Refuser refuser) throws IOException
    {
        this.channel = channel;
        this.reactor = reactor;
        this.faults = faults;
        this.admission = admission;
        this.refuser = refuser;
        keepAlive = new AcceptedKeepAlive(ctx.tcpKeepAlive(), channel);
        acceptLimit = ctx.acceptLimit();
        acceptBacklog = ctx.acceptBacklog();
        solitude = new Solitude(ctx, reactor, admission);
        pause = null == channel ? null : new AcceptPause(ctx.selectorProvider(),
            reactor.arrivals.register(channel, SelectionKey.OP_ACCEPT), reactor.clock, reactor.peers, reactor.metrics);
    }

    /**
     * Pause from now on without a word in the log.
     */
    void mute()
    {
        pause.mute();
    }

    Cadence tcpKeepAlive() throws IOException
    {
        return keepAlive.numbers();
    }

    InetSocketAddress localAddress() throws IOException
    {
        return (InetSocketAddress)channel.getLocalAddress();
    }

    /**
     * Connections wait to be accepted.
     */
    void onReady()
    {
        acceptUpTo(acceptLimit);
    }

    private void acceptUpTo(final int limit)
    {
        try
        {
            // A callback of any of them may close the server.
            for (SocketChannel socket; !isClosed && accepted < limit && null != (socket = channel.accept());
                accepted++)
            {
                onAccepted(socket);
            }
        }
        catch (final IOException ex)
        {
            pause.begin(ex);
        }
        catch (final Throwable ex)
        {
            faults.onFault(ex);
            pause.begin(ex);
        }
    }

    private void onAccepted(final SocketChannel socket)
    {
        pause.onAccepted();
        try
        {
            keepAlive.set(socket);
            final Share taker = reactor.totals.takerFor(reactor.share);
            if (taker == reactor.share || !taker.offer(socket))
            {
                admission.onAccepted(socket);
            }
        }
        catch (final Throwable ex)
        {
            onFailure(socket, ex);
        }
    }

    private void onFailure(final SocketChannel socket, final Throwable ex)
    {
        // By an IOException the peer reset the connection before it joined: the listener does not know of it.
        if (!(ex instanceof IOException))
        {
            faults.onFault(ex);
        }
        faults.close(socket);
    }

    /**
     * A duty cycle is over, but for what was left waiting.
     */
    void onCycle()
    {
        if (accepted >= acceptLimit && !acceptAlone())
        {
            reactor.journal.onCutOff("accepts", accepted);
        }
        accepted = 0;
        solitude.onCycle();
    }

    /**
     * Go on accepting while nothing else waits. In a storm of connects, a cycle for each few would cost more than they.
     *
     * @return whether all were accepted that waited.
     */
    private boolean acceptAlone()
    {
        int before = accepted - Solitude.STEP;
        for (solitude.begin(); accepted - before == Solitude.STEP && accepted < Solitude.MAX && solitude.lasts();)
        {
            before = accepted;
            acceptUpTo(accepted + Solitude.STEP);
        }
        return accepted - before < Solitude.STEP;
    }

    int doWork()
    {
        return takeOver() + (null == pause ? 0 : pause.doWork());
    }

    /**
     * Let in those that other reactors have accepted for this one.
     */
    private int takeOver()
    {
        int taken = 0;
        for (SocketChannel socket; taken < acceptLimit && null != (socket = reactor.share.nextOffer()); taken++)
        {
            try
            {
                admission.onAccepted(socket);
            }
            catch (final Throwable ex)
            {
                onFailure(socket, ex);
            }
        }
        return taken;
    }

    long nextDeadlineNs(final long noneNs)
    {
        if (reactor.share.isOffered())
        {
            return reactor.clock.nowNs();
        }
        return null == pause ? noneNs : pause.nextDeadlineNs(noneNs);
    }

    /**
     * Accept no more. Those that wait are told that this server shuts down. Else they would be reset, and not know why.
     */
    @Override
    public void close()
    {
        isClosed = true;
        reactor.share.close();
        faults.close(pause);
        faults.close(this::turnAwayWaiting);
        for (SocketChannel socket; null != (socket = reactor.share.nextOffer());)
        {
            refuser.turnAwayWaiting(socket, CloseReason.SHUTDOWN);
        }
    }

    private void turnAwayWaiting()
    {
        final int limit = null == channel ? 0 : Math.min(acceptBacklog, TURNED_AWAY_MAX);
        try
        {
            int turnedAway = 0;
            for (SocketChannel socket; turnedAway < limit && null != (socket = channel.accept()); turnedAway++)
            {
                refuser.turnAwayWaiting(socket, CloseReason.SHUTDOWN);
            }
        }
        catch (final IOException ex)
        {
            // No file descriptor is left for them: they are reset.
            reactor.metrics.add(Counter.ACCEPT_FAILURES, 1);
        }
    }
}
