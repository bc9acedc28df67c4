package io.heartwheel.simulation;

import org.agrona.concurrent.NanoClock;

import java.util.function.LongSupplier;

/**
 * A clock that advances only when told to, and the events that are due at its times. Events of the same time happen in
 * the order in which they were added.
 */
public final class VirtualTime implements NanoClock
{
    private final EventQueue events = new EventQueue();
    private final long startNs;
    private long elapsedNs;
    private long eventsDone;
    private long workedNs;
    private long workedSinceNs;
    private int depth;
    private LongSupplier costNs = () -> 0;

    public VirtualTime(final long startNs)
    {
        this.startNs = startNs;
    }

    /**
     * Set the time that passes with each reading of the clock and each select, as the work of a reactor takes time.
     */
    public void cost(final LongSupplier costNs)
    {
        this.costNs = costNs;
    }

    @Override
    public long nanoTime()
    {
        final long nowNs = startNs + elapsedNs;
        pass();
        return nowNs;
    }

    /**
     * What the clock says, for nothing.
     */
    long nowNs()
    {
        return startNs + elapsedNs;
    }

    /**
     * Work was done, which took its time.
     */
    void pass()
    {
        advance(costNs.getAsLong());
    }

    /**
     * Time since the start: unlike that of the clock it does not overflow.
     */
    public long elapsedNs()
    {
        return elapsedNs;
    }

    /**
     * Number of events that have happened.
     */
    public long eventsDone()
    {
        return eventsDone;
    }

    /**
     * What the simulation itself has cost so far, in real time.
     */
    public long workedNs()
    {
        return workedNs;
    }

    void beginWork()
    {
        if (0 == depth++)
        {
            workedSinceNs = System.nanoTime();
        }
    }

    void endWork()
    {
        if (0 == --depth)
        {
            workedNs += System.nanoTime() - workedSinceNs;
        }
    }

    public void after(final long delayNs, final Runnable action)
    {
        events.add(elapsedNs + Math.max(0, delayNs), action);
    }

    /**
     * Let time pass, with all that happens in it.
     */
    public void advance(final long ns)
    {
        final long endNs = elapsedNs + ns;
        if (happensBy(endNs))
        {
            beginWork();
            while (happensBy(endNs))
            {
                step(endNs);
            }
            endWork();
        }
        elapsedNs = Math.max(elapsedNs, endNs);
    }

    /**
     * Let time pass until the next event has happened, but not beyond an end.
     */
    public void step(final long endNs)
    {
        if (happensBy(endNs))
        {
            elapsedNs = Math.max(elapsedNs, events.firstNs());
            ++eventsDone;
            events.take().run();
        }
        else
        {
            elapsedNs = Math.max(elapsedNs, endNs);
        }
    }

    private boolean happensBy(final long endNs)
    {
        return !events.isEmpty() && events.firstNs() <= endNs;
    }
}
