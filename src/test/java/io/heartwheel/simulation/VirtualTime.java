package io.heartwheel.simulation;

import org.agrona.concurrent.NanoClock;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * A clock that goes only when told to, and what is to happen at its times. Events of one time happen in the order in
 * which they were made.
 */
public final class VirtualTime implements NanoClock
{
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final long startNs;
    private long elapsedNs;
    private long eventCount;
    private LongSupplier costNs = () -> 0;

    private record Event(long atNs, long number, Runnable action) implements Comparable<Event>
    {
        @Override
        public int compareTo(final Event that)
        {
            return atNs != that.atNs ? Long.compare(atNs, that.atNs) : Long.compare(number, that.number);
        }
    }

    public VirtualTime(final long startNs)
    {
        this.startNs = startNs;
    }

    /**
     * Time that passes behind the back of whoever reads the clock or selects: its work is not for nothing.
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

    public void after(final long delayNs, final Runnable action)
    {
        events.add(new Event(elapsedNs + Math.max(0, delayNs), eventCount++, action));
    }

    /**
     * Let time pass, with all that happens in it.
     */
    public void advance(final long ns)
    {
        final long endNs = elapsedNs + ns;
        while (elapsedNs < endNs || happensBy(endNs))
        {
            step(endNs);
        }
    }

    /**
     * Let time pass until the next event has happened, but not beyond an end.
     */
    public void step(final long endNs)
    {
        if (happensBy(endNs))
        {
            final Event event = events.poll();
            elapsedNs = Math.max(elapsedNs, event.atNs);
            event.action.run();
        }
        else
        {
            elapsedNs = Math.max(elapsedNs, endNs);
        }
    }

    private boolean happensBy(final long endNs)
    {
        return !events.isEmpty() && events.peek().atNs <= endNs;
    }
}
