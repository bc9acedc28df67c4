package io.heartwheel.fleet.redis;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A wait that doubles to 1 s, of which a random part is waited.
 */
class BackoffTest
{
    @Test
    void shouldDoubleToASecondAndBeginAnewAfterSuccess()
    {
        final long[] longestNs = new long[6];
        for (int run = 0; run < 1_000; run++)
        {
            final Backoff backoff = new Backoff();
            assertEquals(0, backoff.remainingNs(Long.MAX_VALUE));
            for (int i = 0; i < longestNs.length; i++)
            {
                backoff.onFailure(Long.MAX_VALUE);
                longestNs[i] = Math.max(longestNs[i], backoff.remainingNs(Long.MAX_VALUE));
            }
            backoff.onSuccess();
            assertEquals(0, backoff.remainingNs(0));
            backoff.onFailure(0);
            assertTrue(backoff.remainingNs(0) > 0 && backoff.remainingNs(0) <= 100_000_000);
            assertEquals(0, backoff.remainingNs(100_000_000));
        }
        final long[] limitsMs = {100, 200, 400, 800, 1_000, 1_000};
        for (int i = 0; i < longestNs.length; i++)
        {
            assertTrue(longestNs[i] <= limitsMs[i] * 1_000_000, longestNs[i] + " ns");
            // Of 1,000 random parts, one is in the upper half but once in 2^1000 runs.
            assertTrue(longestNs[i] > limitsMs[i] * 500_000, longestNs[i] + " ns");
        }
    }
}
