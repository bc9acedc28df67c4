package io.heartwheel.cli;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.config.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A fleet whose clients all lose their server at one moment does not come back at one moment.
 */
class FleetReturnIT
{
    private static final int CLIENTS = 5_000;
    /** Half of the default, which would take that much longer. */
    private static final long SPREAD_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long WINDOW_MS = 100;
    private static final double LARGEST_SHARE = 0.05;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(40);

    /**
     * Counts the connections, and notes when each came.
     */
    private static final class Arrivals implements LinkListener
    {
        final AtomicInteger open = new AtomicInteger();
        final ConcurrentLinkedQueue<Long> timesNs = new ConcurrentLinkedQueue<>();

        @Override
        public void onOpen(final Connection connection)
        {
            open.incrementAndGet();
            timesNs.add(System.nanoTime());
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            open.decrementAndGet();
        }

        @Override
        public void onReconnecting(final Link link, final int attempt, final long delayNs)
        {
        }

        void awaitOpen(final int count) throws InterruptedException
        {
            final long startNs = System.nanoTime();
            while (open.get() != count)
            {
                assertTrue(System.nanoTime() - startNs < PATIENCE_NS, () -> open + " open, not " + count);
                Thread.sleep(10);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldComeBackSpreadOverTime(final boolean isGoodbyeSaid) throws IOException, InterruptedException
    {
        final Arrivals arrivals = new Arrivals();
        try (HeartbeatClient client = HeartbeatClient.launch(
            new ClientContext().listener(arrivals).reconnectSpreadNs(SPREAD_NS)))
        {
            final InetSocketAddress address;
            try (Jar server = Jar.run("-Dheartwheel.bind=127.0.0.1:0", "serve"))
            {
                address = Configuration.parseAddress(
                    server.readLine("listening on ").substring("listening on ".length()));
                for (int i = 0; i < CLIENTS; i++)
                {
                    client.connect(address);
                }
                arrivals.awaitOpen(CLIENTS);
                arrivals.timesNs.clear();
                if (isGoodbyeSaid)
                {
                    server.terminate();
                    assertEquals(0, server.exitCode());
                }
            }
            try (Jar server = Jar.run("-Dheartwheel.bind=127.0.0.1:" + address.getPort(), "serve"))
            {
                server.readLine("listening on ");
                arrivals.awaitOpen(CLIENTS);
            }
        }

        final int[] histogram = histogram(arrivals);
        print(isGoodbyeSaid ? "after BYE" : "after a kill", histogram);
        // Three windows together, as a hiccup of the machine moves arrivals from one into the next.
        for (int window = 1; window + 2 < histogram.length; window++)
        {
            final int arrived = histogram[window] + histogram[window + 1] + histogram[window + 2];
            assertTrue(arrived <= 3 * CLIENTS * LARGEST_SHARE, arrived + " in three windows from " + window);
        }
    }

    private static int[] histogram(final Arrivals arrivals)
    {
        final long firstNs = arrivals.timesNs.peek();
        final long[] timesMs = arrivals.timesNs.stream().mapToLong(ns -> (ns - firstNs) / 1_000_000).toArray();
        final int[] histogram = new int[(int)(timesMs[timesMs.length - 1] / WINDOW_MS) + 1];
        for (final long ms : timesMs)
        {
            ++histogram[(int)(ms / WINDOW_MS)];
        }
        return histogram;
    }

    private static void print(final String title, final int[] histogram)
    {
        System.out.println(CLIENTS + " clients return " + title + ", arrivals per " + WINDOW_MS + " ms:");
        for (int window = 0; window < histogram.length; window++)
        {
            System.out.printf("%6d ms %5d %s%n", window * WINDOW_MS, histogram[window],
                "#".repeat(histogram[window] / 5));
        }
    }

    @Test
    void shouldCountNoWindowTwice()
    {
        final Arrivals arrivals = new Arrivals();
        arrivals.timesNs.add(0L);
        arrivals.timesNs.add(99_999_999L);
        arrivals.timesNs.add(100_000_000L);
        final int[] histogram = histogram(arrivals);
        assertEquals(2, histogram[0]);
        assertEquals(1, histogram[1]);
    }
}
