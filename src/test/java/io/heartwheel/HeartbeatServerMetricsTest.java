package io.heartwheel;

import io.heartwheel.config.Configuration;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The metrics of a server and the views of its connections, with real sockets and virtual time.
 */
class HeartbeatServerMetricsTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Cadence CADENCE = new Cadence(3 * SECOND_NS, SECOND_NS, 2);

    private final RecordingListener listener = new RecordingListener();
    private final InvokedServer server = new InvokedServer(new ServerContext()
        .cadence(CADENCE).listener(listener).lingerNs(0).acceptLimit(2));

    @AfterEach
    void after()
    {
        server.close();
        assertEquals(List.of(), server.errors);
    }

    private TestPeer connect() throws IOException
    {
        final int before = listener.opened().size();
        final TestPeer peer = server.connect();
        server.awaitTrue(() -> listener.opened().size() > before);
        return peer;
    }

    private void send(final TestPeer peer, final int type, final int token, final byte... payload) throws IOException
    {
        final long reads = server.reads();
        peer.send(type, token, payload);
        server.awaitRead(reads);
    }

    private long count(final Counter counter)
    {
        return server.server.metrics().count(counter);
    }

    private List<ConnectionView> views()
    {
        final CompletableFuture<List<ConnectionView>> answer = server.server.connections();
        server.awaitTrue(answer::isDone);
        return answer.join();
    }

    @Test
    void shouldCountFramesAndBytesEachWay() throws IOException
    {
        try (TestPeer peer = connect())
        {
            server.doWork();
            final long framesOut = count(Counter.FRAMES_OUT);
            final long bytesOut = count(Counter.BYTES_OUT);
            assertTrue(framesOut >= 1, "HELLO, and a PING if its phase is 0");
            send(peer, Frame.PING, 1);
            send(peer, Frame.DATA, 0, (byte)1, (byte)2);
            listener.opened().get(0).send(ByteBuffer.allocate(3));

            assertEquals(2, count(Counter.FRAMES_IN));
            assertEquals(4 + 4 + 2, count(Counter.BYTES_IN));
            assertEquals(2, count(Counter.FRAMES_OUT) - framesOut, "PONG, DATA");
            assertEquals(4 + 4 + 3, count(Counter.BYTES_OUT) - bytesOut);
        }
    }

    @Test
    void shouldMeasureHowMuchOfItsTimeAPeerUsed() throws IOException
    {
        try (TestPeer peer = connect())
        {
            server.advance(4 * SECOND_NS);
            send(peer, Frame.PING, 1);

            final long margin = server.server.metrics().histogram(Measure.MARGIN).getMaxValue();
            assertEquals(800, margin, 10, "4 of 5 s");
        }
    }

    @Test
    void shouldCountTheDeadlinesOnItsWheel() throws IOException
    {
        try (TestPeer one = connect(); TestPeer two = connect())
        {
            server.doWork();
            assertEquals(2, count(Counter.DEADLINES));
            one.reset();
            server.awaitTrue(() -> 1 == listener.closed().size());
            server.doWork();
            assertEquals(1, count(Counter.DEADLINES), two::toString);
        }
    }

    @Test
    void shouldCountStepsThatWereCutOff() throws IOException
    {
        final List<TestPeer> peers = new ArrayList<>();
        for (int i = 0; i < 5; i++)
        {
            peers.add(server.connect());
        }
        server.awaitTrue(() -> 5 == listener.opened().size());
        assertTrue(count(Counter.CUT_OFFS) >= 2, "two at a time");
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
    }

    @Test
    void shouldShowHowEachConnectionStands() throws IOException
    {
        try (TestPeer quiet = connect())
        {
            server.advance(SECOND_NS);
            try (TestPeer young = connect())
            {
                server.advance(SECOND_NS / 2);
                final List<ConnectionView> views = views();
                assertEquals(2, views.size());

                final ConnectionView view = views.get(0);
                assertEquals(listener.opened().get(0).id(), view.id());
                assertEquals(quiet.localPort(), view.remoteAddress().getPort());
                assertEquals(ConnectionView.State.OPEN, view.state());
                assertEquals(CADENCE, view.cadence());
                assertEquals(3 * SECOND_NS / 2, view.ageNs());
                assertEquals(3 * SECOND_NS / 2, view.silenceNs());
                assertEquals(-1, view.roundTripNs());
                assertEquals(0, view.unsentBytes());
                assertEquals(young.localPort(), views.get(1).remoteAddress().getPort());
                assertEquals(SECOND_NS / 2, views.get(1).silenceNs());
            }
        }
    }

    @Test
    void shouldLookAtABoundedNumberOfConnectionsPerCycle() throws IOException
    {
        final int size = Insides.CONNECTIONS_PER_LOOK + 1;
        final List<TestPeer> peers = new ArrayList<>();
        for (int i = 0; i < size; i++)
        {
            peers.add(server.connect());
        }
        server.awaitTrue(() -> size == listener.opened().size());

        final CompletableFuture<List<ConnectionView>> first = server.server.connections();
        final CompletableFuture<List<ConnectionView>> second = server.server.connections();
        server.doWork();
        assertFalse(first.isDone());
        server.doWork();
        assertEquals(size, first.join().size());
        assertEquals(size, second.join().size(), "asked before the look began");
        assertThrows(UnsupportedOperationException.class, () -> first.join().clear());
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
    }

    @Test
    void shouldSayThatItIsClosedInsteadOfShowingConnections()
    {
        final CompletableFuture<List<ConnectionView>> early = server.server.connections();
        server.close();
        final CompletableFuture<List<ConnectionView>> late = server.server.connections();

        for (final CompletableFuture<List<ConnectionView>> each : List.of(early, late))
        {
            assertTrue(each.isDone());
            if (each.isCompletedExceptionally())
            {
                assertInstanceOf(IllegalStateException.class,
                    assertThrows(ExecutionException.class, each::get).getCause());
            }
        }
        assertTrue(late.isCompletedExceptionally());
    }

    @Test
    void shouldTellTheFlightRecorderWhatHappens(@TempDir final Path folder) throws IOException
    {
        final Path file = folder.resolve("heartwheel.jfr");
        try (Recording recording = new Recording())
        {
            for (final String name : List.of("ConnectionOpened", "ConnectionLost", "Stall", "CutOff"))
            {
                recording.enable("io.heartwheel." + name);
            }
            recording.start();
            try (TestPeer peer = server.connect(); TestPeer other = server.connect(); TestPeer third = server.connect())
            {
                server.awaitTrue(() -> 3 == listener.opened().size());
                server.advance(SECOND_NS);
                server.clock.advance(7 * SECOND_NS);
                server.doWork();
                server.advance(6 * SECOND_NS);
                assertEquals(3, listener.closed().size(), () -> peer + " " + other + " " + third);
            }
            recording.stop();
            recording.dump(file);
        }

        final List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        final RecordedEvent opened = first(events, "ConnectionOpened", (event) -> true);
        final Connection connection = listener.opened().get(0);
        assertEquals(connection.id(), opened.getLong("id"));
        assertEquals(Configuration.addressText(connection.remoteAddress()), opened.getString("address"));

        final RecordedEvent lost = first(events, "ConnectionLost", (event) -> connection.id() == event.getLong("id"));
        assertEquals("PEER_SILENT", lost.getString("reason"));
        assertTrue(lost.getString("detail").startsWith("silent for "), lost.getString("detail"));
        assertTrue(lost.getDuration("silence").compareTo(Duration.ofSeconds(5)) >= 0, lost::toString);

        final RecordedEvent cutOff = first(events, "CutOff", (event) -> true);
        assertEquals("accepts", cutOff.getString("step"));
        assertEquals(2, cutOff.getInt("limit"));

        final RecordedEvent stall = first(events, "Stall", (event) -> true);
        assertTrue(stall.getDuration("length").compareTo(Duration.ofSeconds(6)) > 0, stall::toString);
    }

    private static RecordedEvent first(
        final List<RecordedEvent> events, final String name, final Predicate<RecordedEvent> isIt)
    {
        return events.stream()
            .filter((event) -> event.getEventType().getName().equals("io.heartwheel." + name)).filter(isIt)
            .findFirst().orElseThrow(() -> new AssertionError("no " + name + " in " + events));
    }
}
