package io.heartwheel.netty;

import io.netty.channel.EventLoop;

/**
 * The time of an event loop, less its stalls. A stall is noticed by a task that is due and has not run: from the
 * threshold on this time stands still until the task runs. So no deadline passes unattended, and a loop that stalls
 * again and again has its peers judged late, but has them judged.
 * <p>
 * <b>Note:</b> For the event loop only.
 */
final class WatchClock
{
    private final long stallThresholdNs;
    private final LoopTask task;
    /** Of the stalls in all, what {@link #takeStallNs()} has told. */
    private long takenStallNs;

    /**
     * @param stallThresholdNs how late the task may run. It is scheduled at least as often.
     * @param task             to be run for every deadline.
     */
    WatchClock(final EventLoop loop, final long stallThresholdNs, final Runnable task)
    {
        this.stallThresholdNs = stallThresholdNs;
        this.task = new LoopTask(loop, stallThresholdNs, task);
    }

    /**
     * Let time go on.
     */
    void start()
    {
        task.start(stallThresholdNs);
    }

    /**
     * Let time stand still. Nothing is left behind in the loop.
     */
    void stop()
    {
        task.stop();
    }

    boolean isRunning()
    {
        return task.isStarted();
    }

    /**
     * The task that runs is to run again for this deadline, or earlier: often enough to notice every stall.
     */
    void runAt(final long deadlineNs)
    {
        task.schedule(Math.max(0, Math.min(deadlineNs - nowNs(), stallThresholdNs)));
    }

    /**
     * Run the task by this deadline. While it runs nothing happens: it says itself when it is to run again.
     */
    void runBy(final long deadlineNs)
    {
        if (task.isScheduled() && deadlineNs - dueNs() < 0)
        {
            runAt(deadlineNs);
        }
    }

    /**
     * {@return when the task runs next}
     */
    long dueNs()
    {
        return task.dueNs() - task.stalledNs();
    }

    /**
     * {@return the time now}
     */
    long nowNs()
    {
        return task.sample() - task.stalledNs();
    }

    /**
     * The task runs.
     *
     * @return by how much it is late, in ns.
     */
    long onRun()
    {
        final long lateNs = task.sample() - task.dueNs();
        task.onRun();
        return Math.max(0, lateNs) + task.stalledNs() - takenStallNs;
    }

    /**
     * {@return for how long time stood still since this was asked last, in ns}
     */
    long takeStallNs()
    {
        final long stallNs = task.stalledNs() - takenStallNs;
        takenStallNs = task.stalledNs();
        return stallNs;
    }
}
