package io.heartwheel.reactor;

/**
 * Delays of reconnects. The limit of the delay doubles with each try, from the least to the most. The delay is a random
 * part of its limit, from the first try on: a fleet that lost its server at one moment must not be back at one moment.
 *
 * @param minNs limit of the first delay, in nanoseconds.
 * @param maxNs limit of any delay, in nanoseconds.
 */
record Backoff(long minNs, long maxNs)
{
    long limitNs(final int attempt)
    {
        long limitNs = minNs;
        for (int i = 0; i < attempt && limitNs < maxNs; i++)
        {
            limitNs <<= 1;
        }
        return Math.min(limitNs, maxNs);
    }
}
