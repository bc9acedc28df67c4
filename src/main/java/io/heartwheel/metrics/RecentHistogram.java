package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
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

    private final Consumer<Histogram> source;
    private final Histogram total;
    private final Histogram recent;
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
    public RecentHistogram(final Metrics metrics, final Measure measure, final long nowNs)
    {
        this(metrics.histogram(measure), (target) -> metrics.copyInto(measure, target), nowNs);
    }

    /**
     * Construct an empty histogram, for values that are recorded from now on.
     *
     * @param source of a copy of all values since the start.
     * @param nowNs  the time now.
     */
    public RecentHistogram(final Supplier<Histogram> source, final long nowNs)
    {
        this(source.get(), (target) -> source.get().copyInto(target), nowNs);
    }

    private RecentHistogram(final Histogram now, final Consumer<Histogram> source, final long nowNs)
    {
        this.source = source;
        older = now;
        newer = now.copy();
        total = now.copy();
        recent = now.copy();
        newerNs = nowNs;
    }

    /**
     * Read the recent values. If the last call is longer ago than {@link #WINDOW_NS}, older values are included as
     * well. Of the metrics of a reactor it allocates nothing: a copy has tens of kilobytes, and a server that shows its
     * status each second would touch a megabyte of heap every few seconds for nothing else.
     *
     * @param nowNs  the time now.
     * @param reader that is called with the values, in ns or thousandths, as the measure says. They are valid within
     *               this call only. Others wait meanwhile.
     * @param <T>    of what is read.
     * @return what the reader returns.
     */
    public synchronized <T> T read(final long nowNs, final Function<Histogram, T> reader)
    {
        source.accept(total);
        if (nowNs - newerNs >= WINDOW_NS)
        {
            final Histogram oldest = older;
            older = newer;
            newer = oldest;
            total.copyInto(newer);
            newerNs = nowNs;
        }
        total.copyInto(recent);
        recent.subtract(older);
        return reader.apply(recent);
    }
}
