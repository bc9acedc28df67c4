package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;

/**
 * The last values of one measure: how it is now, when the start is long past. Time is the caller's.
 * <p>
 * Threadsafe.
 */
public final class RecentHistogram
{
    /** Values younger than this are in it, and none that are older than twice this. */
    public static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(30);

    private final ReactorMetrics metrics;
    private final Measure measure;
    private Histogram older;
    private Histogram newer;
    private long newerNs;

    /**
     * Begin with what is recorded from now on.
     *
     * @param metrics to read.
     * @param measure of them.
     * @param nowNs   the time now.
     */
    public RecentHistogram(final ReactorMetrics metrics, final Measure measure, final long nowNs)
    {
        this.metrics = metrics;
        this.measure = measure;
        older = metrics.histogram(measure);
        newer = older;
        newerNs = nowNs;
    }

    /**
     * What was recorded lately, as far as this is asked at least once in {@link #WINDOW_NS}; else since it was asked.
     *
     * @param nowNs the time now.
     * @return a copy.
     */
    public synchronized Histogram at(final long nowNs)
    {
        final Histogram total = metrics.histogram(measure);
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
