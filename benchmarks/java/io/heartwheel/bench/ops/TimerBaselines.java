package io.heartwheel.bench.ops;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import org.agrona.DeadlineTimerWheel;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.util.PriorityQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The baselines of {@link TimingWheelBenchmark}, each with the sizes that it can handle.
 */
public final class TimerBaselines
{
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    private TimerBaselines()
    {
    }

    /**
     * Agrona's wheel, with one turn of little more than the second, which takes it the least memory. It doubles all
     * spokes when one is full, and looks for a free place in a spoke one by one: 50,000 in one tick is beyond it.
     */
    @State(Scope.Thread)
    public static class Agrona extends TimerLoad
    {
        private static final int SPOKES = 1 << 10;

        /** Timers. */
        @Param({"1000 spread", "50000 spread", "1000000 spread", "1000 one-tick"})
        public String timers;

        private DeadlineTimerWheel wheel;
        private long[] ids;
        private final DeadlineTimerWheel.TimerHandler handler = this::onExpired;

        /** Schedule all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            begin(timers);
            wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, START_NS, TICK_NS, SPOKES, 16);
            ids = new long[slots];
            for (int i = 0; i < slots; i++)
            {
                ids[i] = wheel.scheduleTimer(nextDeadlineNs());
            }
        }

        int rearm()
        {
            final int next = nextSlot();
            wheel.cancelTimer(ids[next]);
            ids[next] = wheel.scheduleTimer(nextDeadlineNs());
            return next;
        }

        boolean scheduleAndCancel()
        {
            return wheel.cancelTimer(wheel.scheduleTimer(nextDeadlineNs()));
        }

        int expire()
        {
            while (0 == wheel.poll(nowNs, handler, 1))
            {
                if (wheel.currentTickTime() > nowNs)
                {
                    nowNs += advanceNs;
                }
            }
            return 1;
        }

        private boolean onExpired(final TimeUnit unit, final long givenNs, final long timerId)
        {
            wheel.scheduleTimer(givenNs + PERIOD_NS);
            return true;
        }
    }

    /**
     * Netty's wheel, in real time, as it has no other: its deadlines are an hour away. Its own thread does the linking
     * and unlinking that the caller asked for.
     */
    @State(Scope.Thread)
    public static class Netty extends TimerLoad
    {
        /** Timers. */
        @Param({"1000 spread", "50000 spread", "1000000 spread",
            "1000 one-tick", "50000 one-tick", "1000000 one-tick"})
        public String timers;

        private final TimerTask task = (timeout) ->
        {
        };
        private HashedWheelTimer timer;
        private Timeout[] timeouts;

        /** Schedule all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            begin(timers);
            timer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, 1 << 14);
            timeouts = new Timeout[slots];
            for (int i = 0; i < slots; i++)
            {
                timeouts[i] = schedule();
            }
        }

        /** Stop its thread. */
        @TearDown(Level.Trial)
        public void tearDown()
        {
            timer.stop();
        }

        Timeout rearm()
        {
            final int next = nextSlot();
            timeouts[next].cancel();
            timeouts[next] = schedule();
            return timeouts[next];
        }

        boolean scheduleAndCancel()
        {
            return schedule().cancel();
        }

        private Timeout schedule()
        {
            return timer.newTimeout(task, HOUR_NS + nextDeadlineNs() % PERIOD_NS, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * The executor of the JDK, in real time as well.
     */
    @State(Scope.Thread)
    public static class Executor extends TimerLoad
    {
        /** Timers. */
        @Param({"1000 spread", "50000 spread", "1000000 spread",
            "1000 one-tick", "50000 one-tick", "1000000 one-tick"})
        public String timers;

        private final Runnable task = () ->
        {
        };
        private ScheduledThreadPoolExecutor executor;
        private ScheduledFuture<?>[] futures;

        /** Schedule all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            begin(timers);
            executor = new ScheduledThreadPoolExecutor(1);
            executor.setRemoveOnCancelPolicy(true);
            futures = new ScheduledFuture<?>[slots];
            for (int i = 0; i < slots; i++)
            {
                futures[i] = schedule();
            }
        }

        /** Stop its thread. */
        @TearDown(Level.Trial)
        public void tearDown()
        {
            executor.shutdownNow();
        }

        ScheduledFuture<?> rearm()
        {
            final int next = nextSlot();
            futures[next].cancel(false);
            futures[next] = schedule();
            return futures[next];
        }

        boolean scheduleAndCancel()
        {
            return schedule().cancel(false);
        }

        private ScheduledFuture<?> schedule()
        {
            return executor.schedule(task, HOUR_NS + nextDeadlineNs() % PERIOD_NS, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * A heap of deadlines. To take one out of the middle it looks at all before it, which a million is too many for;
     * re-arming in turns, it finds the next one near the front, which is the best case.
     */
    @State(Scope.Thread)
    public static class Heap extends AbstractHeap
    {
        /** Timers. */
        @Param({"1000 spread", "50000 spread", "1000 one-tick", "50000 one-tick"})
        public String timers;

        /** Schedule all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            fill(timers);
        }
    }

    /**
     * A heap of which only the first is taken out.
     */
    @State(Scope.Thread)
    public static class LargeHeap extends AbstractHeap
    {
        /** Timers. */
        @Param({"1000 spread", "50000 spread", "1000000 spread",
            "1000 one-tick", "50000 one-tick", "1000000 one-tick"})
        public String timers;

        /** Schedule all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            fill(timers);
        }
    }

    /**
     * A heap of objects that carry their deadline, as a program would have them.
     */
    public abstract static class AbstractHeap extends TimerLoad
    {
        private PriorityQueue<Entry> heap;
        private Entry[] entries;
        private Entry another;

        private static final class Entry
        {
            private long deadlineNs;
        }

        final void fill(final String timers)
        {
            begin(timers);
            heap = new PriorityQueue<>(slots + 1, (a, b) -> Long.signum(a.deadlineNs - b.deadlineNs));
            entries = new Entry[slots];
            for (int i = 0; i < slots; i++)
            {
                entries[i] = new Entry();
                add(entries[i], nextDeadlineNs());
            }
            another = new Entry();
        }

        final int rearm()
        {
            final int next = nextSlot();
            heap.remove(entries[next]);
            add(entries[next], nextDeadlineNs());
            return next;
        }

        final boolean scheduleAndCancel()
        {
            add(another, nextDeadlineNs());
            return heap.remove(another);
        }

        final int expire()
        {
            while (heap.peek().deadlineNs - nowNs > 0)
            {
                nowNs += advanceNs;
            }
            add(heap.poll(), nowNs + PERIOD_NS);
            return 1;
        }

        private void add(final Entry entry, final long deadlineNs)
        {
            entry.deadlineNs = deadlineNs;
            heap.add(entry);
        }
    }
}
