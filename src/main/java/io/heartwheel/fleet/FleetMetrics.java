package io.heartwheel.fleet;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

import java.util.concurrent.TimeUnit;

/**
 * How a node stands, and what it has counted and measured.
 * <p>
 * Threadsafe: reading holds nobody up.
 */
public final class FleetMetrics
{
    private static final long HIGHEST_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 2;

    private final SingleWriterRecorder roundTrips = new SingleWriterRecorder(HIGHEST_NS, SIGNIFICANT_DIGITS);
    private final Histogram allRoundTrips = new Histogram(HIGHEST_NS, SIGNIFICANT_DIGITS);
    private Histogram latest;
    private FleetNode node;
    private volatile FleetState state = FleetState.JOINING;
    private volatile String trouble = "";

    FleetMetrics()
    {
    }

    void of(final FleetNode node)
    {
        this.node = node;
    }

    /** The engine has answered, or not. */
    void answered(final long tookNs, final RuntimeException failure)
    {
        roundTrips.recordValue(Math.min(Math.max(0, tookNs), HIGHEST_NS));
        if (null == failure)
        {
            trouble = "";
        }
        else if (trouble.isEmpty() || null != failure.getCause())
        {
            // One without a cause may only say that nothing was tried since the last.
            trouble = String.valueOf(failure.getMessage());
        }
    }

    void add(final FleetCounter counter, final long count)
    {
        node.counts().add(counter, count);
    }

    void state(final FleetState state)
    {
        this.state = state;
    }

    /** {@return how the node stands to its fleet} */
    public FleetState state()
    {
        return state;
    }

    /** {@return what the engine failed by when it was asked last; empty if it answered} */
    public String trouble()
    {
        return trouble;
    }

    /** {@return number of nodes that live, this one among them, as of the last renewal} */
    public int nodes()
    {
        return node.members().size();
    }

    /** {@return number of connections of this node that have an identity} */
    public int sessions()
    {
        return node.size();
    }

    /** {@return number of connections and releases of this node that the engine has to be told of} */
    public int waiting()
    {
        return node.waiting();
    }

    /**
     * How often something happened.
     *
     * @param counter of what.
     * @return 0 or more; it only grows.
     */
    public long count(final FleetCounter counter)
    {
        return node.counts().count(counter);
    }

    /** {@return a copy of how long the engine took to answer, in nanoseconds, since the start} */
    public synchronized Histogram roundTrips()
    {
        latest = roundTrips.getIntervalHistogram(latest);
        allRoundTrips.add(latest);
        return allRoundTrips.copy();
    }
}
