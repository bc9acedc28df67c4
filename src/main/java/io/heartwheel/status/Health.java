package io.heartwheel.status;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Is the watcher itself at work? Its duty cycle turns at least once in {@code heartwheel.park.max}; when it has not for
 * a while it hangs, in a listener most likely, and judges nobody.
 */
final class Health
{
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);
    /** Between two looks, which should be a second apart. */
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
     * @param cyclesNow counted by the reactor.
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
            // The whole process was paused, and who looks first finds the other not turned yet. Once: else one that
            // nobody but a supervisor looks at would never be bad.
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
