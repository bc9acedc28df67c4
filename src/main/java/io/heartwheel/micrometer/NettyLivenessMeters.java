package io.heartwheel.micrometer;

import io.heartwheel.metrics.RecentHistogram;
import io.heartwheel.netty.LivenessMetrics;
import io.heartwheel.netty.PeerLostEvent.Cause;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.HdrHistogram.Histogram;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Binds the metrics of a {@link io.heartwheel.netty.Liveness} to a registry of Micrometer:
 * <pre>{@code
 * new NettyLivenessMeters(liveness.metrics(), "server", "gateway").bindTo(registry);
 * }</pre>
 * All names begin with {@code heartwheel.netty.}:
 * <ul>
 *   <li>{@code watched} and {@code longest.stall} are gauges.
 *   <li>{@code probes}, {@code spared}, {@code close.calls} and {@code stalls} are counters.
 *   <li>{@code lost} is a counter with the tags {@code reason} and {@code cause}.
 *   <li>{@code lag} and {@code lateness} are several gauges each with a tag {@code percentile}, of the values of the
 *       last {@link RecentHistogram#WINDOW_NS 30 to 60 s}. A gauge is 0 if there are none.
 * </ul>
 * Reading costs the event loops nothing. The registry keeps the metrics reachable, but not the {@code Liveness}.
 */
public final class NettyLivenessMeters implements MeterBinder
{
    private static final String PREFIX = "heartwheel.netty.";
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
    private static final double NS_PER_SECOND = 1e9;

    private final LivenessMetrics metrics;
    private final Tags tags;

    /**
     * Construct a binder.
     *
     * @param metrics to show.
     * @param tags    of all meters: keys and values in turn.
     */
    public NettyLivenessMeters(final LivenessMetrics metrics, final String... tags)
    {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(final MeterRegistry registry)
    {
        Gauge.builder(PREFIX + "watched", metrics, LivenessMetrics::watchedCount)
            .description("Channels watched at present").tags(tags).strongReference(true).register(registry);
        Gauge.builder(PREFIX + "longest.stall", metrics, (source) -> source.longestStallNs() / NS_PER_SECOND)
            .description("Length of the longest stall of an event loop").baseUnit("seconds")
            .tags(tags).strongReference(true).register(registry);
        bind(registry, "probes", "Probes written to silent peers", LivenessMetrics::probeCount);
        bind(registry, "spared", "Living peers that an IdleStateHandler would have reported as idle",
            LivenessMetrics::sparedCount);
        bind(registry, "close.calls", "Peers heard when three quarters of their detection time were over",
            LivenessMetrics::closeCallCount);
        bind(registry, "stalls", "Stalls of event loops", LivenessMetrics::stallCount);
        for (final Reason reason : Reason.values())
        {
            for (final Cause cause : Cause.values())
            {
                FunctionCounter.builder(PREFIX + "lost", metrics, (source) -> source.lostCount(reason, cause))
                    .description("Peers that were given up, by reason and cause")
                    .tags(tags.and("reason", reason.name(), "cause", cause.name())).register(registry);
            }
        }
        bind(registry, "lag", "Time by which event loops ran a task later than it was due", metrics::lag);
        bind(registry, "lateness", "Time from the deadline of a verdict to the verdict", metrics::lateness);
    }

    private void bind(
        final MeterRegistry registry,
        final String name,
        final String meaning,
        final ToDoubleFunction<LivenessMetrics> count)
    {
        FunctionCounter.builder(PREFIX + name, metrics, count).description(meaning).tags(tags).register(registry);
    }

    private void bind(
        final MeterRegistry registry, final String name, final String meaning, final Supplier<Histogram> values)
    {
        final RecentHistogram recent = new RecentHistogram(values, registry.config().clock().monotonicTime());
        for (final double percentile : PERCENTILES)
        {
            Gauge.builder(PREFIX + name, recent, (source) -> source.read(
                    registry.config().clock().monotonicTime(),
                    (histogram) -> histogram.getValueAtPercentile(percentile) / NS_PER_SECOND))
                .description(meaning).baseUnit("seconds").strongReference(true)
                .tags(tags.and("percentile", Double.toString(percentile).replaceFirst("\\.0$", "")))
                .register(registry);
        }
    }
}
