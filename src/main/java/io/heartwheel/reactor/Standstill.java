package io.heartwheel.reactor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The last stall of the reactor, and those that came in it. Who waited for its end to be accepted may have given up
 * long since, and be connected elsewhere: the reactor knows after one more look at their sockets. Nobody is told who
 * they are before that, so that they take the place of nobody who lives.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class Standstill
{
    /**
     * Duty cycles after a stall in which all that waited is accepted: a stall may be noticed behind the select of the
     * first.
     */
    private static final int CYCLES = 2;

    private final AttendedClock clock;
    /** Those named in this duty cycle, and in the one before. */
    private List<Peer> late = new ArrayList<>();
    private List<Peer> before = new ArrayList<>();
    private int cyclesLeft;
    /** The reactor's time when the stall was noticed, and how much it was behind the clock before. */
    private long fromNs;
    private long behindBeforeNs;
    private long behindNs;

    Standstill(final AttendedClock clock)
    {
        this.clock = clock;
        fromNs = clock.nowNs();
    }

    /**
     * The reactor has stalled until now.
     */
    void onStall()
    {
        if (0 == cyclesLeft)
        {
            fromNs = clock.nowNs();
            behindBeforeNs = behindNs;
        }
        cyclesLeft = CYCLES;
    }

    /**
     * Is it to be told later who a peer is? If so, it is kept until then.
     */
    boolean isLate(final Peer peer)
    {
        final boolean isLate = cyclesLeft > 0 && peer.openedNs() - fromNs >= 0;
        if (isLate)
        {
            late.add(peer);
        }
        return isLate;
    }

    /**
     * A duty cycle is over, but for its end.
     *
     * @param isAllAccepted whether no connection waits.
     * @param onHeard       takes those that were named a cycle ago, as all that they had said has been heard since.
     */
    void onCycle(final boolean isAllAccepted, final Consumer<Peer> onHeard)
    {
        cyclesLeft -= cyclesLeft > 0 && isAllAccepted ? 1 : 0;
        if (!before.isEmpty() || !late.isEmpty())
        {
            before.forEach(onHeard);
            before.clear();
            final List<Peer> now = late;
            late = before;
            before = now;
        }
        behindNs = clock.lastSampleNs() - clock.nowNs();
    }

    /**
     * When a peer opened, by the clock itself. Of stalls but the last nothing is known any more.
     */
    long openedNs(final Peer peer)
    {
        final boolean isBefore = peer.openedNs() - fromNs < 0;
        return peer.openedNs() + (isBefore ? behindBeforeNs : clock.lastSampleNs() - clock.nowNs());
    }
}
