package io.heartwheel.reactor;

/**
 * How long reconnects wait at most: doubled each time, from the least to the most. The delay is a random part of it,
 * from the first one on, or a fleet that lost its server at one moment would be back at one moment.
 *
 * @param minNs of the first.
 * @param maxNs of any.
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
