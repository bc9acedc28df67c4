package io.heartwheel.fleet;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a {@link FleetNode} has counted since it was made.
 * <p>
 * Threadsafe.
 */
public final class FleetCounts
{
    private final AtomicLongArray counts = new AtomicLongArray(FleetCounter.values().length);

    FleetCounts()
    {
    }

    void add(final FleetCounter counter, final long count)
    {
        counts.addAndGet(counter.ordinal(), count);
    }

    /**
     * How often it happened.
     *
     * @param counter of what.
     * @return 0 or more.
     */
    public long count(final FleetCounter counter)
    {
        return counts.get(counter.ordinal());
    }
}
