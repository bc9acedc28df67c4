package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class FleetRestTest
{
    private static final long LONG_NS = 40_000_000;

    private final FleetRest rest = new FleetRest();

    private void tire()
    {
        for (int i = 0; i < 10; i++)
        {
            rest.idle(0);
        }
    }

    private long restedNs()
    {
        final long startNs = System.nanoTime();
        rest.idle(0);
        return System.nanoTime() - startNs;
    }

    @Test
    void shouldNotRestWhenThereIsSomethingToDoAlready()
    {
        tire();
        // The kernel may take long for any of them, but not for each.
        long leastNs = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++)
        {
            rest.end();
            leastNs = Math.min(leastNs, restedNs());
        }
        assertTrue(leastNs < LONG_NS, leastNs + " ns");
    }

    @Test
    void shouldRestLongerAndLongerUntilThereWasWork()
    {
        tire();
        long mostNs = 0;
        for (int i = 0; i < 20; i++)
        {
            mostNs = Math.max(mostNs, restedNs());
        }
        assertTrue(mostNs >= LONG_NS, mostNs + " ns");
        long leastNs = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++)
        {
            rest.idle(1);
            leastNs = Math.min(leastNs, restedNs());
        }
        assertTrue(leastNs < LONG_NS, leastNs + " ns");
    }

    @Test
    void shouldBeWokenByAnotherThread() throws InterruptedException
    {
        tire();
        final CountDownLatch done = new CountDownLatch(1);
        long leastNs = Long.MAX_VALUE;
        final Thread waker = new Thread(() ->
        {
            while (done.getCount() > 0)
            {
                rest.end();
                Thread.onSpinWait();
            }
        });
        waker.start();
        for (int i = 0; i < 50; i++)
        {
            leastNs = Math.min(leastNs, restedNs());
        }
        done.countDown();
        waker.join();
        assertTrue(leastNs < LONG_NS, leastNs + " ns");
    }
}
