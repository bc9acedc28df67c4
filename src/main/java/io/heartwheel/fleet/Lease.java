package io.heartwheel.fleet;

import java.util.SplittableRandom;

/**
 * The lease of this node. The node holds it from when it sent the last renewal that was answered, for a little less
 * than the engine does: what it sends in that time is done while the engine still holds the lease. A name is used for
 * one try to join, so that no lease comes back after it was given up for dead.
 */
final class Lease
{
    private final String boot;
    private final long heldNs;
    private final long renewNs;
    private final SplittableRandom random;
    private final FleetCounts counts;
    private final Host host;
    private FleetState state = FleetState.JOINING;
    private int number;
    private long heldUntilNs;
    private long dueNs;

    Lease(
        final String boot,
        final FleetSettings settings,
        final SplittableRandom random,
        final FleetCounts counts,
        final Host host,
        final long nowNs)
    {
        this.boot = boot;
        heldNs = settings.heldNs();
        renewNs = settings.renewNs();
        this.random = random;
        this.counts = counts;
        this.host = host;
        dueNs = nowNs;
    }

    String boot()
    {
        return boot;
    }

    String name()
    {
        return boot + '.' + number;
    }

    FleetState state()
    {
        return state;
    }

    /** May the node act for what it owns? */
    boolean isHeld(final long nowNs)
    {
        return FleetState.HELD == state && heldUntilNs - nowNs > 0;
    }

    /** A lease that was not renewed in time is held no more, whatever the engine thinks. */
    void judge(final long nowNs)
    {
        if (FleetState.HELD == state && !isHeld(nowNs))
        {
            counts.add(FleetCounter.LAPSES, 1);
            dueNs = nowNs;
            enter(FleetState.DETACHED);
        }
    }

    boolean isDue(final long nowNs)
    {
        return FleetState.LEFT != state && dueNs - nowNs <= 0;
    }

    /** What to do with it: a lease that lapsed may have been kept, as the engine itself stood still. */
    LeaseAction next()
    {
        if (FleetState.JOINING != state)
        {
            return LeaseAction.RENEW;
        }
        ++number;
        return LeaseAction.JOIN;
    }

    /** Renew as soon as possible: the members, or the engine's clock, may be other than was known. */
    void renewNow(final long nowNs)
    {
        dueNs = nowNs;
    }

    /**
     * The engine has it.
     *
     * @param sentNs when it was asked for that.
     */
    void hold(final long sentNs)
    {
        heldUntilNs = sentNs + heldNs;
        dueNs = sentNs + renewNs - random.nextLong(renewNs / 5);
        enter(FleetState.HELD);
    }

    /** The engine does not have it: it is dead with all its records. */
    void lose(final long nowNs)
    {
        dueNs = nowNs;
        enter(FleetState.JOINING);
    }

    void leave()
    {
        enter(FleetState.LEFT);
    }

    private void enter(final FleetState next)
    {
        if (next != state)
        {
            state = next;
            host.onState(next);
        }
    }
}
