package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters and histograms of one reactor.
 * <p>
 * The methods that record are for the reactor thread alone, wait-free and without allocation. Those that read are for
 * any thread, and do not hold the reactor up.
 */
public final class ReactorMetrics
{
    private static final Measure[] MEASURES = Measure.values();

    private final AtomicLongArray counters = new AtomicLongArray(Counter.values().length);
    private final AtomicLongArray closed;
    private final AtomicLongArray turnedAway;
    private final Distribution[] distributions = new Distribution[MEASURES.length];

    /**
     * Construct with all at zero.
     *
     * @param reasons number of reasons for which a connection may close.
     */
    public ReactorMetrics(final int reasons)
    {
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
     * Say how many there are at present.
     *
     * @param counter to set.
     * @param value   of it.
     */
    public void set(final Counter counter, final long value)
    {
        counters.setOpaque(counter.ordinal(), value);
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
     * Count a connection that was not let in, or went before it was: as one that ended, and apart.
     *
     * @param reason ordinal of the reason.
     */
    public void turnedAway(final int reason)
    {
        // Apart first: who reads in between must not take it for one that was lost.
        turnedAway.setRelease(reason, turnedAway.getPlain(reason) + 1);
        closed.setRelease(reason, closed.getPlain(reason) + 1);
    }

    /**
     * Record a stall.
     *
     * @param stallNs its length.
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
     * @param value   in the unit of the measure; below 0 counts as 0, and more than an hour as one.
     */
    public void record(final Measure measure, final long value)
    {
        distributions[measure.ordinal()].record(value);
    }

    /**
     * Read a counter.
     *
     * @param counter to read.
     * @return its value.
     */
    public long count(final Counter counter)
    {
        return counters.getOpaque(counter.ordinal());
    }

    /**
     * Connections open at present.
     *
     * @return how many.
     */
    public long openCount()
    {
        // Closed first: one that opens and closes in between must not make it less than none.
        final long closedCount = count(Counter.CLOSED);
        return count(Counter.OPENED) - closedCount;
    }

    /**
     * Read how many connections ended, or were not let in, for a reason.
     *
     * @param reason ordinal of the reason.
     * @return how many.
     */
    public long closedCount(final int reason)
    {
        return closed.getOpaque(reason);
    }

    /**
     * Read how many of those had not been let in.
     *
     * @param reason ordinal of the reason.
     * @return how many of {@link #closedCount(int)}.
     */
    public long turnedAwayCount(final int reason)
    {
        return turnedAway.getAcquire(reason);
    }

    /**
     * Read how many connections that had been opened ended for a reason.
     *
     * @param reason ordinal of the reason.
     * @return how many of {@link #closedCount(int)}.
     */
    public long endedCount(final int reason)
    {
        final long closedCount = closed.getAcquire(reason);
        return Math.max(0, closedCount - turnedAwayCount(reason));
    }

    /**
     * All values recorded since the start.
     *
     * @param measure to read.
     * @return a copy, in the unit of the measure.
     */
    public Histogram histogram(final Measure measure)
    {
        return distributions[measure.ordinal()].total();
    }
}
