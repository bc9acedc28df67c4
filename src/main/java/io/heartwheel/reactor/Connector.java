package io.heartwheel.reactor;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Link;
import io.heartwheel.WebSocketRequest;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The connecting end. It makes the connections of links, and makes them anew after growing, random delays. A link has
 * one deadline on a wheel of the links. By the state of the link that is the next try, the end of a try, or the next
 * PING to a server that only listens.
 */
public final class Connector implements Endpoint, Gate, ClientLink.Requests, Dialer.Outcome
{
    private static final int SPOKES = 1 << 12;

    private final Faults faults;
    private final SplittableRandom random;
    private final Backoff backoff;
    private final int connectLimit;
    private final long connectTimeoutNs;
    private final ExpiryHandler expiryHandler = this::onDeadline;
    private final LinkTable links = new LinkTable();
    private Reactor reactor;
    private Approach approach;
    private Dialer dialer;
    private TimingWheel wheel;
    private Speech speech;
    private boolean isClosed;

    private Connector(final ClientContext ctx, final Totals totals, final Share share)
    {
        faults = new Faults(ctx.errorHandler(), ctx.nanoClock());
        random = new SplittableRandom(ctx.jitterSeed() + share.index);
        backoff = new Backoff(ctx, random);
        connectLimit = ctx.connectLimit();
        connectTimeoutNs = ctx.connectTimeoutNs();
        Reactor.open(ctx, totals, share, faults, this, this, (made) -> start(ctx, made));
    }

    /**
     * Make connecting ends without any link, and the reactors behind them.
     *
     * @param ctx that is concluded.
     * @return the connecting end of each reactor.
     */
    public static List<Connector> open(final ClientContext ctx)
    {
        final Totals totals = new Totals(ctx, Integer.MAX_VALUE, true);
        return totals.open((share) -> new Connector(ctx, totals, share), (connector) -> connector.reactor.release());
    }

    /** {@return the reactor that drives this end} */
    public Reactor reactor()
    {
        return reactor;
    }

    private void start(final ClientContext ctx, final Reactor reactor)
    {
        this.reactor = reactor;
        reactor.share.onAsked(() -> reactor.commands.submit(reactor.held::limit));
        dialer = new Dialer(
            ctx, reactor.frames, this, reactor.commands, reactor.arrivals, reactor.departures, faults);
        approach = new Approach(ctx, reactor, this, this, this::open);
        wheel = new TimingWheel(reactor.clock.nowNs(), ctx.tickNs(), SPOKES, 0);
        speech = new Speech(wheel, reactor.clock, reactor.io, random);
    }

    /**
     * Make a link, from any thread.
     *
     * @param identity  that its server is told, or null.
     * @param addresses of its server, tried in turn.
     * @return the link. If the client is closed, the link never connects.
     */
    public Link connect(final String identity, final List<InetSocketAddress> addresses)
    {
        final ClientLink link = new ClientLink(this, identity, addresses);
        execute(link, () -> add(link));
        return link;
    }

    /**
     * Make a link by WebSocket, from any thread.
     *
     * @param request to its server.
     * @return the link. If the client is closed, the link never connects.
     */
    public Link connect(final WebSocketRequest request)
    {
        approach.prepare(request);
        final ClientLink link = new ClientLink(this, request);
        execute(link, () -> add(link));
        return link;
    }

    /** Close a link, from any thread. One command is queued at most. */
    @Override
    public void close(final ClientLink link)
    {
        if (link.requestClose() || reactor.commands.isReactorThread())
        {
            execute(link, () -> onClosing(link));
        }
    }

    /** The application closes a link. If its connection is ending already, for any reason, the link ends with it. */
    private void onClosing(final ClientLink link)
    {
        if (ClientLink.OPEN == link.state)
        {
            link.peer.close();
        }
        else
        {
            end(link);
        }
    }

    /** Ask for a cadence, from any thread. One command is queued at most. */
    @Override
    public void askFor(final ClientLink link, final Cadence cadence)
    {
        if (link.leaveToAsk(cadence) || reactor.commands.isReactorThread())
        {
            execute(link, () -> speech.ask(link));
        }
    }

    /** Make the next try now, from any thread. One command is queued at most. */
    @Override
    public void reconnect(final ClientLink link)
    {
        if (link.leaveToReconnect())
        {
            execute(link, () ->
            {
                if (link.takeToReconnect())
                {
                    wheel.schedule(link.slot, reactor.clock.nowNs());
                }
            });
        }
    }

    private void execute(final ClientLink link, final Runnable action)
    {
        reactor.commands.execute(() -> run(link, action));
    }

    @Override
    public void run(final ClientLink link, final Runnable action)
    {
        try
        {
            action.run();
        }
        catch (final Throwable ex)
        {
            onFault(link, ex);
        }
    }

    private void onFault(final ClientLink link, final Throwable ex)
    {
        if (ClientLink.OPEN == link.state)
        {
            reactor.departures.onFault(link.peer, ex);
        }
        else if (faults.onFault(ex) && ClientLink.CLOSED != link.state)
        {
            fail(link, Faults.text(ex));
        }
    }

