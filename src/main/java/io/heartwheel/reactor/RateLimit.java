package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;

import java.util.concurrent.TimeUnit;

/**
 * How much of something a peer may send: so much a second in the long run, and at once what the network may have held
 * up for a while. A token bucket, kept as the time up to which a peer has used up what it may send: one long for each.
 */
final class RateLimit
{
    /**
     * A peer that only speaks does so three times in its detection time as a rule, and answers each probe: more than
     * twice as much is no living peer's need.
     */
    private static final int PER_WAIT = 8;

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
     * This limit, or the least that leaves room for the heartbeats of a cadence.
     */
    RateLimit withRoomFor(final Cadence cadence)
    {
        final long idleNs = cadence.idleNs();
        final long waitNs = cadence.count() > 0 ? Math.min(idleNs, cadence.intervalNs()) : idleNs;
        final long least = 0 == waitNs ? 0 : PER_WAIT * TimeUnit.SECONDS.toNanos(1) / waitNs;
        return 0 == perSecond || perSecond >= least ? this : new RateLimit((int)least, burstNs);
    }

    /**
     * One more came.
     *
     * @param usedUntilNs what this method returned before.
     * @param sinceNs     from when on what was not used counts: now, or earlier by what was held up.
     * @return the time up to which is used up now.
     */
    long charge(final long usedUntilNs, final long sinceNs)
    {
        return (usedUntilNs - sinceNs > 0 ? usedUntilNs : sinceNs) + costNs;
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
