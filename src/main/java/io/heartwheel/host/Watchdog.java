package io.heartwheel.host;

import org.agrona.concurrent.NanoClock;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Says where a reactor thread is that does not come round, such as in a listener that blocks: while it is there, and so
 * before anyone has to look for it. On a thread of its own, as the reactor's cannot say so.
 */
public final class Watchdog
{
    private static final int LOOKS_PER_PATIENCE = 4;
    private static final int FRAMES_TOLD = 12;
    /** A patience of nanoseconds must not make it spin. */
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
     * @param cycles     that the reactor counts.
     * @param patienceNs after which one has taken too long.
     */
    public Watchdog(final NanoClock clock, final LongSupplier cycles, final long patienceNs)
    {
        this.clock = clock;
        this.cycles = cycles;
        this.patienceNs = Math.max(MIN_PATIENCE_NS, patienceNs);
    }

    /**
     * Watch a thread until {@link #close()}.
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

    public void close()
    {
        isClosed = true;
        LockSupport.unpark(thread);
    }

    /**
     * Look whether the reactor has come round.
     *
     * @return for how long it has not, if that is too long and not told yet, else 0.
     */
    long look(final long nowNs)
    {
        // Who was paused as well, by a collection or with the whole process, has seen nothing meanwhile.
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
