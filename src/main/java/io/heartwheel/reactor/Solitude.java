package io.heartwheel.reactor;

import io.heartwheel.ServerContext;

import java.util.concurrent.TimeUnit;

/**
 * Tells whether nothing waits but the listening socket. Then a duty cycle may accept more than {@code
 * heartwheel.accept.limit} allows, which is there for the others' sake. A host that shares the thread has work of its
 * own, of which nothing is known here: where the duty cycle never parks, the limit always holds.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class Solitude
{
    /**
     * Connections that one duty cycle accepts in solitude, and hardly more: as many as the default backlog holds.
     */
    static final int MAX = 4_096;

    /**
     * Connections accepted between two looks, which takes about a millisecond.
     */
    static final int STEP = 64;

    /**
     * A peer that speaks meanwhile waits for so long at most: little beside the waits of any cadence.
     */
    static final long MAX_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Reactor reactor;
    private final Admission admission;
    private final boolean isShared;
    /** Reads until the end of the last duty cycle. */
    private long readsBefore;
    private long endNs;

    Solitude(final ServerContext ctx, final Reactor reactor, final Admission admission)
    {
        this.reactor = reactor;
        this.admission = admission;
        isShared = 0 == ctx.maxParkNs();
    }

    /**
     * The time is counted from now on.
     */
    void begin()
    {
        endNs = reactor.clock.nowNs() + MAX_NS;
    }

    /**
     * Has this duty cycle found nothing else to do? The clock is read, as those accepted next are watched from now on.
     */
    boolean lasts()
    {
        if (isShared)
        {
            return false;
        }
        final long nowNs = reactor.clock.sample();
        return endNs - nowNs > 0 && readsBefore == reactor.io.reads() &&
            reactor.commands.isEmpty() && !reactor.departures.hasCondemned() && !admission.isWaitedFor() &&
            reactor.judge.nextDeadlineNs(endNs) - nowNs > 0 && reactor.curfew.nextDeadlineNs(endNs) - nowNs > 0;
    }

    /**
     * A duty cycle is over.
     */
    void onCycle()
    {
        readsBefore = reactor.io.reads();
    }
}
