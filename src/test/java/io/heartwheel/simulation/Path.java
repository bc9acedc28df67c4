package io.heartwheel.simulation;

import java.util.SplittableRandom;

/**
 * A path through a network in one direction. Packets arrive with a delay, or never if the path is cut meanwhile.
 */
class Path
{
    final VirtualTime time;
    final SplittableRandom random;
    private long minLatencyNs = 20_000;
    private long maxLatencyNs = 60_000;
    private long nextArrivalNs;
    private long nsPerByte;
    private long passedNs;
    private float lossRate;
    private int cuts;
    private boolean isCut;

    Path(final VirtualTime time, final SplittableRandom random)
    {
        this.time = time;
        this.random = random;
    }

    Path latency(final long minNs, final long maxNs)
    {
        minLatencyNs = minNs;
        maxLatencyNs = maxNs;
        return this;
    }

    final long maxLatencyNs()
    {
        return maxLatencyNs;
    }

    Path lossRate(final double rate)
    {
        lossRate = (float)rate;
        return this;
    }

    /**
     * What its narrowest place lets pass: what comes faster queues up before it. 0 is no limit.
     */
    public final void rate(final int bytesPerSecond)
    {
        nsPerByte = 0 == bytesPerSecond ? 0 : 1_000_000_000L / bytesPerSecond;
    }

    void cut()
    {
        isCut = true;
        drop();
    }

    /**
     * What is on its way is lost.
     */
    final void drop()
    {
        ++cuts;
        passedNs = 0;
    }

    final void mend()
    {
        isCut = false;
    }

    public final boolean isCut()
    {
        return isCut;
    }

    final int cuts()
    {
        return cuts;
    }

    /**
     * Another each time; what is lost comes late, for being sent again.
     */
    final long latencyNs()
    {
        final long latencyNs = minLatencyNs + random.nextLong(maxLatencyNs - minLatencyNs + 1);
        final boolean isLost = lossRate > 0 && random.nextDouble() < lossRate;
        return latencyNs + (isLost ? Retransmission.FIRST_NS + latencyNs : 0);
    }

    final void carry(final Runnable action)
    {
        carry(latencyNs(), action);
    }

    /**
     * Carry something behind what was carried so before.
     */
    final void carryInOrder(final int length, final Runnable action)
    {
        passedNs = Math.max(passedNs, time.elapsedNs()) + length * nsPerByte;
        nextArrivalNs = Math.max(nextArrivalNs, passedNs + latencyNs());
        carry(nextArrivalNs - time.elapsedNs(), action);
    }

    private void carry(final long delayNs, final Runnable action)
    {
        if (!isCut)
        {
            final int cutsThen = cuts;
            time.after(delayNs, () ->
            {
                if (cutsThen == cuts)
                {
                    action.run();
                }
            });
        }
    }
}
