package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingLinkListener.Reconnect;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.TestPeer.Received;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The behaviour of the client, frame by frame, with real sockets and virtual time.
 */
class HeartbeatClientTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Cadence CADENCE = new Cadence(3 * SECOND_NS, SECOND_NS, 2);

    private final RecordingLinkListener listener = new RecordingLinkListener();
    private ServerSocket serverSocket;
    private int acceptedCount;
    private InvokedClient client;

    @BeforeEach
    void before() throws IOException
    {
        serverSocket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        client = new InvokedClient(context());
    }

    @AfterEach
    void after() throws IOException
    {
        client.close();
        serverSocket.close();
        assertEquals(List.of(), client.errors);
        assertEquals(listener.opened().size(), listener.closed().size(), "each is closed exactly once");
    }

    private ClientContext context()
    {
        return new ClientContext().cadence(CADENCE).listener(listener).lingerNs(0)
            .minReconnectNs(2 * SECOND_NS);
    }

    private InetSocketAddress address()
    {
        return new InetSocketAddress("127.0.0.1", serverSocket.getLocalPort());
    }

    private TestPeer accept() throws IOException
    {
        final int count = ++acceptedCount;
        client.awaitTrue(() -> listener.opened().size() == count);
        return new TestPeer(serverSocket.accept());
    }

    private Connection connection()
    {
        return listener.opened().get(listener.opened().size() - 1);
    }

    @Test
    void shouldProbeASilentServerDeclareItGoneAndComeBack() throws IOException
    {
        final Link link = client.client.connect(address());
        try (TestPeer peer = accept())
        {
            assertSame(link, connection().link());
            assertSame(connection(), link.connection());
            client.advance(CADENCE.detectionNs());
            assertEquals(List.of(), listener.closed());
            client.advance(SECOND_NS / 100);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
            assertEquals(Frame.PING, peer.read(Frame.PING).type());
        }
        assertEquals(1, listener.reconnects().size());
        final Reconnect reconnect = listener.reconnects().get(0);
        assertEquals(1, reconnect.attempt());
        assertTrue(reconnect.delayNs() <= 2 * SECOND_NS, reconnect::toString);
        client.advance(reconnect.delayNs() + SECOND_NS / 100);
        try (TestPeer peer = accept())
        {
            assertTrue(peer.localPort() > 0);
            assertSame(link, connection().link());
        }
    }

    @Test
    void shouldAnswerTheServersProbeAndExchangeMessages() throws IOException
    {
        client.client.connect(address());
        try (TestPeer peer = accept())
        {
            final long reads = client.reads();
            peer.send(Frame.PING, 42).send(Frame.DATA, 0, (byte)'a');
            client.awaitRead(reads);
            assertEquals(42, peer.read(Frame.PONG).token());
            client.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(SendResult.ACCEPTED, connection().send(ByteBuffer.wrap(new byte[] {'b'})));
            assertEquals("b", peer.read(Frame.DATA).text());
        }
    }

    @Test
    void shouldSpeakThreeTimesInTheDetectionTimeOfAServerThatOnlyListens() throws IOException
    {
        client.client.connect(address());
        try (TestPeer peer = accept())
        {
            final long reads = client.reads();
            peer.send(new Hello(0, 900, 0));
            client.awaitRead(reads);
            // It hears the server all the time, and so has no reason of its own to ask.
            for (int i = 0; i < 30; i++)
            {
                final long readsBefore = client.reads();
                peer.send(Frame.DATA, 0, (byte)i);
                client.awaitRead(readsBefore);
                client.advance(SECOND_NS / 10);
            }
            // No server was silent: the one probe is the one that sets the phase.
            assertEquals(1, client.client.metrics().count(Counter.PROBES));
            assertEquals(1, listener.probes());
            final long spoken = client.client.metrics().count(Counter.FRAMES_OUT);
            assertTrue(spoken >= 9 && spoken <= 12, spoken + " PINGs in 3 s, 3 in each 0.9 s expected");
            final TestPeer.Received ping = peer.read();
            assertEquals(Frame.PING, ping.type());
        }
    }

    @Test
    void shouldNotTakeForAFloodThatItsServerProbesAsItTold() throws IOException
    {
        client.close();
        client = new InvokedClient(context().rateBurstNs(SECOND_NS));
        client.client.connect(address());
        try (TestPeer peer = accept())
        {
            peer.send(new Hello(4, 50, 50));
            for (int i = 0; i < 60; i++)
            {
                final long reads = client.reads();
                peer.send(Frame.PING, i);
                client.awaitRead(reads);
                client.advance(SECOND_NS / 20);
            }
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldSpeakAtOnceAfterItsOwnStall() throws IOException
    {
        client.client.connect(address());
        try (TestPeer peer = accept())
        {
            final long reads = client.reads();
            peer.send(new Hello(0, 60_000, 0));
            client.awaitRead(reads);
            final long before = client.client.metrics().count(Counter.FRAMES_OUT);
            client.clock.advance(30 * SECOND_NS);
            client.doWork();
            client.advance(SECOND_NS / 100);
            assertTrue(client.client.metrics().count(Counter.FRAMES_OUT) > before);
        }
    }

    @Test
    void shouldAskForItsOwnCadenceOnEachConnection() throws IOException
    {
        final Cadence asked = new Cadence(7 * SECOND_NS, SECOND_NS, 5);
        client.client.connect(address()).askFor(asked);
        for (int i = 0; i < 2; i++)
        {
            try (TestPeer peer = accept())
            {
                final Received hello = peer.read();
                assertEquals(Frame.HELLO, hello.type());
                assertEquals(new Hello(5, 7_000, 1_000), hello.hello());
            }
            final int closed = i + 1;
            client.awaitTrue(() -> closed == listener.closed().size());
            client.advance(4 * SECOND_NS);
        }
        client.awaitTrue(() -> 3 == listener.opened().size());
    }

    @Test
    void shouldTryAddressesInTurnWithGrowingRandomDelays() throws IOException
    {
        serverSocket.close();
        final InetSocketAddress other = new InetSocketAddress("127.0.0.2", address().getPort());
        client.close();
        client = new InvokedClient(context().maxReconnectNs(8 * SECOND_NS).reconnectLimit(40));
        final Link link = client.client.connect(address(), other);
        for (int seconds = 0; seconds < 400 && listener.givenUp().isEmpty(); seconds++)
        {
            client.advance(SECOND_NS);
            client.doWork();
        }

        assertEquals(List.of(link), listener.givenUp());
        final List<Reconnect> reconnects = listener.reconnects();
        assertEquals(40, reconnects.size());
        for (int i = 0; i < reconnects.size(); i++)
        {
            final Reconnect reconnect = reconnects.get(i);
            assertEquals(i + 1, reconnect.attempt());
            assertTrue(reconnect.failure().startsWith(0 == i % 2 ? "127.0.0.1:" : "127.0.0.2:"), reconnect::toString);
            assertTrue(reconnect.failure().endsWith(": Connection refused"), reconnect::toString);
            assertTrue(reconnect.delayNs() <= Math.min(8, 2L << Math.min(i, 10)) * SECOND_NS, reconnect::toString);
        }
        assertTrue(reconnects.stream().skip(3).anyMatch(r -> r.delayNs() > 6 * SECOND_NS), "delays grow");
        assertTrue(reconnects.stream().skip(3).anyMatch(r -> r.delayNs() < 2 * SECOND_NS), "delays stay random");
    }

    @Test
    void shouldForgetFailuresOnlyAfterAStableDetectionTime() throws IOException
    {
        client.client.connect(address());
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            try (TestPeer peer = accept())
            {
                peer.reset();
            }
            final int reconnects = attempt;
            client.awaitTrue(() -> reconnects == listener.reconnects().size());
            assertEquals(attempt, listener.reconnects().get(attempt - 1).attempt());
            client.advance(listener.reconnects().get(attempt - 1).delayNs() + SECOND_NS / 100);
        }
        try (TestPeer peer = accept())
        {
            for (int i = 0; i < 6; i++)
            {
                final long reads = client.reads();
                peer.send(Frame.PONG, 0);
                client.awaitRead(reads);
                client.advance(SECOND_NS);
            }
        }
        client.awaitTrue(() -> 4 == listener.reconnects().size());
        assertEquals(1, listener.reconnects().get(3).attempt());
    }

    @Test
    void shouldSpreadItsReturnAfterTheServerSaidItShutsDown() throws IOException
    {
        client.close();
        client = new InvokedClient(context().reconnectSpreadNs(1_000 * SECOND_NS));
        client.client.connect(address());
        try (TestPeer peer = accept())
        {
            peer.send(Frame.BYE, 0, Frame.byePayload(CloseReason.SHUTDOWN.code(), ""));
            client.awaitTrue(() -> 1 == listener.reconnects().size());
        }
        assertEquals(List.of(CloseReason.PEER_LEFT), listener.reasons());
        final long delayNs = listener.reconnects().get(0).delayNs();
        assertTrue(delayNs > 2 * SECOND_NS && delayNs <= 1_000 * SECOND_NS, delayNs + " ns");
    }

    @Test
    void shouldGiveUpATryThatTakesTooLong() throws IOException
    {
        // One that is never accepted fills the backlog of 1 with the next; the kernel then drops further SYNs.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            final InetSocketAddress address = (InetSocketAddress)full.getLocalSocketAddress();
            try (TestPeer first = new TestPeer(address); TestPeer second = new TestPeer(address))
            {
                client.client.connect(address);
                client.advance(5 * SECOND_NS + SECOND_NS / 50);
                assertTrue(first.localPort() + second.localPort() > 0);
            }
        }
        assertEquals(1, listener.reconnects().size());
        final String failure = listener.reconnects().get(0).failure();
        assertTrue(failure.endsWith(": not connected within 5s"), failure);
    }

    @Test
    void shouldLookUpNamesAndTellWhenItCannot() throws IOException
    {
        client.client.connect(
            InetSocketAddress.createUnresolved("no-such-host.invalid", 1),
            InetSocketAddress.createUnresolved("localhost", address().getPort()));
        client.awaitTrue(() -> 1 == listener.reconnects().size());
        assertEquals("no-such-host.invalid:1: unknown host", listener.reconnects().get(0).failure());
        client.advance(2 * SECOND_NS);
        accept().close();
    }

    @Test
    void shouldNotComeBackWhenTheLinkIsClosed() throws IOException
    {
        final Link link = client.client.connect(address());
        try (TestPeer peer = accept())
        {
            link.close();
            client.awaitTrue(() -> 1 == listener.closed().size());
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
        }
        assertNull(link.connection());
        client.client.connect(new InetSocketAddress("127.0.0.1", 1)).close();
        client.advance(10 * SECOND_NS);
        assertEquals(List.of(), listener.reconnects());
        assertEquals(List.of(CloseReason.LOCAL_CLOSE), listener.reasons());
    }
}
