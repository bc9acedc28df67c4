package io.heartwheel.reactor;

import org.agrona.concurrent.NanoClock;

/**
 * The reactor's time: the injected clock, less the reactor's own stalls. While the reactor stalls this time stands
 * still, but for the threshold by which a stall is told from a slow cycle. So no deadline passes unattended, probes do
 * not pile up behind a stall, and a reactor that stalls again and again judges late, but does judge.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
final class AttendedClock
{
    private final NanoClock clock;
    private final long stallThresholdNs;
    private final Handler handler;
    private long lastSampleNs;
    private long stalledNs;
    private long nowNs;

    /**
     * Told of each sample.
     */
    interface Handler
    {
        /**
         * The clock was read.
         */
        void onSample(long nowNs);

        /**
         * The reactor had stalled until the sample that was just told.
         */
        void onStall(long stallNs);
    }

    AttendedClock(final NanoClock clock, final long stallThresholdNs, final Handler handler)
    {
        this.clock = clock;
        this.stallThresholdNs = stallThresholdNs;
        this.handler = handler;
        lastSampleNs = clock.nanoTime();
        nowNs = lastSampleNs;
    }

    /**
     * The reactor's time as of the last sample.
     */
    long nowNs()
    {
        return nowNs;
    }

    /**
     * Read the clock: once for each batch, and when the wait for a peer begins within one.
     *
     * @return the reactor's time.
     */
    long sample()
    {
        return sample(0);
    }

    /**
     * Read the clock after a park.
     *
     * @param parkedNs for how long the reactor meant to be away since the last sample.
     * @return the reactor's time.
     */
    long sample(final long parkedNs)
    {
        final long sampleNs = clock.nanoTime();
        final long gapNs = sampleNs - lastSampleNs - parkedNs;
        lastSampleNs = sampleNs;
        stalledNs += Math.max(0, gapNs - stallThresholdNs);
        nowNs = sampleNs - stalledNs;
        handler.onSample(nowNs);
        if (gapNs > stallThresholdNs)
        {
            handler.onStall(gapNs);
        }
        return nowNs;
    }

    /**
     * The injected clock's own time at the last sample, stalls included.
     */
    long lastSampleNs()
    {
        return lastSampleNs;
    }
}
