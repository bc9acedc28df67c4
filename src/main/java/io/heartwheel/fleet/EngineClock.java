package io.heartwheel.fleet;

/**
 * What the engine's clock says now, at the least. Each reply that tells its time was made before it came here, so the
 * best of the last few is the one that makes the clock latest.
 */
final class EngineClock
{
    private static final int SAMPLES = 8;
    private static final int NS_PER_US = 1_000;

    private final long[] receivedNs = new long[SAMPLES];
    private final long[] engineUs = new long[SAMPLES];
    private int samples;
    private boolean isLate;

    /**
     * A reply has come.
     *
     * @param sentNs     when it was asked for.
     * @param receivedNs when it was here, at the latest.
     * @param engineUs   what it says.
     */
    void sample(final long sentNs, final long receivedNs, final long engineUs)
    {
        if (samples > 0 && leastUs(sentNs) > engineUs)
        {
            // The clock was set back: what it said before counts no more.
            samples = 0;
        }
        this.receivedNs[samples % SAMPLES] = receivedNs;
        this.engineUs[samples % SAMPLES] = engineUs;
        ++samples;
    }

    /** Something was too late for the engine: it is far away, or its clock is ahead of what is known. */
    void onLate()
    {
        isLate = true;
    }

    /** {@return whether something was too late since this was asked last} */
    boolean takeLate()
    {
        final boolean wasLate = isLate;
        isLate = false;
        return wasLate;
    }

    /** {@return the engine's time, which may be later than this but, unless its clock was set, not earlier} */
    long leastUs(final long nowNs)
    {
        long leastUs = 0;
        for (int i = Math.min(samples, SAMPLES) - 1; i >= 0; i--)
        {
            leastUs = Math.max(leastUs, engineUs[i] + Math.floorDiv(nowNs - receivedNs[i], NS_PER_US));
        }
        return leastUs;
    }
}
