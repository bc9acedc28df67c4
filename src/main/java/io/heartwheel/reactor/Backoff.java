package io.heartwheel.reactor;

import io.heartwheel.ClientContext;

import java.util.SplittableRandom;

/**
 * Decides when a link is tried again, and when it is given up. The limit of the delay doubles with each try, from the
 * least to the most. The delay is a random part of its limit, from the first try on: a fleet that lost its server at
 * one moment must not be back at one moment.
 */
final class Backoff
{
    private final long minNs;
    private final long maxNs;
    private final long spreadNs;
    private final int failuresMax;
    private final SplittableRandom random;

    Backoff(final ClientContext ctx, final SplittableRandom random)
    {
        minNs = ctx.minReconnectNs();
        maxNs = ctx.maxReconnectNs();
        spreadNs = ctx.reconnectSpreadNs();
        failuresMax = ctx.reconnectLimit();
        this.random = random;
    }

    boolean isGivenUp(final ClientLink link)
    {
        return failuresMax > 0 && link.failures >= failuresMax;
    }

    /**
     * Count a try of a link.
     *
     * @param isSpread true if the server shuts down, and all of its clients come back.
     * @return the delay in nanoseconds before the try.
     */
    long next(final ClientLink link, final boolean isSpread)
    {
        final long delayNs = random.nextLong((isSpread ? spreadNs : limitNs(link.attempt)) + 1);
        ++link.attempt;
        ++link.tries;
        return delayNs;
    }

    private long limitNs(final int attempt)
    {
        long limitNs = minNs;
        for (int i = 0; i < attempt && limitNs < maxNs; i++)
        {
            limitNs <<= 1;
        }
        return Math.min(limitNs, maxNs);
    }
}
