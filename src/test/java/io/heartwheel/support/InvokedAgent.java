package io.heartwheel.support;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Metrics;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * An agent with real sockets and a virtual clock, driven by the test.
 */
abstract class InvokedAgent implements AutoCloseable
{
    private static final long REAL_TIME_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(5);

    public final CachedNanoClock clock = new CachedNanoClock();
    public final List<Throwable> errors = new ArrayList<>();

    InvokedAgent()
    {
        // Half a second before the overflow.
        clock.update(Long.MAX_VALUE - 500_000_000L);
    }

    abstract Agent agent();

    abstract Metrics metrics();

    @Override
    public abstract void close();

    /**
     * Let virtual time pass, in steps that are no stalls, with a duty cycle after each.
     */
    public final void advance(final long ns)
    {
        for (long leftNs = ns; leftNs > 0; leftNs -= STEP_NS)
        {
            clock.advance(Math.min(STEP_NS, leftNs));
            doWork();
        }
    }

    public final void doWork()
    {
        try
        {
            agent().doWork();
        }
        catch (final RuntimeException ex)
        {
            throw ex;
        }
        catch (final Exception ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * Run duty cycles, without virtual time passing, until the kernel has brought about what is awaited.
     */
    public final void awaitTrue(final BooleanSupplier condition)
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            doWork();
            if (System.nanoTime() - startNs > REAL_TIME_LIMIT_NS)
            {
                throw new AssertionError("not within " + REAL_TIME_LIMIT_NS + " ns");
            }
            Thread.onSpinWait();
        }
    }

    /**
     * Run duty cycles until the agent has read once more.
     */
    public final void awaitRead(final long readsBefore)
    {
        awaitTrue(() -> reads() > readsBefore);
    }

    public final long reads()
    {
        return metrics().count(Counter.HEARD);
    }

    /**
     * Wait until bytes that were sent to the agent lie in its kernel, unread: nothing tells, so this sleeps.
     */
    public static void letBytesArrive() throws InterruptedException
    {
        Thread.sleep(20);
    }
}
