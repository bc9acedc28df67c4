package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Waits a moment for heartbeats to gather, so that one look at the sockets hears many. The kernel takes nine tenths of
 * what a heartbeat costs. A part of that is waking up, here for each PING and at the peer for each answer.
 * <p>
 * Only heartbeats have to wait. For {@link #EAGER_NS} after anything else, such as DATA either way or a new connection,
 * what arrives is read at once. No heartbeat waits for longer than {@code heartwheel.coalesce}, nor beyond the next
 * deadline. A selector cannot wait for less than a millisecond; such waits are done here too, so that verdicts come on
 * time.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class Coalescer
{
    /**
     * Long enough that the next message of a conversation finds the reactor looking.
     */
    static final long EAGER_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long SELECTOR_RESOLUTION_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final long coalesceNs;
    private final LongConsumer parker;
    private long eagerUntilNs;

    Coalescer(final ReactorContext<?> ctx, final long nowNs)
    {
        coalesceNs = ctx.coalesceNs();
        parker = ctx.parker();
        eagerUntilNs = nowNs;
    }

    /**
     * Something other than a heartbeat comes or goes.
     */
    void onUrgent(final long nowNs)
    {
        eagerUntilNs = nowNs + EAGER_NS;
    }

    /**
     * Wait for heartbeats to gather, if there is reason to: some have just come or were just asked for, or the next
     * deadline is nearer than a selector can wait for.
     *
     * @param lookNs  when the sockets were looked at last.
     * @param nowNs   the time now.
     * @param parkNs  time until the next deadline.
     * @param isQuiet true if that look heard nothing.
     * @return how long the wait was meant to be; 0 if the selector is to do it.
     */
    long gather(final long lookNs, final long nowNs, final long parkNs, final boolean isQuiet)
    {
        if (0 == coalesceNs || isEager(nowNs))
        {
            return 0;
        }
        final boolean isShort = parkNs < SELECTOR_RESOLUTION_NS;
        if (isQuiet && !isShort)
        {
            return 0;
        }
        final long gatherNs = Math.min(parkNs, coalesceNs - (isQuiet ? 0 : nowNs - lookNs));
        if (gatherNs > 0)
        {
            parker.accept(gatherNs);
        }
        return Math.max(0, gatherNs);
    }

    /**
     * The part of a wait that the selector does. The rest is done by {@link #gather}.
     */
    long selectNs(final long nowNs, final long parkNs)
    {
        return 0 == coalesceNs || isEager(nowNs) || parkNs < SELECTOR_RESOLUTION_NS ?
            parkNs : parkNs - parkNs % SELECTOR_RESOLUTION_NS;
    }

    private boolean isEager(final long nowNs)
    {
        return eagerUntilNs - nowNs > 0;
    }
}
