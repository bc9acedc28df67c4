package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The listening end: accepts connections, a bounded number at a time, greets them with the cadence they are held to,
 * and answers what they ask for.
 * <p>
 * When accepting fails, for lack of file descriptors most likely, the socket stays ready: going on at once would
 * spin. So accepting pauses for {@link #PAUSE_NS}, and is tried again until it works.
 */
final class Acceptor implements Endpoint
{
    static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Where each client that leaves makes room for one more, accepting fails and works in turn: told once in this time.
     */
    static final long TELLING_PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

    /**
     * No kernel keeps more connections waiting: net.core.somaxconn had 16 bits for long.
     */
    private static final int TURNED_AWAY_MAX = 1 << 16;
    private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");
    private static final int SOMAXCONN_LENGTH = 16;

    private final HeartbeatServer.Context ctx;
    private final ServerSocketChannel channel;
    private final Admission admission;

    private Reactor reactor;
    private SelectionKey key;
    /**
     * A file descriptor to spare, given up for a pause when there is no other, so that the log can say so.
     */
    private SocketChannel reserve;
    /** In this duty cycle. */
    private int accepted;
    private boolean isKeepAliveKnown;
    private boolean isKeepAliveInherited;
    private boolean isClosed;
    private boolean isPaused;
    private long resumeNs;
    /** The log says that accepting fails, and does not say yet that it works again. */
    private boolean isToldFailing;
    private boolean isTold;
    private long failingSinceNs;
    private long toldNs;
    private long failuresUntold;

    Acceptor(final HeartbeatServer.Context ctx)
    {
        this.ctx = ctx;
        admission = new Admission(ctx);
        ServerSocketChannel bound = null;
        try
        {
            bound = ctx.selectorProvider().openServerSocketChannel();
            bound.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (!ctx.tcpKeepAlive().isOff())
            {
                TcpKeepAlive.setNumbers(bound, ctx.tcpKeepAlive());
            }
            bound.bind(ctx.bindAddress(), ctx.acceptBacklog());
            channel = bound;
            tellBacklog();
        }
        catch (final ConfigurationException ex)
        {
            CloseHelper.quietClose(bound);
            throw ex;
        }
        catch (final IOException | RuntimeException ex)
        {
            CloseHelper.quietClose(bound);
            throw new UncheckedIOException(new IOException(
                "cannot listen on " + Configuration.addressText(ctx.bindAddress()) + ": " + IoFailures.textOf(ex), ex));
        }
    }

    @Override
    public void start(final Reactor reactor)
    {
        this.reactor = reactor;
        admission.start(reactor);
        try
        {
            key = reactor.register(channel, SelectionKey.OP_ACCEPT);
            reserve();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * TCP keepalive as the kernel will do it.
     */
    Cadence tcpKeepAlive()
    {
        try
        {
            return ctx.tcpKeepAlive().isOff() ? Cadence.OFF : TcpKeepAlive.readNumbers(channel);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    InetSocketAddress localAddress()
    {
        try
        {
            return (InetSocketAddress)channel.getLocalAddress();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    boolean reloadTls()
    {
        return admission.reloadTls();
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        try
        {
            // Any of their callbacks may close it.
            for (SocketChannel peer; !isClosed && accepted < ctx.acceptLimit() && null != (peer = channel.accept());
                accepted++)
            {
                onAccepted(peer);
            }
        }
        catch (final IOException ex)
        {
            pause(ex);
        }
        catch (final Throwable ex)
        {
            ctx.faults().onFault(ex);
            pause(ex);
        }
    }

    @Override
    public void onHello(final Connection connection, final Hello hello)
    {
        if (Connection.JOINING == connection.state)
        {
            connection.arrival.asked = hello;
            return;
        }
        // Where heartbeats are off, it is for the application to watch a peer, whatever that would like.
        final Cadence cadence = ctx.cadence().isOff() ?
            connection.cadence() : Hellos.notUndercut(Hellos.clamped(hello, ctx), connection, ctx);
        reactor.watcher.cadence(connection, cadence);
        // It leaves with what else is said once all that came is handled: a write for each would let a flood cost that.
        connection.outbound.hello(Hellos.of(cadence));
    }

    @Override
    public void onCadence(final Connection connection, final Cadence cadence)
    {
        connection.outbound.hello(Hellos.of(cadence));
        reactor.io.flushUnlessBlocked(connection);
    }

    @Override
    public void onArriving(final Connection connection)
    {
        admission.onArriving(connection);
    }

    @Override
    public void onSecured(final Connection connection)
    {
        admission.onSecured(connection);
    }

    @Override
    public void onFirstBytes(final Connection connection)
    {
        admission.onFirstBytes(connection);
    }

    @Override
    public void onFirstMessage(final Connection connection, final ByteBuffer payload)
    {
        admission.onCredential(connection, payload);
    }

    @Override
    public String textOf(final Connection connection, final Foreign foreign)
    {
        return Strangers.textOf(connection, foreign, ctx);
    }

    @Override
    public void onClosed(final Connection connection)
    {
        admission.onClosed(connection);
    }

    @Override
    public int doWork()
    {
        if (accepted >= ctx.acceptLimit())
        {
            reactor.journal.onCutOff("accepts", accepted);
        }
        accepted = 0;
        final int steps = admission.doWork();
        if (isPaused && resumeNs - reactor.nowNs() <= 0)
        {
            isPaused = false;
            key.interestOps(SelectionKey.OP_ACCEPT);
            // By now the line is written.
            reserve();
            return steps + 1;
        }
        return steps;
    }

    @Override
    public long nextDeadlineNs(final long noneNs)
    {
        final long acceptNs = isPaused ? resumeNs : noneNs;
        return admission.isWaitedFor() ? reactor.nowNs() : acceptNs;
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            isPaused = false;
            ctx.faults().close(admission);
            ctx.faults().close(reserve);
            ctx.faults().close(this::turnAwayWaiting);
            ctx.faults().close(channel);
        }
    }

    /**
     * Whom the kernel has connected already would be reset, and not know why: each is told that we shut down.
     */
    private void turnAwayWaiting()
    {
        final int limit = null == key ? 0 : Math.min(ctx.acceptBacklog(), TURNED_AWAY_MAX);
        try
        {
            int turnedAway = 0;
            for (SocketChannel peer; turnedAway < limit && null != (peer = channel.accept()); turnedAway++)
            {
                admission.turnAway(peer, CloseReason.SHUTDOWN, "");
            }
        }
        catch (final IOException ex)
        {
            // No file descriptor for them: they are reset after all.
            reactor.metrics.add(Counter.ACCEPT_FAILURES, 1);
        }
    }

    private void onAccepted(final SocketChannel peer)
    {
        if (isToldFailing)
        {
            isToldFailing = false;
            Log.line(Level.INFO, "accepting again after {0} ms",
                (reactor.nowNs() - failingSinceNs) / 1_000_000);
        }

        try
        {
            if (!ctx.tcpKeepAlive().isOff())
            {
                setTcpKeepAlive(peer);
            }
            admission.onAccepted(peer);
        }
        catch (final IOException ex)
        {
            // The peer reset it before it was opened: nobody has heard of it yet.
            ctx.faults().close(peer);
        }
        catch (final Throwable ex)
        {
            ctx.faults().onFault(ex);
            ctx.faults().close(peer);
        }
    }

    /**
     * Linux lets a connection inherit the numbers of the listening socket; others are found not to by the first one.
     */
    private void setTcpKeepAlive(final SocketChannel peer) throws IOException
    {
        if (!isKeepAliveKnown)
        {
            isKeepAliveKnown = true;
            isKeepAliveInherited = TcpKeepAlive.readNumbers(peer).equals(TcpKeepAlive.readNumbers(channel));
        }
        TcpKeepAlive.setAccepted(peer, ctx.tcpKeepAlive(), isKeepAliveInherited);
    }

    private void pause(final Throwable ex)
    {
        isPaused = true;
        resumeNs = reactor.nowNs() + PAUSE_NS;
        key.interestOps(0);
        reactor.metrics.add(Counter.ACCEPT_FAILURES, 1);
        if (isToldFailing)
        {
            return;
        }
        if (isTold && reactor.nowNs() - toldNs < TELLING_PAUSE_NS)
        {
            ++failuresUntold;
            return;
        }
        isTold = true;
        isToldFailing = true;
        toldNs = reactor.nowNs();
        failingSinceNs = toldNs;
        CloseHelper.quietClose(reserve);
        reserve = null;
        Log.line(Level.WARNING, "cannot accept with {0} connections open: {1}; trying again each {2} ms{3}",
            reactor.connections.size(), IoFailures.textOf(ex), PAUSE_NS / 1_000_000,
            0 == failuresUntold ? "" : ", failed " + failuresUntold + " times since this was told last");
        failuresUntold = 0;
    }

    private void tellBacklog()
    {
        final int most = mostWaiting();
        if (most < ctx.acceptBacklog())
        {
            Log.line(Level.WARNING, "the kernel keeps {0} connections waiting to be accepted (net.core.somaxconn), " +
                "not {1} ({2}): of more at one time it makes some wait for a second or more",
                most, ctx.acceptBacklog(), Knob.ACCEPT_BACKLOG.propertyName());
        }
    }

    /**
     * Linux caps the backlog without a word.
     */
    private static int mostWaiting()
    {
        // At once: a second read of it ends, and Files.readString has one byte by its first.
        try (InputStream in = Files.newInputStream(SOMAXCONN))
        {
            return Integer.parseInt(new String(in.readNBytes(SOMAXCONN_LENGTH), StandardCharsets.US_ASCII).strip());
        }
        catch (final IOException | RuntimeException ex)
        {
            return Integer.MAX_VALUE;
        }
    }

    private void reserve()
    {
        try
        {
            reserve = null != reserve ? reserve : ctx.selectorProvider().openSocketChannel();
        }
        catch (final IOException ex)
        {
            reserve = null;
        }
    }
}
