package io.heartwheel.netty;

import io.heartwheel.netty.PeerLostEvent.Cause;
import io.heartwheel.netty.PeerLostEvent.Reason;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a {@link Liveness} has counted and measured, over all its event loops.
 * <p>
 * Threadsafe: reading holds no event loop up.
 */
public final class LivenessMetrics
{
    private static final long HIGHEST_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 2;
    private static final int CAUSES = Cause.values().length;

    private final LongAdder watched = new LongAdder();
    private final LongAdder probes = new LongAdder();
    private final LongAdder spared = new LongAdder();
    private final LongAdder closeCalls = new LongAdder();
    private final LongAdder stalls = new LongAdder();
    private final LongAccumulator longestStallNs = new LongAccumulator(Math::max, 0);
    private final LongAdder[] lost = new LongAdder[Reason.values().length * CAUSES];
    private final Values lag = new Values();
    private final Values lateness = new Values();

    LivenessMetrics()
    {
        for (int i = 0; i < lost.length; i++)
        {
            lost[i] = new LongAdder();
        }
    }

    /** {@return the number of channels watched at present} */
    public long watchedCount()
    {
        return watched.sum();
    }

    /** {@return the number of probes written} */
    public long probeCount()
    {
        return probes.sum();
    }

    /**
     * Living peers that had been silent for their whole detection time by the wall clock, for this end had not read
     * what they sent: an IdleStateHandler of the same time would have reported each of them as idle.
     *
     * @return how often that was so.
     */
    public long sparedCount()
    {
        return spared.sum();
    }

    /**
     * Peers that were heard when they had used up more than three quarters of their detection time. When that is not
     * rare, the cadence is too short for the network.
     *
     * @return how often that was so.
     */
    public long closeCallCount()
    {
        return closeCalls.sum();
    }

    /** {@return how often an event loop was away for longer than the threshold of a stall} */
    public long stallCount()
    {
        return stalls.sum();
    }

    /** {@return the length of the longest stall, in ns} */
    public long longestStallNs()
    {
        return longestStallNs.get();
    }

    /**
     * Read how many peers were lost.
     *
     * @param reason of the loss.
     * @param cause  of the loss.
     * @return number of peers.
     */
    public long lostCount(final Reason reason, final Cause cause)
    {
        return lost[reason.ordinal() * CAUSES + cause.ordinal()].sum();
    }

    /**
     * Read by how much the event loops ran a task later than it was due: several values a second for each loop that
     * has channels to watch.
     *
     * @return a copy of all values since the start, in ns; values above one hour count as one hour.
     */
    public Histogram lag()
    {
        return lag.total();
    }

    /**
     * Read how late verdicts were, from their deadline. Stalls are left out.
     *
     * @return a copy of all values since the start, in ns; values above one hour count as one hour.
     */
    public Histogram lateness()
    {
        return lateness.total();
    }

    void onWatched(final int change)
    {
        watched.add(change);
    }

    void onProbe()
    {
        probes.increment();
    }

    void onSpared()
    {
        spared.increment();
    }

    void onCloseCall()
    {
        closeCalls.increment();
    }

    void onLag(final long lagNs)
    {
        lag.record(lagNs);
    }

    void onStall(final long stallNs)
    {
        stalls.increment();
        longestStallNs.accumulate(stallNs);
    }

    void onLost(final PeerLostEvent event)
    {
        lost[event.reason().ordinal() * CAUSES + event.cause().ordinal()].increment();
        lateness.record(event.latenessNs());
    }

    /**
     * All values of one measure since the start. Any thread may record, without waiting.
     */
    private static final class Values
    {
        private final Recorder recorder = new Recorder(HIGHEST_NS, SIGNIFICANT_DIGITS);
        private final Histogram total = new Histogram(HIGHEST_NS, SIGNIFICANT_DIGITS);
        /** Values since the previous reading. Reused, so that a reading allocates only the copy that it returns. */
        private Histogram latest;

        void record(final long value)
        {
            recorder.recordValue(Math.min(Math.max(value, 0), HIGHEST_NS));
        }

        synchronized Histogram total()
        {
            latest = recorder.getIntervalHistogram(latest);
            total.add(latest);
            return total.copy();
        }
    }
}
