package io.heartwheel.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;

import java.util.concurrent.TimeUnit;

/**
 * A task that an event loop runs again and again. It tells the loop's time, and by its lateness the loop's stalls: a
 * handler that blocked the loop, a collection of garbage, a process or a host that was stopped.
 * <p>
 * Netty 4.1 has no public way to ask a loop for its time, and an EmbeddedChannel has a time of its own. A task that is
 * scheduled for a far future, the anchor, tells it in every version: its delay falls as the loop's time goes on.
 * <p>
 * <b>Note:</b> For the loop only.
 */
final class LoopTask
{
    /** 36 years: the anchor never runs. */
    private static final long FAR_NS = 1L << 60;
    /** Most sockets that one turn of I/O reads: that of NIO (JDK: EPollSelectorImpl), the least of all transports. */
    private static final int TURN_READS = 1_024;

    private final EventExecutor loop;
    private final long stallThresholdNs;
    private final Runnable task;
    private ScheduledFuture<?> anchor;
    /** The run that is scheduled; null while the task runs. */
    private ScheduledFuture<?> nextRun;
    /** The time when the anchor was scheduled. */
    private long startNs;
    private long dueNs;
    private long stalledNs;

    /**
     * @param loop             to run the task on.
     * @param stallThresholdNs how late the task may run.
     * @param task             which begins with {@link #onRun()} and may end with {@link #schedule(long)}.
     */
    LoopTask(final EventExecutor loop, final long stallThresholdNs, final Runnable task)
    {
        this.loop = loop;
        this.stallThresholdNs = stallThresholdNs;
        this.task = task;
    }

    /**
     * How many turns of I/O it takes until a loop that has stalled has read all that came meanwhile. It reads the
     * sockets that are ready some a turn, and runs in between what is due. A task that is scheduled without delay by
     * another one runs after one more turn, in Netty 4.1 and 4.2 alike; one that is executed runs before it.
     *
     * @param watched the least number of channels on the loop, as some loops do not tell it.
     */
    static int turnsToHear(final EventLoop loop, final int watched)
    {
        final int channels = loop instanceof SingleThreadEventLoop ?
            ((SingleThreadEventLoop)loop).registeredChannels() : 0;
        return Math.max(watched, channels) / TURN_READS + 2;
    }

    /**
     * Begin to tell the time, which goes on from where it stood.
     *
     * @param delayNs until the first run.
     */
    void start(final long delayNs)
    {
        assert null == anchor : "the task runs already";
        anchor = loop.schedule(() -> {}, FAR_NS, TimeUnit.NANOSECONDS);
        schedule(delayNs);
    }

    /**
     * Run no more, and let the time stand still. Nothing is left behind in the loop.
     */
    void stop()
    {
        startNs = nowNs();
        anchor.cancel(false);
        anchor = null;
        cancelRun();
    }

    boolean isStarted()
    {
        return null != anchor;
    }

    /**
     * The task runs.
     */
    void onRun()
    {
        nextRun = null;
    }

    boolean isScheduled()
    {
        return null != nextRun;
    }

    /**
     * Run next after this delay.
     */
    void schedule(final long delayNs)
    {
        cancelRun();
        dueNs = nowNs() + delayNs;
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
     * {@return the time now, from an origin of its own, stalls included}
     */
    long nowNs()
    {
        return null == anchor ? startNs : startNs + FAR_NS - anchor.getDelay(TimeUnit.NANOSECONDS);
    }

    /**
     * Look whether the loop stalls, or has just stalled: the task may be due, and not have had its turn.
     *
     * @return the time now, stalls included.
     */
    long sample()
    {
        final long nowNs = nowNs();
        final long stallNs = nowNs - dueNs - stallThresholdNs;
        if (stallNs > 0)
        {
            stalledNs += stallNs;
            dueNs += stallNs;
        }
        return nowNs;
    }

    /**
     * {@return when the task is due, stalls included; later if a stall was seen since}
     */
    long dueNs()
    {
        return dueNs;
    }

    /**
     * For how long the loop has stalled in all, as of the last sample. Of each stall the threshold does not count, so a
     * loop that stalls all the time has some attention left.
     */
    long stalledNs()
    {
        return stalledNs;
    }
}
