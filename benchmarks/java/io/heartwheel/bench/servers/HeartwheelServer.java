package io.heartwheel.bench.servers;

import io.heartwheel.CloseReason;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.config.Configuration;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import org.HdrHistogram.Histogram;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Our server, with every setting at its default but the cadence and the address. Launched, it rehearses first, as
 * {@code serve} does.
 */
public final class HeartwheelServer implements BenchServer
{
    /** As in {@code serve}. */
    private static final long REHEARSAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final HeartbeatServer server;
    private final EchoListener listener;

    private HeartwheelServer(final HeartbeatServer server, final EchoListener listener)
    {
        this.server = server;
        this.listener = listener;
    }

    /**
     * On a thread of its own.
     */
    static HeartwheelServer launch(final Cadence cadence)
    {
        return launch(cadence, UnaryOperator.identity());
    }

    /**
     * The same, with other settings too.
     */
    public static HeartwheelServer launch(final Cadence cadence, final UnaryOperator<ServerContext> settings)
    {
        final EchoListener listener = new EchoListener();
        return new HeartwheelServer(HeartbeatServer.launch(settings.apply(
            context(cadence, listener).rehearsalNs(Configuration.rehearsalNs(REHEARSAL_NS)))), listener);
    }

    /**
     * The same, for clients that speak WebSocket.
     */
    static HeartwheelServer launchWebSocket(final Cadence cadence)
    {
        final EchoListener listener = new EchoListener();
        final ServerContext ctx = context(cadence, listener).rehearsalNs(Configuration.rehearsalNs(REHEARSAL_NS));
        ctx.webSocket().bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new HeartwheelServer(HeartbeatServer.launch(ctx), listener);
    }

    /**
     * For a caller that runs the duty cycle, which never waits, and sends as many heartbeats as it can.
     */
    public static HeartwheelServer invoked(final Cadence cadence)
    {
        final EchoListener listener = new EchoListener();
        return new HeartwheelServer(
            new HeartbeatServer(context(cadence, listener).maxParkNs(0).lingerNs(0).frameRate(0).controlRate(0)),
            listener);
    }

    private static ServerContext context(final Cadence cadence, final EchoListener listener)
    {
        return new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(cadence)
            .listener(listener);
    }

    public int doWork()
    {
        return server.doWork();
    }

    @Override
    public InetSocketAddress address()
    {
        return null == server.webSocketAddress() ? server.localAddress() : server.webSocketAddress();
    }

    @Override
    public long heartbeats()
    {
        return server.metrics().count(Counter.HEARD);
    }

    @Override
    public long opened()
    {
        return server.metrics().count(Counter.OPENED);
    }

    @Override
    public long stalls()
    {
        return server.metrics().count(Counter.STALLS);
    }

    @Override
    public long selects()
    {
        return server.metrics().count(Counter.CYCLES);
    }

    @Override
    public Histogram latenessNs()
    {
        return server.metrics().histogram(Measure.LATENESS);
    }

    @Override
    public String closes()
    {
        return Arrays.stream(CloseReason.values())
            .filter((reason) -> server.metrics().closedCount(reason.ordinal()) > 0)
            .map((reason) -> reason + "=" + server.metrics().closedCount(reason.ordinal()))
            .collect(Collectors.joining(" "));
    }

    @Override
    public List<String> takeClosed()
    {
        return listener.takeClosed();
    }

    @Override
    public long openCount()
    {
        return server.metrics().openCount();
    }

    @Override
    public String spread()
    {
        return IntStream.range(0, server.reactors())
            .mapToObj((reactor) -> Long.toString(server.metrics(reactor).openCount()))
            .collect(Collectors.joining(" "));
    }

    @Override
    public void close()
    {
        server.close();
    }
}
