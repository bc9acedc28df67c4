package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The connecting end: makes the connections of links, and makes them anew with growing, random delays. A link has one
 * deadline on a wheel of its own, by its state: the next try, the end of a try, or, on an open connection, when it
 * has to speak because the server only listens.
 */
final class Connector implements Endpoint
{
    private static final int SPOKES = 1 << 12;

    /**
     * A server that only listens hears at least so many PINGs in its detection time, whatever else is sent.
     */
    private static final int PINGS_PER_DETECTION = 3;

    private final HeartbeatClient.Context ctx;
    private final SplittableRandom random;
    private final ExpiryHandler expiryHandler = this::onDeadline;
    private final LinkTable links = new LinkTable();
    private final ClientTls tls;
    private final Backoff backoff;
    private Reactor reactor;
    private Dialer dialer;
    private TimingWheel wheel;
    private boolean isClosed;

    Connector(final HeartbeatClient.Context ctx)
    {
        this.ctx = ctx;
        random = new SplittableRandom(ctx.jitterSeed());
        tls = null == ctx.sslContext() ? null : new ClientTls(ctx.sslContext(), ctx.connectLimit());
        backoff = new Backoff(ctx.minReconnectNs(), ctx.maxReconnectNs());
    }

    @Override
    public void start(final Reactor reactor)
    {
        this.reactor = reactor;
        dialer = new Dialer(ctx, this, reactor);
        wheel = new TimingWheel(reactor.nowNs(), ctx.tickNs(), SPOKES, 0);
    }

    /** Make a link, from any thread. */
    Link connect(final List<InetSocketAddress> addresses)
    {
        final Link link = new Link(this, addresses);
        execute(link, () -> add(link));
        return link;
    }

    /** Close a link, from any thread, of which one command is queued at most. */
    void close(final Link link)
    {
        if (link.requestClose() || reactor.commands.isReactorThread())
        {
            execute(link, () -> onClosing(link));
        }
    }

    /** A link whose connection ends already, whatever for, ends with it. */
    private void onClosing(final Link link)
    {
        if (Link.OPEN == link.state)
        {
            link.connection.close();
        }
        else
        {
            end(link);
        }
    }

    /** Ask the server for a cadence, from any thread. */
    void askFor(final Link link, final Cadence cadence)
    {
        execute(link, () ->
        {
            link.asked = cadence;
            if (Link.OPEN == link.state && link.connection.isOpen())
            {
                link.connection.outbound.hello(Hellos.of(cadence));
                reactor.io.flushUnlessBlocked(link.connection);
            }
        });
    }

    private void execute(final Link link, final Runnable action)
    {
        reactor.commands.execute(() -> run(link, action));
    }

    /** Do something for a link: a fault of it ends its connection, or its try to make one. */
    void run(final Link link, final Runnable action)
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

    private void onFault(final Link link, final Throwable ex)
    {
        if (Link.OPEN == link.state)
        {
            reactor.onFault(link.connection, ex);
        }
        else if (ctx.faults().onFault(ex) && Link.CLOSED != link.state)
        {
            fail(link, Faults.text(ex));
        }
    }

    @Override
    public int doWork()
    {
        final int steps = null == tls ? 0 : tls.doWork(reactor);
        return steps + wheel.poll(reactor.nowNs(), expiryHandler, ctx.connectLimit());
    }

    @Override
    public long nextDeadlineNs(final long noneNs)
    {
        return null != tls && tls.isWaitedFor() ? reactor.nowNs() : wheel.nextDeadlineNs(noneNs);
    }

    @Override
    public void close()
    {
        isClosed = true;
        ctx.faults().close(dialer);
        ctx.faults().close(tls);
        links.forEach((link) ->
        {
            if (Link.OPEN != link.state)
            {
                ctx.faults().close(() -> end(link));
            }
        });
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        final Link link = (Link)key.attachment();
        try
        {
            dialer.onReady(link, key);
        }
        catch (final Throwable ex)
        {
            onFault(link, ex);
        }
    }

    @Override
    public void onArriving(final Connection connection)
    {
        tls.onReadable(connection, reactor);
    }

    @Override
    public void onSecured(final Connection connection)
    {
        open(connection);
    }

    @Override
    public void onHello(final Connection connection, final Hello hello)
    {
        final Link link = connection.link();
        reactor.inbound.onCadence(connection, Hellos.told(hello));
        final boolean isPassive = 0 == hello.count() && hello.idleMs() > 0;
        link.speakNs = isPassive ? TimeUnit.MILLISECONDS.toNanos(hello.idleMs()) / PINGS_PER_DETECTION : 0;
        if (isPassive)
        {
            // A random phase sets it off from the others that connected with it.
            wheel.schedule(link.slot, reactor.nowNs() + random.nextLong(link.speakNs + 1));
        }
        else
        {
            wheel.cancel(link.slot);
        }
    }

    @Override
    public String textOf(final Connection connection, final Foreign foreign)
    {
        return foreign.text() + (Foreign.TLS_ALERT == foreign ? ": the server speaks TLS" : "");
    }

