package io.heartwheel.status;

import io.heartwheel.CloseReason;
import io.heartwheel.ConnectionView;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.Refusal;
import io.heartwheel.config.Configuration;
import io.heartwheel.fleet.FleetMetrics;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.RecentHistogram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Samples a server each second, and makes its {@link Status}. It never runs on the thread of the reactor.
 * <p>
 * Threadsafe.
 */
public final class Observer
{
    private static final long VIEW_TIMEOUT_MS = 3_000;
    private static final CloseReason[] REASONS = CloseReason.values();

    private final HeartbeatServer server;
    private final Metrics metrics;
    private final History history;
    private final FleetObserver fleet;
    private final List<ReactorObserver> reactors = new ArrayList<>();
    private final Map<Measure, RecentHistogram> recent = new EnumMap<>(Measure.class);
    private final String address;
    private final long startNs;
    private long sampledNs;
    private long reads;
    private long probes;
    private double readsPerS;
    private double probesPerS;
    private CompletableFuture<List<ConnectionView>> view;

    /**
     * Begin to observe a server without a fleet.
     *
     * @param server    to observe.
     * @param maxParkNs longest park of its duty cycle in ns.
     * @param nowNs     the time now.
     */
    public Observer(final HeartbeatServer server, final long maxParkNs, final long nowNs)
    {
        this(server, null, maxParkNs, nowNs);
    }

    /**
     * Begin to observe a server.
     *
     * @param server    to observe.
     * @param fleet     looks at its fleet, or null if it has none.
     * @param maxParkNs longest park of its duty cycle in ns.
     * @param nowNs     the time now.
     */
    public Observer(
        final HeartbeatServer server, final FleetObserver fleet, final long maxParkNs, final long nowNs)
    {
        this.server = server;
        this.fleet = fleet;
        metrics = server.metrics();
        history = new History(metrics);
        address = Configuration.addressText(server.localAddress());
        startNs = nowNs;
        sampledNs = nowNs;
        for (final Measure measure : Measure.values())
        {
            recent.put(measure, new RecentHistogram(metrics, measure, nowNs));
        }
        for (int i = 0; i < server.reactors(); i++)
        {
            reactors.add(new ReactorObserver(i, server.metrics(i), 1 == server.reactors(), maxParkNs, nowNs));
        }
    }

    /**
     * Take a sample. To be called each second.
     */
    public synchronized void sample(final long epochMs, final long nowNs)
    {
        final double seconds = Math.max(1, nowNs - sampledNs) / 1e9;
        final long readsNow = metrics.count(Counter.HEARD);
        final long probesNow = metrics.count(Counter.PROBES);
        readsPerS = (readsNow - reads) / seconds;
        probesPerS = (probesNow - probes) / seconds;
        reads = readsNow;
        probes = probesNow;
        sampledNs = nowNs;
        history.sample(epochMs);
        reactors.forEach((reactor) -> reactor.sample(nowNs));
    }

    /**
     * The status of the server at this moment.
     */
    public synchronized Status status(final long nowNs)
    {
        reactors.forEach((reactor) -> reactor.look(nowNs));
        return new Status(
            address,
            areReactorsGood(nowNs) && (null == fleet || fleet.isGood()),
            healthText(nowNs),
            TimeUnit.NANOSECONDS.toMillis(nowNs - startNs),
            metrics.openCount(),
            metrics.count(Counter.OPENED),
            refusedCount(),
            metrics.closedCount(CloseReason.NEVER_SPOKE.ordinal()),
            Math.round(readsPerS * 10) / 10.0,
            Math.round(probesPerS * 10) / 10.0,
            metrics.count(Counter.BYTES_IN),
            metrics.count(Counter.BYTES_OUT),
            metrics.count(Counter.FRAMES_IN),
            metrics.count(Counter.FRAMES_OUT),
            metrics.count(Counter.PROBES),
            metrics.count(Counter.ANSWERS),
            losses(),
            ProtocolStatus.of(metrics),
            WebSocketStatus.of(metrics),
            metrics.count(Counter.STALLS),
            metrics.count(Counter.LONGEST_STALL_NS) / 1e6,
            metrics.count(Counter.CUT_OFFS),
            metrics.count(Counter.ACCEPT_FAILURES),
            metrics.count(Counter.DEADLINES),
            percentiles(Measure.ROUND_TRIP, 1e6, nowNs),
            percentiles(Measure.MARGIN, 10, nowNs),
            percentiles(Measure.LATENESS, 1e6, nowNs),
            percentiles(Measure.CYCLE, 1e6, nowNs),
            1 == reactors.size() ? null : reactors.stream().map((reactor) -> reactor.status(nowNs)).toList(),
            null == fleet ? null : fleet.status(nowNs));
    }

    private boolean areReactorsGood(final long nowNs)
    {
        return reactors.stream().allMatch((reactor) -> reactor.isGood(nowNs));
    }

    /**
     * Of several reactors, one that hangs is named.
     */
    private String healthText(final long nowNs)
    {
        if (null != fleet && !fleet.isGood() && areReactorsGood(nowNs))
        {
            return fleet.text();
        }
        for (int i = 0; i < reactors.size(); i++)
        {
            if (!reactors.get(i).isGood(nowNs) && reactors.size() > 1)
            {
                return "reactor " + i + ": " + reactors.get(i).text(nowNs);
            }
        }
        return reactors.get(0).text(nowNs);
    }

    /**
     * What each of several reactors has counted; empty if there is one.
     */
    List<Metrics> metricsByReactor()
    {
        return 1 == server.reactors() ? List.of() : IntStream.range(0, server.reactors()).mapToObj(server::metrics)
            .toList();
    }

    /**
     * What the fleet has counted, or null if there is none.
     */
    FleetMetrics fleetMetrics()
    {
        return null == fleet ? null : fleet.metrics();
    }

    Metrics metrics()
    {
        return metrics;
    }

    List<Refusal> refusals()
    {
        return server.refusals();
    }

    History.Columns history()
    {
        return history.columns();
    }

    /**
     * A view of every connection.
     *
     * @throws IOException if the server does not answer in time, or is closed.
     */
    List<ConnectionView> connections() throws IOException, InterruptedException
    {
        try
        {
            return view().get(VIEW_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        }
        catch (final TimeoutException ex)
        {
            throw new IOException("the server did not answer within " + VIEW_TIMEOUT_MS + " ms", ex);
        }
        catch (final ExecutionException ex)
        {
            throw new IOException("the server is " + ex.getCause().getMessage(), ex);
        }
    }

    /**
     * Ask the reactor for all connections. A request joins one that is under way: however many clients ask, there is
     * one list at a time.
     */
    synchronized CompletableFuture<List<ConnectionView>> view()
    {
        if (null == view || view.isDone())
        {
            view = server.connections();
        }
        return view;
    }

    private long refusedCount()
    {
        long count = 0;
        for (final CloseReason reason : REASONS)
        {
            count += reason.isLoss() ? metrics.turnedAwayCount(reason.ordinal()) : 0;
        }
        return count;
    }

    private Map<String, Long> losses()
    {
        final Map<String, Long> losses = new LinkedHashMap<>();
        for (final CloseReason reason : REASONS)
        {
            final long count = metrics.endedCount(reason.ordinal());
            if (reason.isLoss() && count > 0)
            {
                losses.put(reason.name(), count);
            }
        }
        return losses;
    }

    private Percentiles percentiles(final Measure measure, final double perUnit, final long nowNs)
    {
        return recent.get(measure).read(nowNs, (values) -> Percentiles.of(values, perUnit));
    }
}
