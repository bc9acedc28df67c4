package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Hello;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
    private final NameResolver resolver;
    private final SplittableRandom random;
    private final ExpiryHandler expiryHandler = this::onDeadline;
    private final List<Link> links = new ArrayList<>();
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
    private Reactor reactor;
    private TimingWheel wheel;
    private boolean isClosed;

    Connector(final HeartbeatClient.Context ctx)
    {
        this.ctx = ctx;
        resolver = new NameResolver();
        random = new SplittableRandom(ctx.jitterSeed());
    }

    void start(final Reactor reactor)
    {
        this.reactor = reactor;
        wheel = new TimingWheel(reactor.nowNs(), ctx.tickNs(), SPOKES, 0);
    }

    /**
     * Make a link, from any thread.
     */
    Link connect(final List<InetSocketAddress> addresses)
    {
        final Link link = new Link(this, addresses);
        reactor.commands.execute(() -> add(link));
        return link;
    }

    /**
     * Close a link, from any thread.
     */
    void close(final Link link)
    {
        reactor.commands.execute(() ->
        {
            if (Link.OPEN == link.state)
            {
                link.connection.close();
            }
            else
            {
                end(link);
            }
        });
    }

    /**
     * Ask the server for a cadence, from any thread.
     */
    void askFor(final Link link, final Cadence cadence)
    {
        reactor.commands.execute(() ->
        {
            link.asked = cadence;
            if (Link.OPEN == link.state && link.connection.isOpen())
            {
                link.connection.outbound.hello(Hellos.of(cadence));
                reactor.io.flushUnlessBlocked(link.connection);
            }
        });
    }

    @Override
    public int doWork()
    {
        return wheel.poll(reactor.nowNs(), expiryHandler, ctx.connectLimit());
    }

    @Override
    public long nextDeadlineNs(final long noneNs)
    {
        return wheel.nextDeadlineNs(noneNs);
    }

    @Override
    public void close()
    {
        isClosed = true;
        resolver.close();
        for (final Link link : links)
        {
            if (null != link && Link.OPEN != link.state)
            {
                end(link);
            }
        }
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        final Link link = (Link)key.attachment();
        try
        {
            if (link.connecting == key.channel() && link.connecting.finishConnect())
            {
                open(link);
            }
        }
        catch (final IOException ex)
        {
            fail(link, ex.getMessage());
        }
    }

    @Override
    public void onHello(final Connection connection, final Hello hello)
    {
        final Link link = connection.link();
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
    public void onCadence(final Connection connection, final Cadence cadence)
    {
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
        final long stableNs = ctx.cadence().isOff() ? Cadence.STANDARD.detectionNs() : ctx.cadence().detectionNs();
        link.connection = null;
        link.speakNs = 0;
        if (isClosed || CloseReason.LOCAL_CLOSE == connection.closeReason())
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

    /**
     * A server that only listens may be about to give up a client that stalled.
     */
    @Override
    public void onStall()
    {
        for (final Link link : links)
        {
            if (null != link && Link.OPEN == link.state && link.speakNs > 0)
            {
                wheel.schedule(link.slot, reactor.nowNs());
            }
        }
    }

    private void add(final Link link)
    {
        if (isClosed)
        {
            link.state = Link.CLOSED;
            return;
        }
        if (freeSlots.isEmpty())
        {
            link.slot = links.size();
            links.add(link);
        }
        else
        {
            link.slot = freeSlots.pop();
            links.set(link.slot, link);
        }
        wheel.schedule(link.slot, reactor.nowNs());
    }

    private void end(final Link link)
    {
        if (Link.CLOSED != link.state)
        {
            abandon(link);
            wheel.cancel(link.slot);
            link.state = Link.CLOSED;
            links.set(link.slot, null);
            freeSlots.push(link.slot);
        }
    }

    private void onDeadline(final int slot, final long nowNs)
    {
        final Link link = links.get(slot);
        switch (link.state)
        {
            case Link.WAITING -> begin(link);
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

    private void begin(final Link link)
    {
        final InetSocketAddress address = link.nextAddress();
        wheel.schedule(link.slot, reactor.nowNs() + ctx.connectTimeoutNs());
        if (address.isUnresolved())
        {
            link.state = Link.RESOLVING;
            final int tries = link.tries;
            resolver.resolve(address.getHostString(), (found, failure) -> reactor.commands.submit(() ->
            {
                // The look-up may have taken so long that another is under way.
                if (Link.RESOLVING == link.state && tries == link.tries)
                {
                    onResolved(link, address, found, failure);
                }
            }));
        }
        else
        {
            connect(link, address);
        }
    }

    private void onResolved(
        final Link link, final InetSocketAddress address, final InetAddress[] found, final String failure)
    {
        if (null == found)
        {
            fail(link, failure);
        }
        else
        {
            wheel.schedule(link.slot, reactor.nowNs() + ctx.connectTimeoutNs());
            final InetAddress host = found[link.tries / link.addresses().size() % found.length];
            connect(link, new InetSocketAddress(host, address.getPort()));
        }
    }

    private void connect(final Link link, final InetSocketAddress address)
    {
        link.state = Link.CONNECTING;
        try
        {
            link.connecting = ctx.selectorProvider().openSocketChannel();
            reactor.register(link.connecting, SelectionKey.OP_CONNECT).attach(link);
            if (link.connecting.connect(address))
            {
                open(link);
            }
        }
        catch (final IOException | RuntimeException ex)
        {
            fail(link, ex.getMessage());
        }
    }

    private void open(final Link link) throws IOException
    {
        final SocketChannel channel = link.connecting;
        wheel.cancel(link.slot);
        if (!ctx.tcpKeepAlive().isOff())
        {
            TcpKeepAlive.set(channel, ctx.tcpKeepAlive());
        }
        final Connection connection = reactor.join(channel, (InetSocketAddress)channel.getRemoteAddress(), link);
        if (null != link.asked)
        {
            connection.outbound.hello(Hellos.of(link.asked));
        }
        reactor.open(connection);
    }

    private void fail(final Link link, final String what)
    {
        final InetSocketAddress address = link.nextAddress();
        link.failure(address.getHostString() + ":" + address.getPort() + ": " + what);
        abandon(link);
        retry(link, false);
    }

    private void abandon(final Link link)
    {
        CloseHelper.close(ctx.errorHandler(), link.connecting);
        link.connecting = null;
    }

    private void retry(final Link link, final boolean isSpread)
    {
        if (ctx.reconnectLimit() > 0 && link.attempt >= ctx.reconnectLimit())
        {
            end(link);
            reactor.listener.onGivenUp(link);
            return;
        }

        final long limitNs = isSpread ? ctx.reconnectSpreadNs() : backoffNs(link.attempt);
        final long delayNs = random.nextLong(limitNs + 1);
        ++link.attempt;
        ++link.tries;
        link.state = Link.WAITING;
        wheel.schedule(link.slot, reactor.nowNs() + delayNs);
        reactor.listener.onReconnecting(link, link.attempt, delayNs);
    }

    /**
     * Doubled each time, from the least to the most: the delay is a random part of it, from the first one on, or a
     * fleet that lost its server at one moment would be back at one moment.
     */
    private long backoffNs(final int attempt)
    {
        long backoffNs = ctx.minReconnectNs();
        for (int i = 0; i < attempt && backoffNs < ctx.maxReconnectNs(); i++)
        {
            backoffNs <<= 1;
        }
        return Math.min(backoffNs, ctx.maxReconnectNs());
    }
}
