package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counters and histograms of one reactor.
 * <p>
 * Only the reactor thread may call the methods that record. They are wait-free and allocate nothing. Any thread may
 * call the methods that read. They do not hold the reactor up.
 */
public final class ReactorMetrics implements Metrics
{
    private static final Measure[] MEASURES = Measure.values();
    private static final Split[] SPLITS = Split.values();

    private final AtomicLongArray counters = new AtomicLongArray(Counter.values().length);
    private final AtomicLongArray closed;
    private final AtomicLongArray turnedAway;
    private final Map<Split, List<String>> labels;
    private final AtomicLongArray[] splits = new AtomicLongArray[SPLITS.length];
    private final Distribution[] distributions = new Distribution[MEASURES.length];

    /**
     * Construct with all values at zero, and without labels: split counters do not count.
     *
     * @param reasons number of reasons for which a connection may close.
     */
    public ReactorMetrics(final int reasons)
    {
        this(reasons, Map.of());
    }

    /**
     * Construct with all values at zero.
     *
     * @param reasons number of reasons for which a connection may close.
     * @param labels  values that the label of each split counter has; the last stands for all others.
     */
    public ReactorMetrics(final int reasons, final Map<Split, List<String>> labels)
    {
        this.labels = Map.copyOf(labels);
        for (final Split split : SPLITS)
        {
            splits[split.ordinal()] = new AtomicLongArray(labels(split).size());
        }
        closed = new AtomicLongArray(reasons);
        turnedAway = new AtomicLongArray(reasons);
        for (final Measure measure : MEASURES)
        {
            distributions[measure.ordinal()] = new Distribution();
        }
    }

    /**
     * Add to a counter.
     *
     * @param counter to add to.
     * @param amount  to add.
     */
    public void add(final Counter counter, final long amount)
    {
        final int index = counter.ordinal();
        counters.setOpaque(index, counters.getPlain(index) + amount);
    }

    /**
     * Set a gauge to its present value.
     *
     * @param counter to set.
     * @param value   at present.
     */
    public void set(final Counter counter, final long value)
    {
        counters.setOpaque(counter.ordinal(), value);
    }

    /**
     * Count one more of a split counter.
     *
     * @param split to add to.
     * @param label value of its label.
     */
    public void add(final Split split, final String label)
    {
        final AtomicLongArray counts = splits[split.ordinal()];
        final int found = labels(split).indexOf(label);
        final int index = found < 0 ? counts.length() - 1 : found;
        if (index >= 0)
        {
            counts.setRelease(index, counts.getPlain(index) + 1);
        }
    }

    /**
     * Count a connection that ended, or was not let in.
     *
     * @param reason ordinal of the reason.
     */
    public void closed(final int reason)
    {
        closed.setOpaque(reason, closed.getPlain(reason) + 1);
    }

    /**
     * Count a connection that was not let in, or closed before it was. It counts as closed too.
     *
     * @param reason ordinal of the reason.
     */
    public void turnedAway(final int reason)
    {
        // In this order, so that a reader in between does not take it for a connection that was lost.
        turnedAway.setRelease(reason, turnedAway.getPlain(reason) + 1);
        closed.setRelease(reason, closed.getPlain(reason) + 1);
    }

    /**
     * Record a stall.
     *
     * @param stallNs its length in ns.
     */
    public void stall(final long stallNs)
    {
        add(Counter.STALLS, 1);
        set(Counter.LONGEST_STALL_NS, Math.max(counters.getPlain(Counter.LONGEST_STALL_NS.ordinal()), stallNs));
    }

    /**
     * Record a value.
     *
     * @param measure that was taken.
     * @param value   in ns or thousandths, as the measure says; clamped to the range from 0 to one hour in ns.
     */
    public void record(final Measure measure, final long value)
    {
        distributions[measure.ordinal()].record(value);
    }

    @Override
    public long count(final Counter counter)
    {
        return counters.getOpaque(counter.ordinal());
    }

    @Override
    public long openCount()
    {
        // Closed first: a connection that opens and closes in between must not make the result negative.
        final long closedCount = count(Counter.CLOSED);
        return count(Counter.OPENED) - closedCount;
    }

    @Override
    public long closedCount(final int reason)
    {
        return closed.getOpaque(reason);
    }

    @Override
    public long turnedAwayCount(final int reason)
    {
        return turnedAway.getAcquire(reason);
    }

    @Override
    public long endedCount(final int reason)
    {
        final long closedCount = closed.getAcquire(reason);
        return Math.max(0, closedCount - turnedAwayCount(reason));
    }

    @Override
    public List<String> labels(final Split split)
    {
        return labels.getOrDefault(split, List.of());
    }

    @Override
    public long count(final Split split, final int label)
    {
        return splits[split.ordinal()].getAcquire(label);
    }

    @Override
    public Histogram histogram(final Measure measure)
    {
        return distributions[measure.ordinal()].total();
    }

    @Override
    public void copyInto(final Measure measure, final Histogram target)
    {
        distributions[measure.ordinal()].copyInto(target);
    }
}
