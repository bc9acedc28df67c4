package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;

/**
 * The cadence by which peers are watched, and the bounds of those that they may ask for.
 *
 * @param cadence       that is in force if a peer asks for none.
 * @param minIdleNs     shortest idle time, in nanoseconds.
 * @param maxIdleNs     longest idle time, in nanoseconds.
 * @param minIntervalNs shortest interval, in nanoseconds.
 * @param maxIntervalNs longest interval, in nanoseconds.
 * @param maxCount      most probes.
 */
record CadenceBounds(
    Cadence cadence, long minIdleNs, long maxIdleNs, long minIntervalNs, long maxIntervalNs, int maxCount)
{
    static CadenceBounds of(final ReactorContext<?> ctx)
    {
        return new CadenceBounds(ctx.cadence(),
            ctx.minIdleNs(), ctx.maxIdleNs(), ctx.minIntervalNs(), ctx.maxIntervalNs(), ctx.maxCount());
    }
}
