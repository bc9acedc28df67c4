package io.heartwheel.bench.ops;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.FlightEvents;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * Measures the cost of metrics: for the reactor thread one counter, one value of a histogram, and one event while there
 * is no recording; for a reader the copy of a histogram.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MetricsBenchmark
{
    private final ReactorMetrics metrics = new ReactorMetrics(16);
    private final String address = "127.0.0.1:7400";
    private long value;

    /**
     * Something that changes, and nothing else.
     *
     * @return it.
     */
    @Benchmark
    public long baseline()
    {
        return next();
    }

    /**
     * Add to a counter.
     *
     * @return the amount.
     */
    @Benchmark
    public long count()
    {
        final long amount = next();
        metrics.add(Counter.HEARD, amount);
        return amount;
    }

    /**
     * Record how much of its time a peer had used up, as each read does.
     *
     * @return the value.
     */
    @Benchmark
    public long record()
    {
        final long permille = next() & 1023;
        metrics.record(Measure.MARGIN, permille);
        return permille;
    }

    /**
     * Tell of a loss while no flight recording is on.
     *
     * @return a value.
     */
    @Benchmark
    public long eventWhileOff()
    {
        final long id = next();
        FlightEvents.lost(id, 0, address, "PEER_SILENT", "", id, id);
        return id;
    }

    /**
     * Have a copy of a histogram, as a reader.
     *
     * @return the copy.
     */
    @Benchmark
    public Histogram read()
    {
        metrics.record(Measure.MARGIN, next() & 1023);
        return metrics.histogram(Measure.MARGIN);
    }

    private long next()
    {
        value += 7;
        return value;
    }
}
