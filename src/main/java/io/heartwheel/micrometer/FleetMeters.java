package io.heartwheel.micrometer;

import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetMetrics;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.metrics.RecentHistogram;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.function.ToDoubleFunction;

/**
 * Binds the metrics of a fleet to a registry of Micrometer:
 * <pre>{@code
 * new FleetMeters(fleet.metrics(), "server", "gateway").bindTo(registry);
 * }</pre>
 * All names begin with {@code heartwheel.fleet.}:
 * <ul>
 *   <li>{@code held}, {@code nodes}, {@code sessions} and {@code waiting} are gauges.
 *   <li>Each {@link FleetCounter} is a counter.
 *   <li>{@code round.trip} is several gauges with a tag {@code percentile}, of the answers of the last
 *       {@link RecentHistogram#WINDOW_NS 30 to 60 s}. A gauge is 0 if there are none.
 * </ul>
 * The registry keeps the metrics reachable, but not the fleet's thread.
 */
public final class FleetMeters implements MeterBinder
{
    private static final String PREFIX = "heartwheel.fleet.";
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
    private static final double NS_PER_SECOND = 1e9;

    private final FleetMetrics metrics;
    private final Tags tags;

    /**
     * Construct a binder.
     *
     * @param metrics to show.
     * @param tags    of all meters: keys and values in turn.
     */
    public FleetMeters(final FleetMetrics metrics, final String... tags)
    {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(final MeterRegistry registry)
    {
        bind(registry, "held", "1 while the lease of this node holds, else 0",
            (source) -> FleetState.HELD == source.state() ? 1 : 0);
        bind(registry, "nodes", "Nodes that live, as of the last renewal", FleetMetrics::nodes);
        bind(registry, "sessions", "Connections of this node that have an identity", FleetMetrics::sessions);
        bind(registry, "waiting", "Connections and releases that the registry has to be told of",
            FleetMetrics::waiting);
        for (final FleetCounter counter : FleetCounter.values())
        {
            FunctionCounter.builder(PREFIX + counter.label(), metrics, (source) -> source.count(counter))
                .description(counter.meaning()).tags(tags).register(registry);
        }
        final RecentHistogram recent =
            new RecentHistogram(metrics::roundTrips, registry.config().clock().monotonicTime());
        for (final double percentile : PERCENTILES)
        {
            Gauge.builder(PREFIX + "round.trip", recent, (source) -> source.read(
                    registry.config().clock().monotonicTime(),
                    (values) -> values.getValueAtPercentile(percentile) / NS_PER_SECOND))
                .description("Time that the registry took to answer").baseUnit("seconds").strongReference(true)
                .tags(tags.and("percentile", Double.toString(percentile).replaceFirst("\\.0$", "")))
                .register(registry);
        }
    }

    private void bind(
        final MeterRegistry registry,
        final String name,
        final String meaning,
        final ToDoubleFunction<FleetMetrics> value)
    {
        Gauge.builder(PREFIX + name, metrics, value).description(meaning)
            .tags(tags).strongReference(true).register(registry);
    }
}
