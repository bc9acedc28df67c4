package io.heartwheel.reactor;

import io.heartwheel.CloseReason;

/**
 * Lets all peers leave, spread evenly over a time, so that a fleet does not come to the next server as one wave.
 */
final class Drain
{
    private final AttendedClock clock;
    private final PeerTable peers;
    private final Departures departures;
    private final int limit;
    private boolean isUnderWay;
    private long startNs;
    private long durationNs;
    private int slots;
    private int nextSlot;

    Drain(
        final AttendedClock clock, final PeerTable peers, final Departures departures, final int limit)
    {
        this.clock = clock;
        this.limit = limit;
        this.peers = peers;
        this.departures = departures;
    }

    /**
     * Begin a drain. If one is under way, it ends no later than it would have.
     */
    void begin(final long durationNs)
    {
        final long nowNs = clock.nowNs();
        if (!isUnderWay)
        {
            isUnderWay = true;
            startNs = nowNs;
            this.durationNs = durationNs;
            slots = peers.slots();
        }
        else
        {
            this.durationNs = Math.min(this.durationNs, nowNs - startNs + durationNs);
        }
    }

    /**
     * Have all peers left? No more are accepted.
     */
    boolean isDone()
    {
        return isUnderWay && 0 == peers.size();
    }

    long nextDeadlineNs(final long noneNs)
    {
        return isUnderWay && nextSlot < slots ? startNs + (long)((double)durationNs * nextSlot / slots) : noneNs;
    }

    /**
     * Let those peers leave whose turn has come.
     */
    int doWork()
    {
        final long nowNs = clock.nowNs();
        int told = 0;
        for (; told < limit && nextDeadlineNs(nowNs + 1) - nowNs <= 0; nextSlot++)
        {
            final Peer peer = peers.at(nextSlot);
            if (null != peer)
            {
                ++told;
                departures.leave(peer, CloseReason.SHUTDOWN, "");
            }
        }
        return told;
    }
}
