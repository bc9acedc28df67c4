package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;

/**
 * Waits a moment for heartbeats to gather, so that one look at the sockets hears many. A peer that is answered at once
 * wakes this thread again at once: 19,000 clients that spoke once a second, one by one, cost a plain loop 27
 * microseconds a heartbeat, one wake-up each, and this one 13 (benchmarks/README.md, "Beats"). It works as network
 * cards moderate their interrupts: it begins when wake-ups are many and bring little, and waits for as long as brings
 * {@link #WANTED} events, but no longer than {@code heartwheel.coalesce}, nor beyond the next deadline. Whether looks
 * would still bring little cannot be seen while heartbeats gather. So every few seconds it stops, and begins anew only
 * if they do: peers that come many at a time by themselves are then answered at once.
 * <p>
 * Only heartbeats have to wait, and only where peers are many. For {@link #EAGER_NS} after anything else, such as DATA
 * either way or a new connection, what arrives is read at once.
 * <p>
 * A selector cannot wait for less than a millisecond. While heartbeats gather, such waits are done here too, so that
 * verdicts come on time.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class Coalescer
{
    /**
     * Long enough that the next message of a conversation finds the reactor looking.
     */
    static final long EAGER_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * Wake-ups and events are counted for so long before it is decided anew.
     */
    static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(16);

    /**
     * A look that brings fewer events than this is lean: waking up is much of what they cost. With eight, gathering
     * saved nothing that was measured.
     */
    static final int LEAN = 4;

    /**
     * Gathering begins after so many windows of lean looks in a row.
     */
    static final int LEAN_WINDOWS = 4;

    /**
     * Gathering stops after so many windows, about four seconds, to see whether looks are lean without it.
     */
    static final int TRIAL_WINDOWS = 256;

    /**
     * Events in one look that are waited for, once gathering has begun.
     */
    static final int WANTED = 16;

    /**
     * With fewer peers than this, nothing waits: there is hardly anything to gain.
     */
    static final int LEAST_PEERS = 1_000;

    private static final long SELECTOR_RESOLUTION_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final long maxGatherNs;
    private final int wakeUpRate;
    private final LongConsumer parker;
    private final IntSupplier peerCount;
    private final ReactorMetrics metrics;
    private long eagerUntilNs;
    private long windowBeganNs;
    private int windowLooks;
    private int windowEvents;
    /** The last look heard nothing, and no deadline has passed since. */
    private boolean isQuiet = true;
    /** How long to gather at present; 0 does not. */
    private long gatherNs;
    /** Windows of lean looks in a row, or windows since gathering began. */
    private int windows;

    Coalescer(final ReactorContext<?> ctx, final IntSupplier peerCount, final ReactorMetrics metrics, final long nowNs)
    {
        maxGatherNs = ctx.coalesceNs();
        wakeUpRate = ctx.coalesceRate();
        parker = ctx.parker();
        this.peerCount = peerCount;
        this.metrics = metrics;
        eagerUntilNs = nowNs;
        windowBeganNs = nowNs;
        gatherNs = 0 == wakeUpRate ? maxGatherNs : 0;
    }

    /**
     * Something other than a heartbeat comes or goes.
     */
    void onUrgent(final long nowNs)
    {
        eagerUntilNs = nowNs + EAGER_NS;
    }

    /**
     * The sockets were looked at, and so many were ready.
     */
    void onLook(final long nowNs, final int events)
    {
        isQuiet = 0 == events;
        windowLooks += isQuiet ? 0 : 1;
        windowEvents += events;
        final long lengthNs = nowNs - windowBeganNs;
        if (lengthNs >= WINDOW_NS)
        {
            if (wakeUpRate > 0)
            {
                decide(lengthNs);
            }
            windowBeganNs = nowNs;
            windowLooks = 0;
            windowEvents = 0;
        }
    }

    /**
     * So many deadlines have passed. Peers that were asked will answer.
     */
    void onExpired(final int count)
    {
        isQuiet &= 0 == count;
    }

    /**
     * Begin when looks are many and bring little. End when there are fewer events than looks would have to be, or for a
     * trial.
     */
    private void decide(final long lengthNs)
    {
        final long many = lengthNs * wakeUpRate / TimeUnit.SECONDS.toNanos(1);
        final boolean isCrowded = peerCount.getAsInt() >= LEAST_PEERS;
        final boolean wasGathering = gatherNs > 0;
        final boolean isGathering;
        if (wasGathering)
        {
            isGathering = ++windows < TRIAL_WINDOWS && isCrowded && windowEvents >= many;
        }
        else
        {
            windows = isCrowded && windowLooks >= many && windowEvents < LEAN * windowLooks ? windows + 1 : 0;
            isGathering = windows >= LEAN_WINDOWS;
        }
        if (isGathering != wasGathering)
        {
            windows = 0;
        }
        gatherNs = isGathering ? Math.min(maxGatherNs, WANTED * lengthNs / Math.max(1, windowEvents)) : 0;
        metrics.set(Counter.GATHER_NS, gatherNs);
    }

    /**
     * Wait for heartbeats to gather, if there is reason to: some have just come or were just asked for, or the next
     * deadline is nearer than a selector can wait for.
     *
     * @param lookNs  when the sockets were looked at last.
     * @param nowNs   the time now.
     * @param parkNs  time until the next deadline.
     * @return how long the wait was meant to be; 0 if the selector is to do it.
     */
    long gather(final long lookNs, final long nowNs, final long parkNs)
    {
        if (0 == gatherNs || isEager(nowNs))
        {
            return 0;
        }
        final boolean isShort = parkNs < SELECTOR_RESOLUTION_NS;
        if (isQuiet && !isShort)
        {
            return 0;
        }
        final long waitNs = Math.min(parkNs, gatherNs - (isQuiet ? 0 : nowNs - lookNs));
        if (waitNs > 0)
        {
            metrics.add(Counter.GATHERS, 1);
            parker.accept(waitNs);
        }
        return Math.max(0, waitNs);
    }

    /**
     * The part of a wait that the selector does. The rest is done by {@link #gather}.
     */
    long selectNs(final long nowNs, final long parkNs)
    {
        return 0 == gatherNs || isEager(nowNs) || parkNs < SELECTOR_RESOLUTION_NS ?
            parkNs : parkNs - parkNs % SELECTOR_RESOLUTION_NS;
    }

    private boolean isEager(final long nowNs)
    {
        return eagerUntilNs - nowNs > 0;
    }
}
