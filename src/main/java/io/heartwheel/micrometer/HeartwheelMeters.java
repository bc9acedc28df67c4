package io.heartwheel.micrometer;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.metrics.RecentHistogram;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Has a registry show what a reactor counts and measures:
 * <pre>{@code
 * new HeartwheelMeters(server.metrics(), "server", "gateway").bindTo(registry);
 * }</pre>
 * Names begin with {@code heartwheel.}; each {@link Counter} is a counter or gauge, connections that ended have a tag
 * {@code reason}, and so have those of them that had not been let in, each {@link Measure} is a gauge for each of some
 * percentiles of the last {@link RecentHistogram#WINDOW_NS 30 to 60 s}, with a tag {@code percentile}; 0 if there was
 * nothing to measure.
 * <p>
 * Reading costs the reactor thread nothing. The registry keeps the metrics alive, and with them nothing else.
 */
public final class HeartwheelMeters implements MeterBinder
{
    private static final String PREFIX = "heartwheel.";
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    private final ReactorMetrics metrics;
    private final Tags tags;

    /**
     * Construct a binder.
     *
     * @param metrics to show.
     * @param tags    keys and values in turn, of all meters.
     */
    public HeartwheelMeters(final ReactorMetrics metrics, final String... tags)
    {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(final MeterRegistry registry)
    {
        Gauge.builder(PREFIX + "connections", metrics, ReactorMetrics::openCount)
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
        for (final Measure measure : Measure.values())
        {
            bind(measure, registry);
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
            Gauge.builder(PREFIX + measure.label(), recent, (source) -> source
                    .at(registry.config().clock().monotonicTime()).getValueAtPercentile(percentile) / measure.perUnit())
                .description(measure.meaning()).baseUnit(measure.unit()).strongReference(true)
                .tags(tags.and("percentile", Double.toString(percentile).replaceFirst("\\.0$", "")))
                .register(registry);
        }
    }
}
