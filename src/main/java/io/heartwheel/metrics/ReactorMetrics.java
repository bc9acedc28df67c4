package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters and histograms of one reactor.
 * <p>
 * The methods that record are for the reactor thread alone, wait-free and without allocation. Counters may be read by
 * any thread. Histograms are handed out for the time since they were handed out before, so each has one reader.
 */
public final class ReactorMetrics
{
    /** Longer times are recorded as this: one hour. */
    private static final long HIGHEST_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 2;

    private static final Counter[] COUNTERS = Counter.values();

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS.length);
    private final AtomicLongArray closed;
    private final SingleWriterRecorder lateness = new SingleWriterRecorder(HIGHEST_NS, SIGNIFICANT_DIGITS);
    private final SingleWriterRecorder roundTrip = new SingleWriterRecorder(HIGHEST_NS, SIGNIFICANT_DIGITS);
    private final SingleWriterRecorder cycle = new SingleWriterRecorder(HIGHEST_NS, SIGNIFICANT_DIGITS);

    /**
     * Construct with all at zero.
     *
     * @param reasons number of reasons for which a connection may close.
     */
    public ReactorMetrics(final int reasons)
    {
        closed = new AtomicLongArray(reasons);
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
     * Count a connection that ended, or was not let in.
     *
     * @param reason ordinal of the reason.
     */
    public void closed(final int reason)
    {
        closed.setOpaque(reason, closed.getPlain(reason) + 1);
    }

    /**
     * Record a stall.
     *
     * @param stallNs its length.
     */
    public void stall(final long stallNs)
    {
        add(Counter.STALLS, 1);
        final int longest = Counter.LONGEST_STALL_NS.ordinal();
        counters.setOpaque(longest, Math.max(counters.getPlain(longest), stallNs));
    }

    /**
     * Record how late a verdict was.
     *
     * @param latenessNs verdict time less ideal deadline.
     */
    public void lateness(final long latenessNs)
    {
        lateness.recordValue(clamp(latenessNs));
    }

    /**
     * Record the time from a probe to its answer.
     *
     * @param roundTripNs the time.
     */
    public void roundTrip(final long roundTripNs)
    {
        roundTrip.recordValue(clamp(roundTripNs));
    }

    /**
     * Record the working time of one duty cycle, parking left out.
     *
     * @param cycleNs the time.
     */
    public void cycle(final long cycleNs)
    {
        cycle.recordValue(clamp(cycleNs));
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
     * Read how many connections ended for a reason.
     *
     * @param reason ordinal of the reason.
     * @return how many.
     */
    public long closedCount(final int reason)
    {
        return closed.getOpaque(reason);
    }

    /**
     * How late verdicts were, in nanoseconds, since the last call of this method.
     *
     * @param recycled what this method returned before, to be used again, or null.
     * @return the histogram.
     */
    public Histogram latenessSince(final Histogram recycled)
    {
        return lateness.getIntervalHistogram(recycled);
    }

    /**
     * Times from probe to answer, in nanoseconds, since the last call of this method.
     *
     * @param recycled what this method returned before, to be used again, or null.
     * @return the histogram.
     */
    public Histogram roundTripSince(final Histogram recycled)
    {
        return roundTrip.getIntervalHistogram(recycled);
    }

    /**
     * Working times of duty cycles, in nanoseconds, since the last call of this method.
     *
     * @param recycled what this method returned before, to be used again, or null.
     * @return the histogram.
     */
    public Histogram cycleSince(final Histogram recycled)
    {
        return cycle.getIntervalHistogram(recycled);
    }

    private static long clamp(final long valueNs)
    {
        return Math.min(Math.max(valueNs, 0), HIGHEST_NS);
    }
}
