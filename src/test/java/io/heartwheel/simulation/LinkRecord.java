package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Link;

import java.util.Set;

/**
 * The model's record of a link of a real client. Times count from the start.
 */
final class LinkRecord
{
    private static final long EARLY_NS = Scenario.STALL_NS + 100 * Scenario.MS;
    /** What the client reads in a BYE, and in a close frame. */
    private static final Set<String> TAKEN_OVER_DETAILS =
        Set.of(CloseReason.TAKEN_OVER.name(), "4018 " + CloseReason.TAKEN_OVER.name());

    final int number;
    final Link link;
    /** The one it has, or had last. */
    Conversation conversation;
    /** Something has happened that may end a connection. */
    boolean isDisturbed;
    /** What it asks the server to be watched by, and gets; null if it has not asked. */
    Asked asked;
    /** The application has closed it. */
    boolean isClosed;
    private long waitsSinceNs;
    private long delayNs;

    LinkRecord(final int number, final Link link, final long nowNs)
    {
        this.number = number;
        this.link = link;
        waitsSinceNs = nowNs;
    }

    void onReconnecting(final long nowNs, final int attempt, final long delayNs)
    {
        final long longestNs = Math.min(
            PairSimulation.MAX_RECONNECT_NS, PairSimulation.MIN_RECONNECT_NS << Math.min(10, attempt - 1));
        final long spreadNs = link.failure().isEmpty() ? PairSimulation.SPREAD_NS : 0;
        if (link.failure().isEmpty() && isTakenOver())
        {
            Simulation.require(PairSimulation.TAKEN_OVER_NS == delayNs,
                this + " comes back after " + delayNs + " ns, though its place was taken over");
            onWaiting(nowNs, delayNs);
            return;
        }
        Simulation.require(attempt >= 1 && delayNs >= 0 && delayNs <= Math.max(longestNs, spreadNs),
            this + " is to try " + attempt + " after " + delayNs + " ns");
        onWaiting(nowNs, delayNs);
    }

    private boolean isTakenOver()
    {
        return null != conversation &&
            TAKEN_OVER_DETAILS.contains(conversation.client.watch.connection.closeDetail());
    }

    private void onWaiting(final long nowNs, final long delayNs)
    {
        Simulation.require(null == link.connection(), this + " reconnects while it is connected");
        Simulation.require(!isClosed, this + " reconnects, though it was closed");
        waitsSinceNs = nowNs;
        this.delayNs = delayNs;
    }

    /**
     * A try comes no sooner than was told. The reactor may have been held up before it told of that.
     */
    void onOpen(final long nowNs)
    {
        final long waitedNs = nowNs - waitsSinceNs;
        Simulation.require(waitedNs >= delayNs - EARLY_NS,
            this + " is back after " + waitedNs + " ns, though it was to wait for " + delayNs);
    }

    /**
     * A try takes no longer than it may.
     */
    void check(final Stalls stalls, final long nowNs, final long longestTryNs)
    {
        final boolean isOpen = null != conversation && conversation.client.isOpen();
        final boolean isTrying = !isOpen && !isClosed && null == link.connection();
        Simulation.require(!isTrying || stalls.leastAttentionNs(waitsSinceNs, nowNs) <= delayNs + longestTryNs,
            this + " tries for longer than it may");
    }

    /**
     * Is it connected, and have all messages arrived?
     */
    boolean isSettled()
    {
        return isClosed || null != conversation && conversation.isSettled();
    }

    @Override
    public String toString()
    {
        return "link " + number;
    }
}
