package io.heartwheel.reactor;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.liveness.Cadence;

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
    /** A connection that lasted so long was no failure. */
    private final long stableNs;
    private final long takenOverNs;
    private final int failuresMax;
    private final SplittableRandom random;

    Backoff(final ClientContext ctx, final SplittableRandom random)
    {
        minNs = ctx.minReconnectNs();
        maxNs = ctx.maxReconnectNs();
        stableNs = (ctx.cadence().isOff() ? Cadence.STANDARD : ctx.cadence()).detectionNs();
        spreadNs = ctx.reconnectSpreadNs();
        takenOverNs = ctx.reconnectTakenOverNs();
        failuresMax = ctx.reconnectLimit();
        this.random = random;
    }

    boolean isGivenUp(final ClientLink link)
    {
        return failuresMax > 0 && link.failures >= failuresMax;
    }

    /**
     * The connection of a link has ended. If it lasted long enough, the link begins anew.
     */
    void onClosed(final ClientLink link, final long nowNs)
    {
        if (nowNs - link.openedNs >= stableNs)
        {
            link.attempt = 0;
        }
    }

    /**
     * Count a try of a link. After a BYE of a server that shuts down, all of its clients come back, so they spread. A
     * client whose place was taken over stays away for long: the newer one is to keep it.
     *
     * @return the delay in nanoseconds before the try.
     */
    long next(final ClientLink link)
    {
        final boolean isSpread = CloseReason.SHUTDOWN.code() == link.byeReason;
        final long delayNs = CloseReason.TAKEN_OVER.code() == link.byeReason ? takenOverNs :
            random.nextLong((isSpread ? spreadNs : limitNs(link.attempt)) + 1);
        link.byeReason = 0;
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
