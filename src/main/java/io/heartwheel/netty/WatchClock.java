package io.heartwheel.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;

import java.util.concurrent.TimeUnit;

/**
 * The time of an event loop, less its stalls. A stall is noticed by a task that is due and has not run: from the
 * threshold on this time stands still until the task runs. So no deadline passes unattended, and a loop that stalls
 * again and again has its peers judged late, but has them judged.
 * <p>
 * Netty 4.1 has no public way to ask a loop for its time, and an EmbeddedChannel has a time of its own. A task that is
 * scheduled for a far future tells it in every version: its delay falls as the loop's time goes on.
 * <p>
 * <b>Note:</b> For the event loop only.
 */
final class WatchClock
{
    /** 36 years: it never comes. */
    private static final long FAR_NS = 1L << 60;

    private final EventLoop loop;
    private final long stallThresholdNs;
    private final Runnable task;
    private ScheduledFuture<?> far;
    /** The run of the task that is scheduled; null while it runs. */
    private Future<?> nextRun;
    /** The loop's time when {@link #far} was scheduled, by this clock, stalls included. */
    private long startNs;
    /** When the task is due, stalls included. */
    private long dueNs;
    private long stalledNs;
    private long newStallNs;

    /**
     * @param stallThresholdNs how late the task may run. It is scheduled at least as often.
     * @param task             to be run for every deadline.
     */
    WatchClock(final EventLoop loop, final long stallThresholdNs, final Runnable task)
    {
        this.loop = loop;
        this.stallThresholdNs = stallThresholdNs;
        this.task = task;
    }

    /**
     * Let time go on.
     */
    void start()
    {
        assert null == far : "the clock runs already";
        far = loop.schedule(() -> {}, FAR_NS, TimeUnit.NANOSECONDS);
        schedule(stallThresholdNs);
    }

    /**
     * Let time stand still. Nothing is left behind in the loop.
     */
    void stop()
    {
        startNs = loopNs();
        far.cancel(false);
        far = null;
        cancelRun();
    }

    boolean isRunning()
    {
        return null != far;
    }

    /**
     * The task that runs is to run again for this deadline, or earlier: often enough to notice every stall.
     */
    void runAt(final long deadlineNs)
    {
        schedule(Math.max(0, Math.min(deadlineNs - nowNs(), stallThresholdNs)));
    }

    /**
     * Run the task by this deadline. While it runs nothing happens: it says itself when it is to run again.
     */
    void runBy(final long deadlineNs)
    {
        if (null != nextRun && deadlineNs - dueNs() < 0)
        {
            cancelRun();
            runAt(deadlineNs);
        }
    }

    private void schedule(final long delayNs)
    {
        dueNs = loopNs() + delayNs;
        nextRun = loop.schedule(task, delayNs, TimeUnit.NANOSECONDS);
    }

    private void cancelRun()
    {
        if (null != nextRun)
        {
            nextRun.cancel(false);
            nextRun = null;
        }
    }

    /**
     * {@return when the task runs next}
     */
    long dueNs()
    {
        return dueNs - stalledNs;
    }

    /**
     * {@return the time now}
     */
    long nowNs()
    {
        final long loopNs = loopNs();
        final long stallNs = loopNs - dueNs - stallThresholdNs;
        if (stallNs > 0)
        {
            stalledNs += stallNs;
            newStallNs += stallNs;
            dueNs += stallNs;
        }
        return loopNs - stalledNs;
    }

    /**
     * The task runs.
     *
     * @return by how much it is late, in ns.
     */
    long onRun()
    {
        nowNs();
        nextRun = null;
        return Math.max(0, loopNs() - dueNs) + newStallNs;
    }

    /**
     * {@return for how long time stood still since this was asked last, in ns}
     */
    long takeStallNs()
    {
        final long stallNs = newStallNs;
        newStallNs = 0;
        return stallNs;
    }

    private long loopNs()
    {
        return null == far ? startNs : startNs + FAR_NS - far.getDelay(TimeUnit.NANOSECONDS);
    }
}
