package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.config.Knob;
import io.heartwheel.host.Log;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.support.RecordingListener;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The rehearsal runs on real sockets and in real time, as that is what it is for.
 */
class RehearsalTest
{
    /** Far more than it takes, for a machine that is busy: it ends by its number of connections. */
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final Logger logger = Logger.getLogger("io.heartwheel");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler()
    {
        @Override
        public void publish(final LogRecord line)
        {
            lines.add(line.getMessage());
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
    private final RecordingListener listener = new RecordingListener();

    @BeforeEach
    void listen()
    {
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening()
    {
        logger.removeHandler(handler);
    }

    private ServerContext context(final long rehearsalNs)
    {
        return new ServerContext().bindAddress(new InetSocketAddress("127.0.0.1", 0)).listener(listener)
            .rehearsalNs(rehearsalNs);
    }

    @Test
    void shouldPlayEveryPart() throws IOException
    {
        try (Rehearsal rehearsal = new Rehearsal(LIMIT_NS))
        {
            rehearsal.play();
            final ReactorMetrics metrics = rehearsal.reactor.metrics();
            final long peers = metrics.count(Counter.OPENED);
            // The last may have gone after the last look.
            for (int i = 0; i < 100 && metrics.count(Counter.CLOSED) < peers; i++)
            {
                rehearsal.reactor.doWork();
            }

            assertTrue(peers >= 1_000, "opened: " + peers);
            assertEquals(peers, metrics.count(Counter.CLOSED));
            for (final CloseReason reason : List.of(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET,
                CloseReason.PEER_LEFT, CloseReason.PEER_SILENT, CloseReason.LOCAL_CLOSE))
            {
                final long count = metrics.closedCount(reason.ordinal());
                assertTrue(count >= peers / 10, reason + ": " + count + " of " + peers);
            }
            assertTrue(metrics.count(Counter.MESSAGES) >= peers, "messages");
            assertTrue(metrics.count(Counter.ANSWERS) >= peers, "answers");
            assertEquals(0, metrics.count(Counter.LISTENER_FAILURES));
        }
    }

    @Test
    void shouldEndWhenItsTimeIsOver()
    {
        final long startNs = System.nanoTime();
        Rehearsal.run(TimeUnit.MILLISECONDS.toNanos(50));
        final long tookNs = System.nanoTime() - startNs;
        assertTrue(tookNs < LIMIT_NS / 6, tookNs + " ns");
    }

    @Test
    void shouldShowNothingOfItself(@TempDir final Path folder) throws Exception
    {
        final Path file = folder.resolve("rehearsal.jfr");
        try (Recording recording = new Recording())
        {
            Stream.of("ConnectionOpened", "ConnectionLost", "Stall", "CutOff")
                .forEach((name) -> recording.enable("io.heartwheel." + name));
            recording.start();
            try (HeartbeatServer server = new HeartbeatServer(context(LIMIT_NS)))
            {
                for (final Counter counter : List.of(Counter.OPENED, Counter.CLOSED, Counter.CYCLES, Counter.HEARD))
                {
                    assertEquals(0, server.metrics().count(counter), counter.name());
                }
                assertEquals(0, server.metrics().histogram(Measure.LATENESS).getTotalCount());
                assertEquals(0, server.refusals().size());
            }
            recording.stop();
            recording.dump(file);
        }
        Log.awaitWritten();
        assertEquals(0, listener.opened().size() + listener.closed().size());
        assertEquals(List.of(), lines);
        assertEquals(List.of(), RecordingFile.readAllEvents(file).stream()
            .map(RecordedEvent::getEventType).filter((type) -> type.getName().startsWith("io.heartwheel.")).toList());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldLeaveNoDescriptorOpen() throws IOException
    {
        Rehearsal.run(TimeUnit.MILLISECONDS.toNanos(20));
        final long before = sockets();
        Rehearsal.run(TimeUnit.MILLISECONDS.toNanos(200));
        assertEquals(before, sockets());
    }

    private static long sockets() throws IOException
    {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd")))
        {
            return descriptors.filter(RehearsalTest::isSocketOrSelector).count();
        }
    }

    private static boolean isSocketOrSelector(final Path descriptor)
    {
        try
        {
            return Files.readSymbolicLink(descriptor).toString().matches("socket:.*|.*eventpoll.*|.*eventfd.*");
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    @Test
    void shouldStartWithoutItIfItFails() throws Exception
    {
        final ServerContext ctx = context(LIMIT_NS);
        System.setProperty(Knob.SNDBUF.propertyName(), "nonsense");
        try (HeartbeatServer server = new HeartbeatServer(ctx))
        {
            assertTrue(server.localAddress().getPort() > 0);
        }
        finally
        {
            System.clearProperty(Knob.SNDBUF.propertyName());
        }
        Log.awaitWritten();
        assertEquals(List.of("starts without its rehearsal: {0}"), lines);
    }

    @Test
    void shouldLeaveAnInterruptedThreadAlone() throws Exception
    {
        Thread.currentThread().interrupt();
        Rehearsal.run(LIMIT_NS);
        assertTrue(Thread.interrupted(), "still interrupted");
        Log.awaitWritten();
        assertEquals(List.of(), lines);
    }

    @Test
    void shouldRehearseOnlyWhereItIsAskedFor()
    {
        assertEquals(0, new ServerContext().rehearsalNs());
    }
}
