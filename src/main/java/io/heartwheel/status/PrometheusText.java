package io.heartwheel.status;

import io.heartwheel.CloseReason;
import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetMetrics;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.Split;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Writes the metrics of a reactor in the text format of Prometheus. Histograms have buckets rather than quantiles, so
 * that they can be added up over several servers and over time.
 */
final class PrometheusText
{
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final String PREFIX = "heartwheel_";
    private static final double[] SECONDS = {
        25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        30, Double.POSITIVE_INFINITY};
    private static final double[] RATIOS = {
        0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 2, Double.POSITIVE_INFINITY};

    /** What tells something by reactor: whether each is at work, and whether the load is even. */
    private static final Counter[] BY_REACTOR = {Counter.HEARD, Counter.CYCLES, Counter.STALLS, Counter.CUT_OFFS};

    private final Metrics metrics;
    private final List<Metrics> byReactor;
    private final FleetMetrics fleet;

    /**
     * @param byReactor metrics of each of several reactors; empty if there is one.
     * @param fleet     metrics of the fleet, or null if there is none.
     */
    PrometheusText(final Metrics metrics, final List<Metrics> byReactor, final FleetMetrics fleet)
    {
        this.metrics = metrics;
        this.byReactor = byReactor;
        this.fleet = fleet;
    }

    void write(final OutputStream out) throws IOException
    {
        final MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        snapshots.metricSnapshot(gauge("connections", "Connections open at present", metrics.openCount()));
        for (final Counter counter : Counter.values())
        {
            snapshots.metricSnapshot(snapshot(counter));
        }
        snapshots.metricSnapshot(
            byReason("closed", "Connections that ended or were not let in, by reason", metrics::closedCount));
        snapshots.metricSnapshot(
            byReason("turned_away", "Of those, the ones that had not been let in", metrics::turnedAwayCount));
        addSplits(snapshots);
        for (final Measure measure : Measure.values())
        {
            snapshots.metricSnapshot(snapshot(measure));
        }
        if (!byReactor.isEmpty())
        {
            addByReactor(snapshots);
        }
        if (null != fleet)
        {
            addFleet(snapshots);
        }
        PrometheusTextFormatWriter.create().write(out, snapshots.build());
    }

