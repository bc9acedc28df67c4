package io.heartwheel.cli.status;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Is the watcher itself at work? Its duty cycle turns at least once in {@code heartwheel.park.max}; when it has not for
 * a while it hangs, in a listener most likely, and judges nobody.
 */
final class Health
{
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

    private final long patienceNs;
    private long cycles = -1;
    private long turnedNs;

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
        if (cycles != cyclesNow)
        {
            cycles = cyclesNow;
            turnedNs = nowNs;
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
