package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The engine in memory does what every engine does, by a clock that goes when told to.
 */
class MemoryEngineTest extends EngineContract
{
    private final AtomicLong clockUs = new AtomicLong(1_700_000_000_000_000L);
    private final MemoryRegistry registry = new MemoryRegistry(clockUs::get, 64);

    @Override
    protected Engine engine()
    {
        return new MemoryEngine(registry);
    }

    @Override
    protected void pass(final long ms)
    {
        clockUs.addAndGet(ms * 1_000);
    }

    @Test
    void shouldHandMessagesToTheExecutorAndNothingAfterTheEnd()
    {
        final List<Runnable> tasks = new ArrayList<>();
        final List<Byte> received = new ArrayList<>();
        final MemoryEngine receiver = new MemoryEngine(registry, tasks::add);
        receiver.subscribe("bbbb", (message) -> received.add(message[0]));
        final byte[] message = {7};
        assertArrayEquals(new boolean[]{true}, engine().publish(List.of(new Envelope("bbbb", message))));
        message[0] = 8;
        assertArrayEquals(new boolean[]{true}, engine().publish(List.of(new Envelope("bbbb", message))));
        assertEquals(List.of(), received);
        tasks.get(0).run();
        assertEquals(List.of((byte)7), received);
        receiver.close();
        tasks.get(1).run();
        assertEquals(List.of((byte)7), received);
        assertArrayEquals(new boolean[]{false}, engine().publish(List.of(new Envelope("bbbb", message))));
    }

    @Test
    void shouldCountThatDataWereLost()
    {
        final Engine engine = engine();
        final long connects = engine.connects();
        final Runnable restore = registry.savepoint();
        assertEquals(connects, engine.connects());
        restore.run();
        assertEquals(connects + 1, engine.connects());
        registry.clear();
        assertEquals(connects + 2, engine.connects());
    }

    @Test
    void shouldRefuseANumberOfBucketsThatIsNoPowerOfTwo()
    {
        for (final int buckets : new int[]{0, -1, 3, 2 * Buckets.MAX, Integer.MIN_VALUE})
        {
            final Exception ex = assertThrows(
                IllegalArgumentException.class, () -> new MemoryRegistry(clockUs::get, buckets));
            assertTrue(ex.getMessage().contains("buckets=" + buckets), ex::getMessage);
        }
    }
}
