package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A histogram of the recent values of one measure, of the last 30 to 60 s. It has no clock: the caller passes the time.
 * <p>
 * Threadsafe.
 */
public final class RecentHistogram
{
    /** Time in ns: values younger than this are included, values older than twice this are not. */
    public static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(30);

    private final Supplier<Histogram> source;
    private Histogram older;
    private Histogram newer;
    private long newerNs;

    /**
     * Construct an empty histogram, for values that are recorded from now on.
     *
     * @param metrics to read.
     * @param measure to read of these.
     * @param nowNs   the time now.
     */
    public RecentHistogram(final ReactorMetrics metrics, final Measure measure, final long nowNs)
    {
        this(() -> metrics.histogram(measure), nowNs);
    }

    /**
     * Construct an empty histogram, for values that are recorded from now on.
     *
     * @param source of a copy of all values since the start.
     * @param nowNs  the time now.
     */
    public RecentHistogram(final Supplier<Histogram> source, final long nowNs)
    {
        this.source = source;
        older = source.get();
        newer = older;
        newerNs = nowNs;
    }

    /**
     * Read the recent values. If the last call is longer ago than {@link #WINDOW_NS}, older values are included as
     * well.
     *
     * @param nowNs the time now.
     * @return a copy, in ns or thousandths, as the measure says.
     */
    public synchronized Histogram at(final long nowNs)
    {
        final Histogram total = source.get();
        if (nowNs - newerNs >= WINDOW_NS)
        {
            older = newer;
            newer = total;
            newerNs = nowNs;
        }
        final Histogram recent = total.copy();
        recent.subtract(older);
        return recent;
    }
}
