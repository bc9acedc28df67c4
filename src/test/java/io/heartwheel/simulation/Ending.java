package io.heartwheel.simulation;

import io.heartwheel.CloseReason;

/**
 * The ways in which an agent may end: its application closes it, or something that it depends on fails.
 */
final class Ending
{
    private final VirtualTime time;
    private final Stalls stalls;
    private boolean isTold;
    private long toldNs;
    private long withinNs;
    private int failures;
    private int ended;

    Ending(final VirtualTime time, final Stalls stalls)
    {
        this.time = time;
        this.stalls = stalls;
    }

    /**
     * The application tells the agent to end, in some time of the reactor's attention.
     */
    void tell(final long endsWithinNs)
    {
        final long leftNs = isTold ? withinNs - (time.elapsedNs() - toldNs) : Long.MAX_VALUE;
        isTold = true;
        toldNs = time.elapsedNs();
        withinNs = Math.min(leftNs, endsWithinNs);
    }

    /**
     * Another agent is in the place of the one that was told.
     */
    void forget()
    {
        isTold = false;
    }

    boolean isTold()
    {
        return isTold;
    }

    /**
     * May what is open end by now without being to blame?
     */
    boolean isBegun()
    {
        return isTold || failures > 0;
    }

    /**
     * It has ended in time if it was told to; if it has not ended, each failure has cost one connection at most.
     */
    void check()
    {
        Simulation.require(!isTold || stalls.leastAttentionNs(toldNs, time.elapsedNs()) <= withinNs,
            "the agent was told to end, and goes on");
        Simulation.require(ended <= failures, ended + " connections ended by " + failures + " failures");
    }

    /**
     * Something fails, by which one connection may end, or all.
     */
    void onFailure()
    {
        ++failures;
    }

    /**
     * One more connection ends: may it be by a failure?
     */
    boolean isByFailure(final CloseReason reason)
    {
        final boolean isByFailure =
            failures > 0 && (CloseReason.INTERNAL_ERROR == reason || CloseReason.LISTENER_FAILED == reason);
        ended += isByFailure ? 1 : 0;
        return isByFailure;
    }
}
