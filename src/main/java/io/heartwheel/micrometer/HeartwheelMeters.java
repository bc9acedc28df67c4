package io.heartwheel.micrometer;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.RecentHistogram;
import io.heartwheel.metrics.Split;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.List;

/**
 * Binds the metrics of a reactor to a registry of Micrometer:
 * <pre>{@code
 * new HeartwheelMeters(server.metrics(), "server", "gateway").bindTo(registry);
 * }</pre>
 * All names begin with {@code heartwheel.}:
 * <ul>
 *   <li>Each {@link Counter} is a counter or a gauge.
 *   <li>Connections that ended, and those of them that were not let in, are counters with a tag {@code reason}.
 *   <li>Each {@link Split} is a counter with the tag that it is split by, and connections open at present are a gauge
 *       with a tag {@code protocol}.
 *   <li>Each {@link Measure} is several gauges with a tag {@code percentile}, of the values of the last
 *       {@link RecentHistogram#WINDOW_NS 30 to 60 s}. A gauge is 0 if there are none.
 * </ul>
 * Reading costs the reactor thread nothing. The registry keeps the metrics reachable, but not the server or client.
 */
public final class HeartwheelMeters implements MeterBinder
{
    private static final String PREFIX = "heartwheel.";
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    private final Metrics metrics;
    private final Tags tags;

    /**
     * Construct a binder.
     *
     * @param metrics to show.
     * @param tags    of all meters: keys and values in turn.
     */
    public HeartwheelMeters(final Metrics metrics, final String... tags)
    {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(final MeterRegistry registry)
    {
        Gauge.builder(PREFIX + "connections", metrics, Metrics::openCount)
            .description("Connections open at present").tags(tags).strongReference(true).register(registry);
        for (final Counter counter : Counter.values())
        {
            bind(counter, registry);
        }
        for (final CloseReason reason : CloseReason.values())
        {
            FunctionCounter.builder(PREFIX + "closed", metrics, (source) -> source.closedCount(reason.ordinal()))
                .description("Connections that ended or were not let in, by reason")
                .tags(tags.and("reason", reason.name())).register(registry);
            FunctionCounter
                .builder(PREFIX + "turned.away", metrics, (source) -> source.turnedAwayCount(reason.ordinal()))
                .description("Of those, the ones that had not been let in")
                .tags(tags.and("reason", reason.name())).register(registry);
        }
        for (final Split split : Split.values())
        {
            bind(split, registry);
        }
        for (final Measure measure : Measure.values())
        {
            bind(measure, registry);
        }
    }

    private void bind(final Split split, final MeterRegistry registry)
    {
        final List<String> labels = metrics.labels(split);
        for (int i = 0; i < labels.size(); i++)
        {
            final int label = i;
            final Tags all = tags.and(split.by(), labels.get(label));
            FunctionCounter.builder(PREFIX + split.label(), metrics, (source) -> source.count(split, label))
                .description(split.meaning()).tags(all).register(registry);
            if (Split.OPENED == split)
            {
                Gauge.builder(PREFIX + "protocol.connections", metrics, (source) -> source.openCount(label))
                    .description("Connections open at present, by protocol").tags(all).strongReference(true)
                    .register(registry);
            }
        }
    }

    private void bind(final Counter counter, final MeterRegistry registry)
    {
        if (counter.isGauge())
        {
            Gauge.builder(PREFIX + counter.label(), metrics, (source) -> source.count(counter) / counter.perUnit())
                .description(counter.meaning()).baseUnit(counter.unit())
                .tags(tags).strongReference(true).register(registry);
        }
        else
        {
            FunctionCounter.builder(PREFIX + counter.label(), metrics, (source) -> source.count(counter))
                .description(counter.meaning()).tags(tags).register(registry);
        }
    }

    private void bind(final Measure measure, final MeterRegistry registry)
    {
        final RecentHistogram recent =
            new RecentHistogram(metrics, measure, registry.config().clock().monotonicTime());
        for (final double percentile : PERCENTILES)
        {
            Gauge.builder(PREFIX + measure.label(), recent, (source) -> source.read(
                    registry.config().clock().monotonicTime(),
                    (values) -> values.getValueAtPercentile(percentile) / measure.perUnit()))
                .description(measure.meaning()).baseUnit(measure.unit()).strongReference(true)
                .tags(tags.and("percentile", Double.toString(percentile).replaceFirst("\\.0$", "")))
                .register(registry);
        }
    }
}
