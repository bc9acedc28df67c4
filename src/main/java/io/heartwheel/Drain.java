package io.heartwheel;

/**
 * Lets all connections leave, spread evenly over a time, so that a fleet does not come to the next server as one wave.
 */
final class Drain
{
    private final Reactor reactor;
    private boolean isUnderWay;
    private long startNs;
    private long durationNs;
    private int slots;
    private int nextSlot;

    Drain(final Reactor reactor)
    {
        this.reactor = reactor;
    }

    /**
     * Begin. One that is under way goes on by the time that is left to it at most.
     */
    void begin(final long nowNs, final long durationNs)
    {
        if (!isUnderWay)
        {
            isUnderWay = true;
            startNs = nowNs;
            this.durationNs = durationNs;
            slots = reactor.connections.slots();
        }
        else
        {
            this.durationNs = Math.min(this.durationNs, nowNs - startNs + durationNs);
        }
    }

    /**
     * Have all gone? Nobody comes any more.
     */
    boolean isDone()
    {
        return isUnderWay && 0 == reactor.connections.size();
    }

    long nextDeadlineNs(final long noneNs)
    {
        return isUnderWay && nextSlot < slots ? startNs + (long)((double)durationNs * nextSlot / slots) : noneNs;
    }

    /**
     * Let those go whose turn it is.
     */
    int doWork(final long nowNs, final int limit)
    {
        int told = 0;
        for (; told < limit && nextDeadlineNs(nowNs + 1) - nowNs <= 0; nextSlot++)
        {
            final Connection connection = reactor.connections.at(nextSlot);
            if (null != connection)
            {
                ++told;
                reactor.departures.leave(connection, CloseReason.SHUTDOWN, "");
            }
        }
        return told;
    }
}
