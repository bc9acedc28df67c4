package io.heartwheel.bench;

import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import org.agrona.DeadlineTimerWheel;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One timer operation of one connection among many: on our wheel, on Agrona's, and on the executor of the JDK.
 * <p>
 * Time is virtual, and the connections take turns in it, each once a second: a re-arm puts off the deadline of the next
 * one by that second, and so does an expiry, of which there is one per operation on average. The executor has no
 * virtual time: there each turn is put off by an hour.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimingWheelBenchmark
{
    private static final long TICK_NS = 1 << 20;
    private static final int SPOKES = 1 << 14;
    private static final long PERIOD_NS = 1_000_000_000L;
    private static final long START_NS = 1_000_000_000L;
    private static final long HOUR_NS = 3_600_000_000_000L;
    /** A prime, so that turns meet every slot, and not one after its neighbour in memory. */
    private static final int STRIDE = 7919;

    /** Number of timers that are scheduled. */
    @Param({"1000", "50000"})
    private int slots;

    private long stepNs;
    private long nowNs;
    private int slot;

    private TimingWheel wheel;
    private final ExpiryHandler handler = (expired, givenNs) -> wheel.schedule(expired, givenNs + PERIOD_NS);

    private DeadlineTimerWheel agronaWheel;
    private long[] agronaIds;
    private final DeadlineTimerWheel.TimerHandler agronaHandler = (unit, givenNs, timerId) ->
    {
        agronaWheel.scheduleTimer(givenNs + PERIOD_NS);
        return true;
    };

    private ScheduledThreadPoolExecutor executor;
    private ScheduledFuture<?>[] futures;

    /**
     * Schedule all timers on all three.
     */
    @Setup(Level.Trial)
    public void setUp()
    {
        stepNs = PERIOD_NS / slots;
        nowNs = START_NS;
        slot = 0;

        wheel = new TimingWheel(START_NS, TICK_NS, SPOKES, slots);
        agronaWheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, START_NS, TICK_NS, SPOKES, 16);
        agronaIds = new long[slots];
        executor = new ScheduledThreadPoolExecutor(1);
        executor.setRemoveOnCancelPolicy(true);
        futures = new ScheduledFuture<?>[slots];
        for (int i = 0; i < slots; i++)
        {
            final long delayNs = (i + 1) * stepNs;
            wheel.schedule(i, START_NS + delayNs);
            agronaIds[i] = agronaWheel.scheduleTimer(START_NS + delayNs);
            futures[i] = executor.schedule(TimingWheelBenchmark::nothing, HOUR_NS, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Stop the thread of the executor.
     */
    @TearDown(Level.Trial)
    public void tearDown()
    {
        executor.shutdownNow();
    }

    /**
     * Give a scheduled slot a later deadline.
     *
     * @return the slot.
     */
    @Benchmark
    public int rearm()
    {
        final int next = nextSlot();
        wheel.schedule(next, nextNowNs() + PERIOD_NS);
        return next;
    }

    /**
     * The same on Agrona's wheel: cancel by id, schedule, keep the new id.
     *
     * @return the slot.
     */
    @Benchmark
    public int rearmAgrona()
    {
        final int next = nextSlot();
        agronaWheel.cancelTimer(agronaIds[next]);
        agronaIds[next] = agronaWheel.scheduleTimer(nextNowNs() + PERIOD_NS);
        return next;
    }

    /**
     * The same with the executor.
     *
     * @return the slot.
     */
    @Benchmark
    public int rearmExecutor()
    {
        final int next = nextSlot();
        futures[next].cancel(false);
        futures[next] = executor.schedule(TimingWheelBenchmark::nothing, HOUR_NS, TimeUnit.NANOSECONDS);
        return next;
    }

    /**
     * Schedule one slot more, and cancel it.
     *
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancel()
    {
        wheel.schedule(slots, nextNowNs() + PERIOD_NS);
        return wheel.cancel(slots);
    }

    /**
     * The same on Agrona's wheel.
     *
     * @return true.
     */
    @Benchmark
    public boolean scheduleAndCancelAgrona()
    {
        return agronaWheel.cancelTimer(agronaWheel.scheduleTimer(nextNowNs() + PERIOD_NS));
    }

    /**
     * Expire one slot on average, and schedule it again.
     *
     * @return number of slots that expired.
     */
    @Benchmark
    public int expire()
    {
        return wheel.poll(nextNowNs(), handler, Integer.MAX_VALUE);
    }

    /**
     * The same on Agrona's wheel, which serves one tick at a time.
     *
     * @return number of timers that expired.
     */
    @Benchmark
    public int expireAgrona()
    {
        final long atNs = nextNowNs();
        int expired = 0;
        do
        {
            expired += agronaWheel.poll(atNs, agronaHandler, Integer.MAX_VALUE);
        }
        while (agronaWheel.currentTickTime() < atNs);
        return expired;
    }

    private int nextSlot()
    {
        slot = (slot + STRIDE) % slots;
        return slot;
    }

    private long nextNowNs()
    {
        nowNs += stepNs;
        return nowNs;
    }

    private static void nothing()
    {
    }
}
