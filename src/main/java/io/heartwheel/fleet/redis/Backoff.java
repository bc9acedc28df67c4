package io.heartwheel.fleet.redis;

import java.util.SplittableRandom;

/**
 * When to try again what failed: after a random part of a wait that doubles from 100 ms to 1 s. That is much less than
 * a lease, as nobody is to lose one for the sake of waiting.
 */
final class Backoff
{
    private static final long MIN_NS = 100_000_000;
    private static final long MAX_NS = 1_000_000_000;

    private final SplittableRandom random = new SplittableRandom();
    private long waitNs = MIN_NS;
    private long deadlineNs;
    private boolean isWaiting;

    void onSuccess()
    {
        isWaiting = false;
        waitNs = MIN_NS;
    }

    void onFailure(final long nowNs)
    {
        deadlineNs = nowNs + random.nextLong(waitNs) + 1;
        waitNs = Math.min(MAX_NS, 2 * waitNs);
        isWaiting = true;
    }

    /** {@return how long to wait yet, 0 if one may try} */
    long remainingNs(final long nowNs)
    {
        return isWaiting ? Math.max(0, deadlineNs - nowNs) : 0;
    }
}
