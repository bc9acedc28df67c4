package io.heartwheel.bench.ops;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessHandler;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.liveness.Verdict;
import io.heartwheel.wheel.TimingWheel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Measures what the tracker adds to a read, with an empty loop as the baseline; and a poll of all deadlines, with a
 * sweep over an array of times as the baseline.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TrackerBenchmark
{
    private static final int BATCH = 1_000;
    private static final long TICK_NS = 1 << 20;
    private static final int SPOKES = 1 << 14;
    private static final long START_NS = 1_000_000_000L;

    /**
     * Connections that are heard in no order.
     */
    @State(Scope.Thread)
    public static class Heard
    {
        /** Connections watched, a multiple of the batch. */
        @Param({"1000", "50000", "1000000"})
        public int slots;

        private LivenessTracker tracker;
        private int[] shuffled;
        private int from;
        private long nowNs = START_NS;

        /** Watch all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            tracker = new LivenessTracker(
                new TimingWheel(START_NS, TICK_NS, SPOKES, slots), START_NS, 0);
            shuffled = new int[slots];
            final Random random = new Random(0);
            for (int i = 0; i < slots; i++)
            {
                tracker.watch(i, Cadence.STANDARD, START_NS);
                final int other = random.nextInt(i + 1);
                shuffled[i] = shuffled[other];
                shuffled[other] = i;
            }
        }

        private int nextBatch()
        {
            from = from + BATCH >= slots ? 0 : from + BATCH;
            nowNs += TICK_NS;
            return from;
        }
    }

    /**
     * Connections of which a part is due in each tick, all of them heard since.
     */
    @State(Scope.Thread)
    public static class Due
    {
        /** Connections watched. */
        @Param({"1000", "50000", "1000000"})
        public int slots;

        /** How many of a hundred are due: 0, 1 or 100. With 0 time stands still. */
        @Param({"0", "1", "100"})
        public int percent;

        private LivenessTracker tracker;
        private long[] lastHeardNs;
        private long idleNs;
        private int groups;
        private int group;
        private long stepNs;
        private long nowNs;

        /** Watch all. */
        @Setup(Level.Trial)
        public void setUp()
        {
            tracker = new LivenessTracker(
                new TimingWheel(START_NS, TICK_NS, SPOKES, slots), START_NS, 0);
            lastHeardNs = new long[slots];
            groups = 0 == percent ? slots : 100 / percent;
            idleNs = 0 == percent ? Cadence.MAX_NS : groups * TICK_NS;
            stepNs = 0 == percent ? 0 : TICK_NS;
            final Cadence cadence = Cadence.passive(idleNs);
            for (int i = 0; i < slots; i++)
            {
                lastHeardNs[i] = START_NS + i % groups * stepNs;
                tracker.watch(i, cadence, lastHeardNs[i]);
            }
            nowNs = START_NS + (0 == percent ? 0 : idleNs - stepNs);
            group = groups - 1;
        }

        /**
         * Go on to the group that is due next.
         *
         * @return its first slot; the others follow at a distance of the number of groups.
         */
        private int nextGroup()
        {
            nowNs += stepNs;
            group = group + 1 == groups ? 0 : group + 1;
            return 0 == percent ? slots : group;
        }
    }

    private static final class Nobody implements LivenessHandler
    {
        static final Nobody INSTANCE = new Nobody();

        @Override
        public void onProbeDue(final int slot, final long nowNs)
        {
            throw new IllegalStateException("slot " + slot + " was heard");
        }

        @Override
        public void onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long nowNs)
        {
            throw new IllegalStateException("slot " + slot + " was heard");
        }
    }

    /**
     * Hear one connection.
     *
     * @param heard connections.
     * @return sum of their slots.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long heard(final Heard heard)
    {
        final int from = heard.nextBatch();
        final long nowNs = heard.nowNs;
        int sum = 0;
        for (int i = from; i < from + BATCH; i++)
        {
            final int slot = heard.shuffled[i];
            heard.tracker.heard(slot, nowNs);
            sum += slot;
        }
        return sum;
    }

    /**
     * The same loop with nothing in it but the slots.
     *
     * @param heard connections.
     * @return their sum.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long heardEmptyLoop(final Heard heard)
    {
        final int from = heard.nextBatch();
        int sum = 0;
        for (int i = from; i < from + BATCH; i++)
        {
            sum += heard.shuffled[i];
        }
        return sum;
    }

    /**
     * Look at all deadlines, after those that are due were heard.
     *
     * @param due connections.
     * @return number that was due.
     */
    @Benchmark
    public int poll(final Due due)
    {
        for (int i = due.nextGroup(); i < due.slots; i += due.groups)
        {
            due.tracker.heard(i, due.nowNs);
        }
        return due.tracker.poll(due.nowNs, Nobody.INSTANCE, Integer.MAX_VALUE);
    }

    /**
     * The same as a sweep: compare the time at which each was heard.
     *
     * @param due connections.
     * @return number that is silent, which is 0.
     */
    @Benchmark
    public int pollSweep(final Due due)
    {
        final long[] lastHeardNs = due.lastHeardNs;
        for (int i = due.nextGroup(); i < due.slots; i += due.groups)
        {
            lastHeardNs[i] = due.nowNs;
        }
        final long silentSinceNs = due.nowNs - due.idleNs;
        int silent = 0;
        for (final long heardNs : lastHeardNs)
        {
            silent += heardNs - silentSinceNs <= 0 ? 1 : 0;
        }
        return silent;
    }
}
