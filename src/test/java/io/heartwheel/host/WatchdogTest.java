package io.heartwheel.host;

import io.heartwheel.Connection;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WatchdogTest
{
    private static final long PATIENCE_NS = 1_000_000_000;
    private static final long MS_NS = 1_000_000;

    private final AtomicLong cycles = new AtomicLong();
    private final Watchdog watchdog = new Watchdog(System::nanoTime, cycles::get, PATIENCE_NS);

    @Test
    void shouldTellOnceOfACycleThatTakesTooLong()
    {
        assertEquals(0, watchdog.look(0));
        assertEquals(0, watchdog.look(500 * MS_NS));
        assertEquals(0, watchdog.look(999 * MS_NS));
        assertEquals(PATIENCE_NS, watchdog.look(1_000 * MS_NS));
        assertEquals(0, watchdog.look(1_500 * MS_NS));
    }

    @Test
    void shouldTellAgainOfTheNext()
    {
        watchdog.look(0);
        watchdog.look(1_000 * MS_NS);
        cycles.incrementAndGet();
        assertEquals(0, watchdog.look(1_500 * MS_NS));
        assertEquals(0, watchdog.look(2_400 * MS_NS));
        assertEquals(PATIENCE_NS, watchdog.look(2_500 * MS_NS));
    }

    @Test
    void shouldSayNothingWhileTheCycleTurns()
    {
        for (int i = 0; i < 100; i++)
        {
            cycles.incrementAndGet();
            assertEquals(0, watchdog.look(i * 900 * MS_NS));
        }
    }

    @Test
    void shouldNotTakeAPauseOfAllForOneOfTheReactor()
    {
        watchdog.look(0);
        assertEquals(0, watchdog.look(5_000 * MS_NS));
        assertEquals(0, watchdog.look(5_900 * MS_NS));
        assertEquals(PATIENCE_NS, watchdog.look(6_000 * MS_NS));
    }

    /** {@code watchdog=1ns park.max=0ns}: a wait of a quarter of that is none. */
    @Test
    void shouldNotSpinHoweverImpatient()
    {
        final Watchdog impatient = new Watchdog(System::nanoTime, cycles::get, 1);
        assertEquals(10 * MS_NS, impatient.periodNs());
        assertEquals(0, impatient.look(0));
        assertEquals(0, impatient.look(40 * MS_NS - 1));
        assertEquals(40 * MS_NS, impatient.look(40 * MS_NS));
    }

    /**
     * From outside: a listener that blocks is named, and its peers are not blamed.
     */
    @Test
    void shouldNameTheListenerThatBlocks() throws Exception
    {
        final List<String> lines = new CopyOnWriteArrayList<>();
        final Handler handler = new Handler()
        {
            @Override
            public void publish(final LogRecord logRecord)
            {
                lines.add(new SimpleFormatter().formatMessage(logRecord));
            }

            @Override
            public void flush()
            {
            }

            @Override
            public void close()
            {
            }
        };
        final Logger logger = Logger.getLogger("io.heartwheel");
        final Level levelBefore = logger.getLevel();
        logger.setLevel(Level.WARNING);
        logger.addHandler(handler);
        final CountDownLatch told = new CountDownLatch(1);
        final Blocking listener = new Blocking(told);
        try (HeartbeatServer server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .maxParkNs(TimeUnit.MILLISECONDS.toNanos(50))
            .watchdogNs(TimeUnit.MILLISECONDS.toNanos(200))
            .listener(listener));
            TestPeer peer = new TestPeer(server.localAddress()))
        {
            peer.send(Frame.DATA, 0, (byte)'x');
            for (int i = 0; i < 400 && lines.stream().noneMatch((line) -> line.contains("has not come round")); i++)
            {
                Thread.sleep(25);
            }
            told.countDown();
            peer.send(Frame.PING, 3);
            assertEquals(3, peer.read(Frame.PONG).token());
            final String line = lines.stream().filter((each) -> each.contains("has not come round")).findFirst()
                .orElseThrow(() -> new AssertionError(lines.toString()));
            assertTrue(line.startsWith("heartwheel-server has not come round for "), line);
            assertTrue(line.contains(Blocking.class.getName() + ".onMessage:"), line);
            assertEquals(List.of(), listener.closed());
        }
        finally
        {
            told.countDown();
            logger.removeHandler(handler);
            logger.setLevel(levelBefore);
        }
    }

    private static final class Blocking extends RecordingListener
    {
        private final CountDownLatch latch;

        Blocking(final CountDownLatch latch)
        {
            this.latch = latch;
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            try
            {
                latch.await(20, TimeUnit.SECONDS);
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
        }
    }
}