    @Override
    public int doWork()
    {
        return approach.doWork() + wheel.poll(reactor.clock.nowNs(), expiryHandler, connectLimit);
    }

    @Override
    public long nextDeadlineNs(final long noneNs)
    {
        final long nowNs = reactor.clock.nowNs();
        return nowNs + Math.min(approach.nextDeadlineNs(noneNs) - nowNs, wheel.nextDeadlineNs(noneNs) - nowNs);
    }

    @Override
    public void close()
    {
        isClosed = true;
        faults.close(dialer);
        faults.close(approach);
        links.forEach((link) ->
        {
            if (ClientLink.OPEN != link.state)
            {
                faults.close(() -> end(link));
            }
        });
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        final ClientLink link = (ClientLink)key.attachment();
        run(link, () -> dialer.onReady(link, key));
    }

    @Override
    public void onArriving(final Peer peer)
    {
        approach.onArriving(peer);
    }

    @Override
    public Cadence onHello(final Peer peer, final Hello hello)
    {
        reactor.allowance.onCadence(peer, Hellos.told(hello));
        speech.onHello(ClientLink.of(peer), hello);
        return reactor.judge.cadence(peer);
    }

    @Override
    public String textOf(final Peer peer, final Foreign foreign)
    {
        return foreign.text() + (Foreign.TLS_ALERT == foreign ? ": the server speaks TLS" : "");
    }

    @Override
    public void onOpening(final Peer peer)
    {
        ClientLink.of(peer).onOpen(peer);
        approach.onOpening(peer);
    }

    @Override
    public void onBye(final Peer peer, final int reason)
    {
        ClientLink.of(peer).byeReason = reason;
    }

    @Override
    public void onClosed(final Peer peer)
    {
        final ClientLink link = ClientLink.of(peer);
        approach.onClosed(peer);
        if (peer == link.securing)
        {
            link.securing = null;
            fail(link, (peer.closeReason() + " " + peer.closeDetail()).strip());
        }
        if (peer != link.peer)
        {
            return;
        }
        link.onClosed();
        if (CloseReason.LOCAL_CLOSE == peer.closeReason())
        {
            end(link);
            return;
        }
        backoff.onClosed(link, reactor.clock.nowNs());
        retry(link);
    }

    @Override
    public void onStall()
    {
        speech.onStall(links);
    }

    private void add(final ClientLink link)
    {
        if (isClosed || link.isClosing())
        {
            end(link);
            return;
        }
        links.add(link);
        wheel.schedule(link.slot, reactor.clock.nowNs());
    }

    private void end(final ClientLink link)
    {
        link.state = ClientLink.CLOSED;
        if (ClientLink.NO_SLOT != link.slot)
        {
            dialer.abandon(link);
            wheel.cancel(link.slot);
            links.remove(link);
        }
    }

    private void onDeadline(final int slot, final long nowNs)
    {
        final ClientLink link = links.at(slot);
        assert null != link && ClientLink.CLOSED != link.state : "slot=" + slot + " is due, but closed";
        try
        {
            onDeadline(link, nowNs);
        }
        catch (final Throwable ex)
        {
            onFault(link, ex);
        }
    }

    private void onDeadline(final ClientLink link, final long nowNs)
    {
        final long leftNs = link.leftNs(nowNs);
        if (leftNs > 0)
        {
            wheel.schedule(link.slot, nowNs + leftNs);
            return;
        }
        switch (link.state)
        {
            case ClientLink.WAITING -> dialer.begin(link);
            case ClientLink.RESOLVING, ClientLink.CONNECTING -> fail(link, approach.late(link));
            default -> speech.speak(link, nowNs);
        }
    }

    @Override
    public void limitTry(final ClientLink link)
    {
        wheel.schedule(link.slot, reactor.clock.nowNs() + connectTimeoutNs);
    }

    @Override
    public void onConnected(final ClientLink link, final Peer peer)
    {
        // From here on a fault has to end the connection, not the try.
        link.securing = peer;
        if (approach.isShort(link))
        {
            open(peer);
        }
        else
        {
            limitTry(link);
            approach.begin(peer);
        }
    }

    private void open(final Peer peer)
    {
        final ClientLink link = ClientLink.of(peer);
        wheel.cancel(link.slot);
        peer.entry = null;
        if (null != link.asked)
        {
            peer.dialect.hello(peer, Hellos.of(link.asked));
        }
        reactor.arrivals.open(peer);
    }

    @Override
    public void fail(final ClientLink link, final String what)
    {
        link.onFailed(approach.by() + ": " + what);
        link.failures += link.attempt > 0 ? 1 : 0;
        dialer.abandon(link);
        retry(link);
    }

    private void retry(final ClientLink link)
    {
        if (isClosed || link.isClosing())
        {
            end(link);
            return;
        }
        if (backoff.isGivenUp(link))
        {
            end(link);
            reactor.listener.onGivenUp(link);
            return;
        }
        final long delayNs = backoff.next(link);
        link.state = ClientLink.WAITING;
        wheel.schedule(link.slot, reactor.clock.nowNs() + delayNs);
        reactor.listener.onReconnecting(link, link.attempt, delayNs);
    }
}
