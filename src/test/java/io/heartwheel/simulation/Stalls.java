package io.heartwheel.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * When the reactor was kept from its work, as the test that did it knows: what of a silence it can be blamed for. Times
 * are those since the start.
 */
final class Stalls
{
    private final List<Stall> stalls = new ArrayList<>();
    private final long thresholdNs;

    private record Stall(long fromNs, long untilNs)
    {
    }

    Stalls(final long thresholdNs)
    {
        this.thresholdNs = thresholdNs;
    }

    void add(final long fromNs, final long untilNs)
    {
        stalls.add(new Stall(fromNs, untilNs));
    }

    /**
     * Of a time until now, what the reactor must have paid attention in.
     */
    long leastAttentionNs(final long sinceNs, final long nowNs)
    {
        return nowNs - sinceNs - sum(sinceNs, 0);
    }

    /**
     * Of a time until now, what the reactor may count at most: each stall counts for no more than the threshold.
     */
    long mostAttentionNs(final long sinceNs, final long nowNs)
    {
        return nowNs - sinceNs - sum(sinceNs, thresholdNs);
    }

    /**
     * What stalls too short to be left out may have made the reactor late by.
     */
    long lateByNs(final long sinceNs)
    {
        return stalls.stream().filter(stall -> stall.untilNs > sinceNs)
            .mapToLong(stall -> Math.min(thresholdNs, stall.untilNs - stall.fromNs)).sum();
    }

    /**
     * Number of stalls above the threshold since a time.
     */
    long count(final long sinceNs)
    {
        return stalls.stream().filter(stall -> stall.untilNs > sinceNs && stall.untilNs - stall.fromNs >= thresholdNs)
            .count();
    }

    long lastEndNs()
    {
        return stalls.stream().filter(stall -> stall.untilNs - stall.fromNs > thresholdNs)
            .mapToLong(Stall::untilNs).max().orElse(Long.MIN_VALUE >> 1);
    }

    private long sum(final long sinceNs, final long leftOutNs)
    {
        long sumNs = 0;
        for (int i = stalls.size() - 1; i >= 0 && stalls.get(i).untilNs > sinceNs; i--)
        {
            final long lengthNs = stalls.get(i).untilNs - Math.max(sinceNs, stalls.get(i).fromNs);
            sumNs += Math.max(0, lengthNs - leftOutNs);
        }
        return sumNs;
    }
}
