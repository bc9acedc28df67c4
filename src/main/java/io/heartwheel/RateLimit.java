package io.heartwheel;

import java.util.concurrent.TimeUnit;

/**
 * How much of something a peer may send: so much a second in the long run, and at once what the network may have held
 * up for a while. A token bucket, kept as the time up to which a peer has used up what it may send: one long for each.
 */
final class RateLimit
{
    private final int perSecond;
    private final long costNs;
    private final long burstNs;

    /**
     * @param perSecond that are allowed; 0 is no limit.
     * @param burstNs   time of which all may come at once.
     */
    RateLimit(final int perSecond, final long burstNs)
    {
        this.perSecond = perSecond;
        this.burstNs = burstNs;
        costNs = 0 == perSecond ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /**
     * One more came.
     *
     * @param usedUntilNs what this method returned before.
     * @return the time up to which is used up now.
     */
    long charge(final long usedUntilNs, final long nowNs)
    {
        return (usedUntilNs - nowNs > 0 ? usedUntilNs : nowNs) + costNs;
    }

    /**
     * One was asked for, and does not count.
     */
    long credit(final long usedUntilNs)
    {
        return usedUntilNs - costNs;
    }

    boolean isExceeded(final long usedUntilNs, final long nowNs)
    {
        return usedUntilNs - nowNs > burstNs;
    }

    int perSecond()
    {
        return perSecond;
    }
}
