package io.heartwheel.bench.ops;

import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import io.netty.util.Timeout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Measures one timer operation of one connection among many: on our wheel, on Agrona's, on Netty's, on the executor of
 * the JDK, and on a heap. Baselines that run in real time cannot be made to expire. {@link TimerBaselines} names their
 * other limits.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimingWheelBenchmark
{
    /**
     * Our wheel, as the server makes it.
     */
    @State(Scope.Thread)
    public static class Ours extends TimerLoad
    {
        private static final int SPOKES = 1 << 14;

        /** Timers. */
        @Param({"1000 spread", "50000 spread", "1000000 spread",
            "1000 one-tick", "50000 one-tick", "1000000 one-tick"})
        public String timers;

        private TimingWheel wheel;
        private final ExpiryHandler handler = (slot, givenNs) -> wheel.schedule(slot, givenNs + PERIOD_NS);

        /** Schedule all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            begin(timers);
            wheel = new TimingWheel(START_NS, TICK_NS, SPOKES, slots);
            for (int i = 0; i < slots; i++)
            {
                wheel.schedule(i, nextDeadlineNs());
            }
        }
    }

    /**
     * Give a timer a later deadline.
     *
     * @param ours our wheel.
     * @return the slot.
     */
    @Benchmark
    public int rearm(final Ours ours)
    {
        final int next = ours.nextSlot();
        ours.wheel.schedule(next, ours.nextDeadlineNs());
        return next;
    }

    /**
     * The same on Agrona's wheel: cancel by id, schedule, keep the new id.
     *
     * @param agrona the wheel.
     * @return the slot.
     */
    @Benchmark
    public int rearmAgrona(final TimerBaselines.Agrona agrona)
    {
        return agrona.rearm();
    }

    /**
     * The same on Netty's wheel.
     *
     * @param netty the wheel.
     * @return the timer.
     */
    @Benchmark
    public Timeout rearmNetty(final TimerBaselines.Netty netty)
    {
        return netty.rearm();
    }

    /**
     * The same with the executor.
     *
     * @param executor the executor.
     * @return the timer.
     */
    @Benchmark
    public ScheduledFuture<?> rearmExecutor(final TimerBaselines.Executor executor)
    {
        return executor.rearm();
    }

    /**
     * The same on a heap.
     *
     * @param heap the heap.
     * @return the slot.
     */
    @Benchmark
    public int rearmHeap(final TimerBaselines.Heap heap)
    {
        return heap.rearm();
    }

    /**
     * Schedule one timer more, and cancel it.
     *
     * @param ours our wheel.
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancel(final Ours ours)
    {
        ours.wheel.schedule(ours.slots, ours.nextDeadlineNs());
        return ours.wheel.cancel(ours.slots);
    }

    /**
     * The same on Agrona's wheel.
     *
     * @param agrona the wheel.
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancelAgrona(final TimerBaselines.Agrona agrona)
    {
        return agrona.scheduleAndCancel();
    }

    /**
     * The same on Netty's wheel.
     *
     * @param netty the wheel.
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancelNetty(final TimerBaselines.Netty netty)
    {
        return netty.scheduleAndCancel();
    }

    /**
     * The same with the executor.
     *
     * @param executor the executor.
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancelExecutor(final TimerBaselines.Executor executor)
    {
        return executor.scheduleAndCancel();
    }

    /**
     * The same on a heap.
     *
     * @param heap the heap.
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancelHeap(final TimerBaselines.Heap heap)
    {
        return heap.scheduleAndCancel();
    }

    /**
     * Expire one timer, and schedule it again. Time goes on when none is due.
     *
     * @param ours our wheel.
     * @return 1.
     */
    @Benchmark
    public int expire(final Ours ours)
    {
        while (0 == ours.wheel.poll(ours.nowNs, ours.handler, 1))
        {
            ours.nowNs += ours.advanceNs;
        }
        return 1;
    }

    /**
     * The same on Agrona's wheel, which serves one tick at a time.
     *
     * @param agrona the wheel.
     * @return 1.
     */
    @Benchmark
    public int expireAgrona(final TimerBaselines.Agrona agrona)
    {
        return agrona.expire();
    }

    /**
     * The same on a heap.
     *
     * @param heap the heap.
     * @return 1.
     */
    @Benchmark
    public int expireHeap(final TimerBaselines.LargeHeap heap)
    {
        return heap.expire();
    }
}
