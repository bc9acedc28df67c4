package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Several reactors behind one face.
 */
class ReactorsTest extends ReactorsRig
{
    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldShowAllConnectionsOfAllReactorsBehindOneFace(final AcceptSockets sockets) throws Exception
    {
        launch(context(3).acceptSockets(sockets));
        connect(60);

        final List<ConnectionView> views = server.connections().get(5, TimeUnit.SECONDS);
        assertEquals(60, views.size());
        final Set<Long> ids = new HashSet<>();
        final int[] byReactor = new int[3];
        views.forEach((view) ->
        {
            assertTrue(ids.add(view.id()), "the id was another's");
            ++byReactor[view.reactor()];
        });
        assertEquals(3, server.reactors());
        assertEquals(60, server.metrics().openCount());
        for (int i = 0; i < 3; i++)
        {
            assertEquals(byReactor[i], server.metrics(i).openCount());
        }
        if (AcceptSockets.ONE == sockets)
        {
            assertEquals(List.of(20, 20, 20), List.of(byReactor[0], byReactor[1], byReactor[2]));
        }
        assertTrue(server.socketsText().startsWith("3 reactors, "), server.socketsText());
        assertTrue(
            server.socketsText().contains(AcceptSockets.ONE == sockets ? "accept.sockets=one" : "SO_REUSEPORT"),
            server.socketsText());
    }