    @Override
    public void onBye(final Connection connection, final int reason)
    {
        connection.link().isServerShuttingDown = CloseReason.SHUTDOWN.code() == reason;
    }

    @Override
    public void onClosed(final Connection connection)
    {
        final Link link = connection.link();
        if (connection == link.securing)
        {
            link.securing = null;
            fail(link, (connection.closeReason() + " " + connection.closeDetail()).strip());
        }
        if (connection != link.connection)
        {
            return;
        }
        final long stableNs = ctx.cadence().isOff() ? Cadence.STANDARD.detectionNs() : ctx.cadence().detectionNs();
        link.connection = null;
        link.speakNs = 0;
        if (CloseReason.LOCAL_CLOSE == connection.closeReason())
        {
            end(link);
            return;
        }
        if (reactor.nowNs() - link.openedNs >= stableNs)
        {
            link.attempt = 0;
        }
        final boolean isSpread = link.isServerShuttingDown;
        link.isServerShuttingDown = false;
        retry(link, isSpread);
    }

    /** A server that only listens may be about to give up a client that stalled. */
    @Override
    public void onStall()
    {
        links.forEach((link) ->
        {
            if (Link.OPEN == link.state && link.speakNs > 0)
            {
                wheel.schedule(link.slot, reactor.nowNs());
            }
        });
    }

    private void add(final Link link)
    {
        if (isClosed || link.isClosing())
        {
            end(link);
            return;
        }
        links.add(link);
        wheel.schedule(link.slot, reactor.nowNs());
    }

    private void end(final Link link)
    {
        link.state = Link.CLOSED;
        if (Link.NO_SLOT != link.slot)
        {
            dialer.abandon(link);
            wheel.cancel(link.slot);
            links.remove(link);
        }
    }

    private void onDeadline(final int slot, final long nowNs)
    {
        final Link link = links.at(slot);
        try
        {
            onDeadline(link, nowNs);
        }
        catch (final Throwable ex)
        {
            onFault(link, ex);
        }
    }

    private void onDeadline(final Link link, final long nowNs)
    {
        final Arrival arrival = null == link.securing ? null : link.securing.arrival;
        final long leftNs = null == arrival ? 0 : arrival.leftNs(nowNs);
        if (leftNs > 0)
        {
            wheel.schedule(link.slot, nowNs + leftNs);
            return;
        }
        switch (link.state)
        {
            case Link.WAITING -> dialer.begin(link);
            case Link.RESOLVING -> fail(link, "name not looked up within " + timeoutText());
            case Link.CONNECTING -> fail(link, "not connected within " + timeoutText());
            default -> speak(link, nowNs);
        }
    }

    private String timeoutText()
    {
        return Configuration.durationText(ctx.connectTimeoutNs());
    }

    private void speak(final Link link, final long nowNs)
    {
        if (link.connection.isOpen())
        {
            wheel.schedule(link.slot, nowNs + link.speakNs);
            link.connection.outbound.ping(link.connection.nextPingToken());
            reactor.io.flushUnlessBlocked(link.connection);
        }
    }

    /**
     * A try has so much time from now on.
     */
    void limitTry(final Link link)
    {
        wheel.schedule(link.slot, reactor.nowNs() + ctx.connectTimeoutNs());
    }

    /**
     * A try has made a connection.
     */
    void onConnected(final Link link, final Connection connection)
    {
        // From here on it is the connection that a fault has to end.
        link.securing = connection;
        if (null == tls)
        {
            open(connection);
        }
        else
        {
            connection.arrival = new Arrival();
            connection.arrival.deadlineNs = reactor.nowNs() + ctx.connectTimeoutNs();
            wheel.schedule(link.slot, connection.arrival.deadlineNs);
            tls.begin(connection, link.nextAddress(), reactor);
        }
    }

    private void open(final Connection connection)
    {
        final Link link = connection.link();
        wheel.cancel(link.slot);
        connection.arrival = null;
        if (null != link.asked)
        {
            connection.outbound.hello(Hellos.of(link.asked));
        }
        reactor.open(connection);
    }

    /**
     * A try has failed.
     */
    void fail(final Link link, final String what)
    {
        link.failure(Configuration.addressText(link.nextAddress()) + ": " + what);
        link.failures += link.attempt > 0 ? 1 : 0;
        dialer.abandon(link);
        retry(link, false);
    }

    private void retry(final Link link, final boolean isSpread)
    {
        if (isClosed || link.isClosing())
        {
            end(link);
            return;
        }
        if (ctx.reconnectLimit() > 0 && link.failures >= ctx.reconnectLimit())
        {
            end(link);
            reactor.listener.onGivenUp(link);
            return;
        }

        final long limitNs = isSpread ? ctx.reconnectSpreadNs() : backoff.limitNs(link.attempt);
        final long delayNs = random.nextLong(limitNs + 1);
        ++link.attempt;
        ++link.tries;
        link.state = Link.WAITING;
        wheel.schedule(link.slot, reactor.nowNs() + delayNs);
        reactor.listener.onReconnecting(link, link.attempt, delayNs);
    }
}
