package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;

import java.util.concurrent.TimeUnit;

/**
 * Limits how much of something a peer may send: a number a second in the long run, and at once as much as the network
 * may have held up for a while. It is a token bucket. Its state is one long for each peer: the time up to which the
 * peer has used up what it may send.
 */
final class RateLimit
{
    /**
     * A peer that only speaks does so three times in its detection time as a rule, and answers each probe. No living
     * peer needs more than twice as much.
     */
    private static final int PER_WAIT = 8;

    private final int perSecond;
    private final long costNs;
    private final long burstNs;

    /**
     * @param perSecond number that is allowed a second; 0 is no limit.
     * @param burstNs   time in nanoseconds, of which all may come at once.
     */
    RateLimit(final int perSecond, final long burstNs)
    {
        this.perSecond = perSecond;
        this.burstNs = burstNs;
        costNs = 0 == perSecond ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /**
     * This limit, or a wider one that has room for the heartbeats of a cadence.
     */
    RateLimit withRoomFor(final Cadence cadence)
    {
        final long idleNs = cadence.idleNs();
        final long waitNs = cadence.count() > 0 ? Math.min(idleNs, cadence.intervalNs()) : idleNs;
        final long least = 0 == waitNs ? 0 : PER_WAIT * TimeUnit.SECONDS.toNanos(1) / waitNs;
        return 0 == perSecond || perSecond >= least ? this : new RateLimit((int)least, burstNs);
    }

    /**
     * Charge one.
     *
     * @param usedUntilNs what this method returned last for the peer.
     * @param sinceNs     time since when what was not used is saved up: now, or earlier by what a stall held up.
     * @return the time up to which is used up now.
     */
    long charge(final long usedUntilNs, final long sinceNs)
    {
        return (usedUntilNs - sinceNs > 0 ? usedUntilNs : sinceNs) + costNs;
    }

    /**
     * Credit one: this end asked for it, so it is not charged.
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