    private void addSplits(final MetricSnapshots.Builder snapshots)
    {
        final List<String> protocols = metrics.labels(Split.OPENED);
        final GaugeSnapshot.Builder open = GaugeSnapshot.builder().name(PREFIX + "protocol_connections")
            .help("Connections open at present, by protocol");
        for (int i = 0; i < protocols.size(); i++)
        {
            open.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of("protocol", protocols.get(i))).value(metrics.openCount(i)).build());
        }
        snapshots.metricSnapshot(open.build());
        for (final Split split : Split.values())
        {
            if (!metrics.labels(split).isEmpty())
            {
                snapshots.metricSnapshot(snapshot(split));
            }
        }
    }

    private CounterSnapshot snapshot(final Split split)
    {
        final CounterSnapshot.Builder snapshot =
            CounterSnapshot.builder().name(PREFIX + split.label().replace('.', '_')).help(split.meaning());
        final List<String> labels = metrics.labels(split);
        for (int i = 0; i < labels.size(); i++)
        {
            snapshot.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of(split.by(), labels.get(i))).value(metrics.count(split, i)).build());
        }
        return snapshot.build();
    }

    private void addByReactor(final MetricSnapshots.Builder snapshots)
    {
        final GaugeSnapshot.Builder open = GaugeSnapshot.builder().name(PREFIX + "reactor_connections")
            .help("Connections open at present, by reactor");
        for (int i = 0; i < byReactor.size(); i++)
        {
            open.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels(i)).value(byReactor.get(i).openCount()).build());
        }
        snapshots.metricSnapshot(open.build());
        for (final Counter counter : BY_REACTOR)
        {
            final CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name(PREFIX + "reactor_" + counter.label().replace('.', '_')).help(counter.meaning() + ", by reactor");
            for (int i = 0; i < byReactor.size(); i++)
            {
                snapshot.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels(i)).value(byReactor.get(i).count(counter)).build());
            }
            snapshots.metricSnapshot(snapshot.build());
        }
        final HistogramSnapshot.Builder cycles = HistogramSnapshot.builder().name(PREFIX + "reactor_cycle_seconds")
            .help(Measure.CYCLE.meaning() + ", by reactor");
        for (int i = 0; i < byReactor.size(); i++)
        {
            cycles.dataPoint(dataPoint(Measure.CYCLE, byReactor.get(i), labels(i)));
        }
        snapshots.metricSnapshot(cycles.build());
    }

    private void addFleet(final MetricSnapshots.Builder snapshots)
    {
        snapshots.metricSnapshot(gauge("fleet_held", "1 while the lease of this node holds, else 0",
            FleetState.HELD == fleet.state() ? 1 : 0));
        snapshots.metricSnapshot(gauge("fleet_nodes", "Nodes that live, as of the last renewal", fleet.nodes()));
        snapshots.metricSnapshot(
            gauge("fleet_sessions", "Connections of this node that have an identity", fleet.sessions()));
        snapshots.metricSnapshot(
            gauge("fleet_waiting", "Connections and releases that the registry has to be told of", fleet.waiting()));
        for (final FleetCounter counter : FleetCounter.values())
        {
            snapshots.metricSnapshot(CounterSnapshot.builder()
                .name(PREFIX + "fleet_" + counter.label().replace('.', '_')).help(counter.meaning())
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().value(fleet.count(counter)).build())
                .build());
        }
        snapshots.metricSnapshot(HistogramSnapshot.builder().name(PREFIX + "fleet_round_trip_seconds")
            .help("Time that the registry took to answer")
            .dataPoint(dataPoint(fleet.roundTrips(), 1e9, SECONDS, Labels.EMPTY)).build());
    }

    private static Labels labels(final int reactor)
    {
        return Labels.of("reactor", Integer.toString(reactor));
    }

    private MetricSnapshot snapshot(final Counter counter)
    {
        final String name = counter.label().replace('.', '_');
        if (counter.isGauge())
        {
            return gauge(null == counter.unit() ? name : name + "_" + counter.unit(), counter.meaning(),
                metrics.count(counter) / counter.perUnit());
        }
        return CounterSnapshot.builder().name(PREFIX + name).help(counter.meaning())
            .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().value(metrics.count(counter)).build())
            .build();
    }

    private static GaugeSnapshot gauge(final String name, final String meaning, final double value)
    {
        return GaugeSnapshot.builder().name(PREFIX + name).help(meaning)
            .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build()).build();
    }

    /**
     * A counter with a series for each reason from the start, so that the first loss of a kind shows as an increase.
     */
    private static CounterSnapshot byReason(final String name, final String meaning, final IntToLongFunction count)
    {
        final CounterSnapshot.Builder snapshot = CounterSnapshot.builder().name(PREFIX + name).help(meaning);
        for (final CloseReason reason : CloseReason.values())
        {
            snapshot.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("reason", reason.name()))
                .value(count.applyAsLong(reason.ordinal())).build());
        }
        return snapshot.build();
    }

    private HistogramSnapshot snapshot(final Measure measure)
    {
        return HistogramSnapshot.builder()
            .name(PREFIX + measure.label().replace('.', '_') + "_" + measure.unit()).help(measure.meaning())
            .dataPoint(dataPoint(measure, metrics, Labels.EMPTY)).build();
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
        final Measure measure, final Metrics of, final Labels labels)
    {
        return dataPoint(
            of.histogram(measure), measure.perUnit(), "seconds".equals(measure.unit()) ? SECONDS : RATIOS, labels);
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
        final Histogram values, final double perUnit, final double[] bounds, final Labels labels)
    {
        final long[] counts = new long[bounds.length];
        double sum = 0;
        for (final HistogramIterationValue value : values.recordedValues())
        {
            final double inUnit = value.getValueIteratedTo() / perUnit;
            final int found = Arrays.binarySearch(bounds, inUnit);
            counts[found < 0 ? ~found : found] += value.getCountAtValueIteratedTo();
            sum += inUnit * value.getCountAtValueIteratedTo();
        }
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
            .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts)).sum(sum).labels(labels).build();
    }
}