    @Test
    void shouldTellEachConnectionByOneThreadAlone() throws IOException
    {
        final Set<String> threads = ConcurrentHashMap.newKeySet();
        launch(context(2).acceptSockets(AcceptSockets.ONE).listener(new RecordingListener()
        {
            @Override
            public void onOpen(final Connection connection)
            {
                threads.add(connection.reactor() + " " + Thread.currentThread().getName());
                listener.onOpen(connection);
            }

            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                threads.add(connection.reactor() + " " + Thread.currentThread().getName());
                listener.onMessage(connection, payload);
            }

            @Override
            public void onClosed(final Connection connection, final CloseReason reason)
            {
                threads.add(connection.reactor() + " " + Thread.currentThread().getName());
                listener.onClosed(connection, reason);
            }
        }));
        connect(10);
        for (final TestPeer peer : peers)
        {
            peer.send(Frame.DATA, 0, (byte)'a');
        }
        awaitTrue(() -> 10 == listener.messages().size());
        server.close();
        assertEquals(Set.of("0 heartwheel-server-0", "1 heartwheel-server-1"), threads);
    }

    @Test
    void shouldHaveAReactorForEachCore()
    {
        System.setProperty("heartwheel.reactors", "auto");
        try
        {
            launch(new ServerContext().bindAddress(new InetSocketAddress("127.0.0.1", 0)).listener(listener));
        }
        finally
        {
            System.clearProperty("heartwheel.reactors");
        }
        assertEquals(Math.min(64, Runtime.getRuntime().availableProcessors()), server.reactors());
    }

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldSetTcpKeepAliveOfTheConnectionsOfAllReactors(final AcceptSockets sockets) throws IOException
    {
        final Cadence kernel = new Cadence(TimeUnit.SECONDS.toNanos(40), TimeUnit.SECONDS.toNanos(5), 3);
        launch(context(2).acceptSockets(sockets).tcpKeepAlive(kernel));
        connect(20);
        assertEquals(kernel, server.tcpKeepAlive());
        assertEquals(2, listener.opened().stream().mapToInt(Connection::reactor).distinct().count());
        listener.opened().forEach((each) -> assertEquals(kernel, each.tcpKeepAlive()));
    }

    @Test
    void shouldMakeAListenerForEachReactor() throws IOException
    {
        final List<RecordingListener> made = new ArrayList<>();
        launch(context(2).acceptSockets(AcceptSockets.ONE).listenerFactory((reactor) ->
        {
            assertEquals(made.size(), reactor);
            made.add(new RecordingListener());
            return made.get(reactor);
        }));
        for (int i = 0; i < 8; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
            peers.get(i).read();
        }
        awaitTrue(() -> 4 == made.get(0).opened().size() && 4 == made.get(1).opened().size());
        server.close();
        for (int i = 0; i < 2; i++)
        {
            final int reactor = i;
            assertTrue(made.get(i).opened().stream().allMatch((each) -> reactor == each.reactor()));
            assertEquals(4, made.get(i).closed().size());
        }
        assertThrows(ConfigurationException.class, () -> new HeartbeatServer(
            new ServerContext().bindAddress(new InetSocketAddress("127.0.0.1", 0)).listenerFactory((any) -> null)));
    }

    @Test
    void shouldSendToAndCloseAConnectionOfAnotherReactorFromACallback() throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).listener(new RecordingListener()
        {
            @Override
            public void onOpen(final Connection connection)
            {
                listener.onOpen(connection);
            }

            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                final Connection other = connectionOf(1 - connection.reactor());
                assertEquals(SendResult.ACCEPTED, other.send(payload));
                other.close();
            }

            @Override
            public void onClosed(final Connection connection, final CloseReason reason)
            {
                listener.onClosed(connection, reason);
            }
        }));
        connect(2);
        final Connection to = connectionOf(1);
        peerOf(connectionOf(0)).send(Frame.DATA, 0, "across".getBytes(StandardCharsets.US_ASCII));

        assertEquals("across", peerOf(to).read(Frame.DATA).text());
        assertEquals(CloseReason.LOCAL_CLOSE.code(), peerOf(to).read(Frame.BYE).byeReason());
        peerOf(to).close();
        awaitTrue(() -> 1 == listener.closed().size());
        assertSame(to, listener.closed().get(0).connection());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldNotLetAStallOfOneReactorTouchTheOthers() throws Exception
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).stallNs(200_000_000).listener(blocking(1_500))
            .cadence(new Cadence(400_000_000, 200_000_000, 2)));
        connect(8);
        peerOf(connectionOf(0)).send(Frame.DATA, 0, (byte)'a');
        final long endNs = System.nanoTime() + 2_500_000_000L;
        while (System.nanoTime() - endNs < 0)
        {
            for (final TestPeer peer : peers)
            {
                peer.send(Frame.PING, 1);
            }
            sleep(100);
        }
        assertEquals(List.of(), listener.closed());
        assertEquals(1, server.metrics(0).count(Counter.STALLS));
        assertEquals(0, server.metrics(1).count(Counter.STALLS));
        assertTrue(server.metrics().count(Counter.LONGEST_STALL_NS) >= 1_000_000_000L);
    }

    @Test
    void shouldNameTheReactorInTheFlightRecorder(@TempDir final Path folder) throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).stallNs(1_000_000_000).listener(blocking(1_500)));
        final Path file = folder.resolve("reactors.jfr");
        try (Recording recording = new Recording())
        {
            List.of("ConnectionOpened", "ConnectionLost", "Stall")
                .forEach((name) -> recording.enable("io.heartwheel." + name));
            recording.start();
            connect(4);
            peerOf(connectionOf(1)).send(Frame.DATA, 0, (byte)'a');
            awaitTrue(() -> 1 == server.metrics(1).count(Counter.STALLS));
            peerOf(connectionOf(0)).reset();
            awaitTrue(() -> 1 == listener.closed().size());
            recording.stop();
            recording.dump(file);
        }
        final List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertEquals(List.of(1), reactorsOf(events, "Stall"));
        assertEquals(List.of(0), reactorsOf(events, "ConnectionLost"));
        assertEquals(List.of(0, 0, 1, 1), reactorsOf(events, "ConnectionOpened"));
    }

    private static List<Integer> reactorsOf(final List<RecordedEvent> events, final String name)
    {
        return events.stream().filter((event) -> event.getEventType().getName().equals("io.heartwheel." + name))
            .map((event) -> event.getInt("reactor")).sorted().toList();
    }

    @Test
    void shouldSpreadLinksOverTheReactorsOfAClient() throws Exception
    {
        launch(context(1));
        final Set<Integer> reactors = ConcurrentHashMap.newKeySet();
        final Set<Long> ids = ConcurrentHashMap.newKeySet();
        final LinkListener links = new LinkListener()
        {
            @Override
            public void onOpen(final Connection connection)
            {
                assertTrue(Thread.currentThread().getName().endsWith("-" + connection.reactor()));
                reactors.add(connection.reactor());
                ids.add(connection.id());
            }

            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
            }

            @Override
            public void onClosed(final Connection connection, final CloseReason reason)
            {
            }

            @Override
            public void onReconnecting(final Link link, final int attempt, final long delayNs)
            {
            }
        };
        try (HeartbeatClient client = HeartbeatClient.launch(new ClientContext().reactors(3).listener(links)))
        {
            for (int i = 0; i < 9; i++)
            {
                client.connect(server.localAddress());
            }
            awaitTrue(() -> 9 == ids.size());
            assertEquals(Set.of(0, 1, 2), reactors);
            for (int i = 0; i < 3; i++)
            {
                final int reactor = i;
                awaitTrue(() -> 3 == client.metrics(reactor).openCount());
            }
            assertEquals(9, client.connections().get(5, TimeUnit.SECONDS).size());
        }
        awaitTrue(() -> 9 == listener.closed().size());
    }
}
