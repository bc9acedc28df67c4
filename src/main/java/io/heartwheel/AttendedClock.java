package io.heartwheel;

import org.agrona.concurrent.NanoClock;

/**
 * The reactor's time: the injected clock, less what was lost to the reactor's own stalls. While the reactor stalls this
 * time stands still, but for the threshold each stall is measured against; so no deadline passes unattended, probes do
 * not pile up behind a stall, and a reactor that stalls again and again judges late, but does judge.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
final class AttendedClock
{
    private final NanoClock clock;
    private final long stallThresholdNs;
    private long lastSampleNs;
    private long stalledNs;
    private long lastStallNs;

    AttendedClock(final NanoClock clock, final long stallThresholdNs)
    {
        this.clock = clock;
        this.stallThresholdNs = stallThresholdNs;
        lastSampleNs = clock.nanoTime();
    }

    /**
     * Read the clock.
     *
     * @param parkedNs for how long the reactor meant to be away since the last sample.
     * @return the reactor's time.
     */
    long sample(final long parkedNs)
    {
        final long sampleNs = clock.nanoTime();
        final long gapNs = sampleNs - lastSampleNs - parkedNs;
        lastSampleNs = sampleNs;
        lastStallNs = 0;
        if (gapNs > stallThresholdNs)
        {
            lastStallNs = gapNs;
            stalledNs += gapNs - stallThresholdNs;
        }
        return sampleNs - stalledNs;
    }

    /**
     * Length of the stall that ended with the last sample, or 0 if none did.
     */
    long lastStallNs()
    {
        return lastStallNs;
    }

    /**
     * What the injected clock said at the last sample.
     */
    long lastSampleNs()
    {
        return lastSampleNs;
    }
}
