package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.EngineException;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a node does whose registry gives no answer: ask again.
 */
final class Patience
{
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private Patience()
    {
    }

    /** The first answer. */
    static <T> T soon(final Supplier<T> call)
    {
        final long startNs = System.nanoTime();
        while (true)
        {
            try
            {
                return call.get();
            }
            catch (final EngineException ex)
            {
                if (System.nanoTime() - startNs > LIMIT_NS)
                {
                    throw ex;
                }
                RedisServer.pause(20);
            }
        }
    }

    /** It becomes true, however often it fails meanwhile. */
    static void await(final String what, final BooleanSupplier condition)
    {
        final long startNs = System.nanoTime();
        while (!soon(condition::getAsBoolean))
        {
            assertTrue(System.nanoTime() - startNs < LIMIT_NS, what);
            RedisServer.pause(20);
        }
    }

    static long millisOf(final Runnable task)
    {
        final long startNs = System.nanoTime();
        task.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }
}
