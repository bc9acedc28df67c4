package io.heartwheel.host;

import org.agrona.concurrent.NanoClock;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Logs where the reactor thread is when its duty cycle takes too long, for example in a listener that blocks. It runs
 * on a thread of its own and logs while the reactor is still blocked.
 */
public final class Watchdog
{
    private static final int LOOKS_PER_PATIENCE = 4;
    private static final int FRAMES_TOLD = 12;
    /** Lower bound, so that a patience of a few nanoseconds does not make the thread spin. */
    static final long MIN_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(40);

    private final NanoClock clock;
    private final LongSupplier cycles;
    private final long patienceNs;
    private long lastCycles = -1;
    private long turnedNs;
    private long lookedNs;
    private boolean isTold;
    private volatile boolean isClosed;
    private Thread thread;

    /**
     * Construct a watchdog that is not started.
     *
     * @param clock      that times the duty cycles.
     * @param cycles     number of duty cycles that the reactor has counted.
     * @param patienceNs time in ns after which a duty cycle has taken too long; 40 ms at least.
     */
    public Watchdog(final NanoClock clock, final LongSupplier cycles, final long patienceNs)
    {
        this.clock = clock;
        this.cycles = cycles;
        this.patienceNs = Math.max(MIN_PATIENCE_NS, patienceNs);
    }

    /**
     * Watch a thread until {@link #close()}. To be called once.
     *
     * @param watched thread of the reactor.
     */
    public void start(final Thread watched)
    {
        thread = new Thread(() ->
        {
            while (!isClosed)
            {
                LockSupport.parkNanos(periodNs());
                final long busyNs = look(clock.nanoTime());
                if (busyNs > 0 && !isClosed)
                {
                    Log.line(Level.WARNING, "{0} has not come round for {1} ms, and is at {2}",
                        watched.getName(), busyNs / 1_000_000, text(watched.getStackTrace()));
                }
            }
        }, "heartwheel-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    long periodNs()
    {
        return patienceNs / LOOKS_PER_PATIENCE;
    }

    /**
     * End the thread soon. Does not wait for it.
     */
    public void close()
    {
        isClosed = true;
        LockSupport.unpark(thread);
    }

    /**
     * Check whether the reactor has begun another duty cycle.
     *
     * @return time in ns since it last did, if that is too long and not logged yet; else 0.
     */
    long look(final long nowNs)
    {
        // This thread was paused too, by a collection or with the whole process: it cannot judge the reactor.
        final boolean isPaused = nowNs - lookedNs > patienceNs;
        lookedNs = nowNs;
        final long cyclesNow = cycles.getAsLong();
        if (isPaused || cyclesNow != lastCycles)
        {
            lastCycles = cyclesNow;
            turnedNs = nowNs;
            isTold = false;
            return 0;
        }
        if (isTold || nowNs - turnedNs < patienceNs)
        {
            return 0;
        }
        isTold = true;
        return nowNs - turnedNs;
    }

    static String text(final StackTraceElement[] stack)
    {
        return Arrays.stream(stack).limit(FRAMES_TOLD)
            .map((frame) -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
            .collect(Collectors.joining(" <- "));
    }
}
