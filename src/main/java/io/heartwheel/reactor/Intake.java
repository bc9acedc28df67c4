package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Takes connections at each {@link Door}, a bounded number per duty cycle, and hands each to the reactor that is to
 * have it: nearly always its own. It takes those that other reactors hand over as well. It pauses when accepting fails,
 * see {@link AcceptPause}.
 */
final class Intake implements AutoCloseable
{
    /**
     * Most connections that a kernel keeps waiting: net.core.somaxconn had 16 bits for long.
     */
    private static final int TURNED_AWAY_MAX = 1 << 16;

    final List<Door> doors;
    private final Reactor reactor;
    private final Faults faults;
    private final Admission admission;
    private final int acceptLimit;
    private final int acceptBacklog;
    private final Solitude solitude;
    /** Connections accepted in this duty cycle. */
    private int accepted;
    private boolean isClosed;

    Intake(
        final ServerContext ctx,
        final List<Door> doors,
        final Reactor reactor,
        final Faults faults,
        final Admission admission)
    {
        this.doors = doors;
        this.reactor = reactor;
        this.faults = faults;
        this.admission = admission;
        acceptLimit = ctx.acceptLimit();
        acceptBacklog = ctx.acceptBacklog();
        solitude = new Solitude(ctx, reactor, admission);
    }

    /**
     * Pause from now on without a word in the log.
     */
    void mute()
    {
        doors.forEach((door) -> door.pause.mute());
    }

    Cadence tcpKeepAlive()
    {
        try
        {
            return doors.get(0).keepAlive.numbers();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Connections wait to be accepted.
     */
    void onReady(final SelectionKey key)
    {
        for (int i = 0; i < doors.size(); i++)
        {
            if (doors.get(i).key == key)
            {
                acceptUpTo(acceptLimit, i);
            }
        }
    }

    private void acceptUpTo(final int limit, final int number)
    {
        final Door door = doors.get(number);
        try
        {
            // A callback of any of them may close the server.
            for (SocketChannel socket; !isClosed && accepted < limit && null != (socket = door.channel.accept());
                accepted++)
            {
                onAccepted(socket, number);
            }
        }
        catch (final IOException ex)
        {
            door.pause.begin(ex);
        }
        catch (final Throwable ex)
        {
            faults.onFault(ex);
            door.pause.begin(ex);
        }
    }

    private void onAccepted(final SocketChannel socket, final int number)
    {
        final Door door = doors.get(number);
        door.pause.onAccepted();
        try
        {
            door.keepAlive.set(socket);
            final Share taker = reactor.totals.takerFor(reactor.share);
            if (taker == reactor.share || !taker.offer(socket, number))
            {
                admission.onAccepted(socket, door);
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
        final boolean isAllAccepted = accepted < acceptLimit || acceptAlone();
        if (!isAllAccepted)
        {
            reactor.journal.onCutOff("accepts", accepted);
        }
        reactor.listener.onCycle(isAllAccepted);
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
            for (int i = 0; i < doors.size(); i++)
            {
                acceptUpTo(before + Solitude.STEP, i);
            }
        }
        return accepted - before < Solitude.STEP;
    }

    int doWork()
    {
        int work = takeOver();
        for (int i = 0; i < doors.size(); i++)
        {
            final AcceptPause pause = doors.get(i).pause;
            work += null == pause ? 0 : pause.doWork();
        }
        return work;
    }

    /**
     * Let in those that other reactors have accepted for this one.
     */
    private int takeOver()
    {
        int taken = 0;
        for (Share.Offer offer; taken < acceptLimit && null != (offer = reactor.share.nextOffer()); taken++)
        {
            try
            {
                admission.onAccepted(offer.socket(), doors.get(offer.door()));
            }
            catch (final Throwable ex)
            {
                onFailure(offer.socket(), ex);
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
        final long nowNs = reactor.clock.nowNs();
        long leftNs = noneNs - nowNs;
        for (int i = 0; i < doors.size(); i++)
        {
            final AcceptPause pause = doors.get(i).pause;
            leftNs = null == pause ? leftNs : Math.min(leftNs, pause.nextDeadlineNs(noneNs) - nowNs);
        }
        return nowNs + leftNs;
    }

    /**
     * Accept no more. Those that wait are told that this server shuts down. Else they would be reset, and not know why.
     */
    @Override
    public void close()
    {
        isClosed = true;
        reactor.share.close();
        for (final Door door : doors)
        {
            faults.close(door.pause);
            faults.close(() -> turnAwayWaiting(door));
        }
        for (Share.Offer offer; null != (offer = reactor.share.nextOffer());)
        {
            doors.get(offer.door()).refuser.turnAwayWaiting(offer.socket(), CloseReason.SHUTDOWN);
        }
    }

    private void turnAwayWaiting(final Door door)
    {
        final int limit = null == door.channel ? 0 : Math.min(acceptBacklog, TURNED_AWAY_MAX);
        try
        {
            int turnedAway = 0;
            for (SocketChannel socket; turnedAway < limit && null != (socket = door.channel.accept()); turnedAway++)
            {
                door.refuser.turnAwayWaiting(socket, CloseReason.SHUTDOWN);
            }
        }
        catch (final IOException ex)
        {
            // No file descriptor is left for them: they are reset.
            reactor.metrics.add(Counter.ACCEPT_FAILURES, 1);
        }
    }
}
