package io.heartwheel.bench.harness;

import java.util.concurrent.TimeUnit;

/**
 * Keeps a steady rate. Events missed during a sleep are made up for, unless they are long past.
 */
public final class Pace
{
    private static final long BEHIND_MAX_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final long startNs;
    private final double intervalNs;
    private double nextNs;

    /**
     * Construct a rate of which the first is due at once.
     *
     * @param perSecond how many, or 0 for none ever.
     */
    public Pace(final double perSecond, final long nowNs)
    {
        startNs = nowNs;
        intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        nextNs = perSecond > 0 ? 0 : Double.POSITIVE_INFINITY;
    }

    public boolean isDue(final long nowNs)
    {
        return nextNs <= nowNs - startNs;
    }

    /**
     * If one is due, it is taken.
     */
    public boolean take(final long nowNs)
    {
        if (!isDue(nowNs))
        {
            return false;
        }
        nextNs = Math.max(nextNs, nowNs - startNs - BEHIND_MAX_NS) + intervalNs;
        return true;
    }
}
