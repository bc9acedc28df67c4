package io.heartwheel.status;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether the reactor is at work. Its duty cycle turns at least once in {@code heartwheel.park.max}. If it has
 * not turned for a while, the reactor hangs, most likely in a listener, and judges no peer.
 */
final class Health
{
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);
    /** Time between two samples from which this process was paused. They should be a second apart. */
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(2);

    private final long patienceNs;
    private long cycles = -1;
    private long turnedNs;
    private long lookedNs;
    private boolean isForgiven;

    Health(final long maxParkNs)
    {
        patienceNs = Math.max(PATIENCE_NS, 2 * maxParkNs);
    }

    /**
     * To be called each second.
     *
     * @param cyclesNow number of duty cycles that the reactor has counted.
     */
    synchronized void sample(final long cyclesNow, final long nowNs)
    {
        final boolean isPaused = nowNs - lookedNs >= PAUSE_NS;
        lookedNs = nowNs;
        if (cycles != cyclesNow)
        {
            cycles = cyclesNow;
            turnedNs = nowNs;
            isForgiven = false;
        }
        else if (isPaused && !isForgiven)
        {
            // The whole process was paused, and this thread may run again before the reactor does. A pause is forgiven
            // once only: else the reactor would never be found bad where samples are always far apart.
            turnedNs = nowNs;
            isForgiven = true;
        }
    }

    synchronized boolean isGood(final long nowNs)
    {
        return nowNs - turnedNs < patienceNs;
    }

    synchronized String text(final long nowNs)
    {
        return isGood(nowNs) ? "the duty cycle turns" : String.format(Locale.ROOT,
            "the duty cycle has not turned for %.1f s: is a listener blocked?", (nowNs - turnedNs) / 1e9);
    }
}
