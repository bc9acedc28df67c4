package io.heartwheel.simulation;

/**
 * What an agent may end by: its application told it to, or what it needs has failed.
 */
final class Ending
{
    private final VirtualTime time;
    private final Stalls stalls;
    private boolean isTold;
    private long toldNs;
    private long withinNs;
    private int failures;

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

    void requireInTime()
    {
        Simulation.require(!isTold || stalls.leastAttentionNs(toldNs, time.elapsedNs()) <= withinNs,
            "the agent was told to end, and goes on");
    }

    /**
     * Something fails, by which one connection may end, or all.
     */
    void onFailure()
    {
        ++failures;
    }

    /**
     * One more connection ends: is there a failure left for it?
     */
    boolean isFailure()
    {
        return --failures >= 0;
    }
}
