package io.heartwheel.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The stalls of a reactor, as the test that caused them knows. They tell for how much of a silence the reactor is to
 * blame. Times count from the start.
 */
final class Stalls
{
    private static final long NEVER_NS = Long.MIN_VALUE >> 1;

    private final List<Stall> stalls = new ArrayList<>();
    private final long thresholdNs;
    private final long slackNs;

    private record Stall(long fromNs, long untilNs, boolean isNoticed)
    {
        long within(final long sinceNs, final long nowNs)
        {
            return Math.max(0, Math.min(untilNs, nowNs) - Math.max(fromNs, sinceNs));
        }
    }

    /**
     * @param thresholdNs above which a reactor takes a gap for a stall.
     * @param maxCostNs   what a piece of its own work may add to one.
     */
    Stalls(final long thresholdNs, final long maxCostNs)
    {
        this.thresholdNs = thresholdNs;
        slackNs = thresholdNs / 8 + 2 * maxCostNs;
    }

    /**
     * @param isNoticed false if the reactor may have been parked all the while, so that it did not miss anything.
     */
    void add(final long fromNs, final long untilNs, final boolean isNoticed)
    {
        stalls.add(new Stall(fromNs, untilNs, isNoticed));
    }

    /**
     * Of a time until now, what the reactor must have paid attention in.
     */
    long leastAttentionNs(final long sinceNs, final long nowNs)
    {
        long attentionNs = nowNs - sinceNs;
        for (int i = stalls.size() - 1; i >= 0 && stalls.get(i).untilNs > sinceNs; i--)
        {
            attentionNs -= stalls.get(i).within(sinceNs, nowNs);
        }
        return attentionNs;
    }

    /**
     * Of a time until now, what the reactor may count at most: each stall it noticed counts for no more than the
     * threshold.
     */
    long mostAttentionNs(final long sinceNs, final long nowNs)
    {
        long attentionNs = nowNs - sinceNs;
        for (int i = stalls.size() - 1; i >= 0 && stalls.get(i).untilNs > sinceNs; i--)
        {
            final Stall stall = stalls.get(i);
            attentionNs -= stall.isNoticed ?
                Math.max(0, stall.within(sinceNs, nowNs) - thresholdNs) : 0;
        }
        return attentionNs;
    }

    /**
     * Has there been a stall that may have been noticed? Two that follow each other closely may be
     * taken for one, and the reactor's own work may be what a short one lacks.
     */
    boolean isAny(final long sinceNs)
    {
        return lengthNs(sinceNs) >= thresholdNs - slackNs;
    }

    /**
     * Length of all stalls that ended after a time.
     */
    long lengthNs(final long sinceNs)
    {
        long lengthNs = 0;
        for (int i = stalls.size() - 1; i >= 0 && stalls.get(i).untilNs > sinceNs; i--)
        {
            lengthNs += stalls.get(i).untilNs - stalls.get(i).fromNs;
        }
        return lengthNs;
    }

    /**
     * Of the stalls that ended before a time, how much of their credit was left then: a peer may send at once what it
     * may send in as long.
     */
    long creditNs(final long atNs)
    {
        long endNs = NEVER_NS;
        for (final Stall stall : stalls)
        {
            if (stall.untilNs <= atNs)
            {
                endNs = Math.max(endNs, stall.fromNs) + 2 * (stall.untilNs - stall.fromNs);
            }
        }
        return Math.max(0, endNs - atNs);
    }

    /**
     * The end of the only stall since a time that began before another.
     *
     * @return the time; long ago if there was none, or several, or one that may not have been noticed.
     */
    long onlyEndNs(final long sinceNs, final long beforeNs)
    {
        long endNs = NEVER_NS;
        for (int i = stalls.size() - 1; i >= 0 && stalls.get(i).untilNs > sinceNs; i--)
        {
            final Stall stall = stalls.get(i);
            if (stall.fromNs >= beforeNs)
            {
                continue;
            }
            if (NEVER_NS != endNs || !stall.isNoticed || stall.untilNs - stall.fromNs <= thresholdNs + slackNs)
            {
                return NEVER_NS;
            }
            endNs = stall.untilNs;
        }
        return endNs;
    }
}
