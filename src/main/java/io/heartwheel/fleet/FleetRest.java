package io.heartwheel.fleet;

import org.agrona.concurrent.IdleStrategy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The rest of the thread of the fleet when there is nothing to ask: ever longer, until somebody ends it as there is.
 */
final class FleetRest implements IdleStrategy
{
    private static final long LEAST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** What a renewal, or the end of a lease, may be noticed late. */
    private static final long MOST_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private volatile Thread resting;
    private volatile boolean isEnded;
    private long parkNs = LEAST_NS;

    /** There is something to do. From any thread. */
    void end()
    {
        if (!isEnded)
        {
            isEnded = true;
            LockSupport.unpark(resting);
        }
    }

    @Override
    public void idle(final int workCount)
    {
        if (workCount > 0)
        {
            reset();
        }
        else
        {
            idle();
        }
    }

    @Override
    public void idle()
    {
        resting = Thread.currentThread();
        if (!isEnded)
        {
            LockSupport.parkNanos(this, parkNs);
            parkNs = Math.min(2 * parkNs, MOST_NS);
        }
        isEnded = false;
    }

    @Override
    public void reset()
    {
        parkNs = LEAST_NS;
    }

    @Override
    public String alias()
    {
        return "fleet";
    }
}
