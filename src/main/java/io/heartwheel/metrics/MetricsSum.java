package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The metrics of several reactors together. Counters are added up. Of a gauge of time, such as the longest stall, the
 * highest counts. Each reading reads all reactors, one after the other.
 */
public final class MetricsSum implements Metrics
{
    private final List<Metrics> parts;
    /** Values of one part. Reused, so that a reading allocates nothing. */
    private Histogram part;

    /**
     * Construct.
     *
     * @param parts that are added up, at least one.
     */
    public MetricsSum(final List<? extends Metrics> parts)
    {
        if (parts.isEmpty())
        {
            throw new IllegalArgumentException("nothing to add up");
        }
        this.parts = List.copyOf(parts);
    }

    @Override
    public long count(final Counter counter)
    {
        long total = 0;
        for (final Metrics part : parts)
        {
            total = counter.isAddedUp() ? total + part.count(counter) : Math.max(total, part.count(counter));
        }
        return total;
    }

    @Override
    public long openCount()
    {
        return sum(Metrics::openCount);
    }

    @Override
    public long closedCount(final int reason)
    {
        return sum((part) -> part.closedCount(reason));
    }

    @Override
    public long turnedAwayCount(final int reason)
    {
        return sum((part) -> part.turnedAwayCount(reason));
    }

    @Override
    public long endedCount(final int reason)
    {
        return sum((part) -> part.endedCount(reason));
    }

    @Override
    public List<String> labels(final Split split)
    {
        return parts.get(0).labels(split);
    }

    @Override
    public long count(final Split split, final int label)
    {
        return sum((part) -> part.count(split, label));
    }

    @Override
    public Histogram histogram(final Measure measure)
    {
        final Histogram total = parts.get(0).histogram(measure);
        copyInto(measure, total);
        return total;
    }

    @Override
    public synchronized void copyInto(final Measure measure, final Histogram target)
    {
        part = null == part ? parts.get(0).histogram(measure) : part;
        parts.get(0).copyInto(measure, target);
        for (int i = 1; i < parts.size(); i++)
        {
            parts.get(i).copyInto(measure, part);
            target.add(part);
        }
    }

    private long sum(final ToLongFunction<Metrics> value)
    {
        long total = 0;
        for (final Metrics part : parts)
        {
            total += value.applyAsLong(part);
        }
        return total;
    }
}
