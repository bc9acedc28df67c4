package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a client says of who it is, and when it comes back after another one of the same identity has taken its place.
 */
class LinkIdentityTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long TICK_NS = 1 << 18;

    private ServerSocket serverSocket;
    private InvokedClient client;

    @BeforeEach
    void before() throws IOException
    {
        serverSocket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void after() throws IOException
    {
        client.close();
        serverSocket.close();
        assertEquals(List.of(), client.errors);
    }

    private static ClientContext context(final LinkListener listener)
    {
        return new ClientContext().listener(listener).minReconnectNs(SECOND_NS);
    }

    private InetSocketAddress address()
    {
        return new InetSocketAddress("127.0.0.1", serverSocket.getLocalPort());
    }

    /** If it came back at once, two clients of one identity would throw each other out for ever. */
    @Test
    void shouldStayAwayForLongWhenItsPlaceWasTakenOver() throws IOException
    {
        // Whole ticks, so that the wheel is not late by a part of one.
        final long awayNs = TICK_NS << 18;
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).reconnectTakenOverNs(awayNs));
        client.client.connect(address());
        awaitTakenOver(listener, 1);
        assertEquals(CloseReason.PEER_LEFT, listener.reasons().get(0));
        assertEquals("TAKEN_OVER", listener.closed().get(0).detail());
        assertEquals(awayNs, listener.reconnects().get(0).delayNs());
        assertEquals("", listener.reconnects().get(0).failure());

        client.advance(awayNs - 1);
        assertNobodyConnects();
        client.advance(1);
        client.awaitTrue(() -> 2 == listener.opened().size());
    }

    @Test
    void shouldWaitNoLongerHoweverOftenItsPlaceIsTakenOver() throws IOException
    {
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).reconnectTakenOverNs(SECOND_NS));
        client.client.connect(address());
        awaitTakenOver(listener, 1);
        client.advance(SECOND_NS + 1_000_000);
        client.awaitTrue(() -> 2 == listener.opened().size());
        awaitTakenOver(listener, 2);
        assertEquals(SECOND_NS, listener.reconnects().get(1).delayNs(), "it does not grow");
    }

    /** More commands than one cycle does would be cut off. */
    @Test
    void shouldComeBackAtOnceWhenItIsAskedToAndNoOftener() throws IOException, InterruptedException
    {
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).commandLimit(2));
        final Link link = client.client.connect(address());
        awaitTakenOver(listener, 1);
        reconnectOnAnotherThread(link, 100);
        client.advance(TICK_NS);
        client.awaitTrue(() -> 2 == listener.opened().size());
        assertEquals(0, client.client.metrics().count(Counter.CUT_OFFS));
        try (TestPeer peer = new TestPeer(serverSocket.accept()))
        {
            reconnectOnAnotherThread(link, 1);
            link.reconnect();
            client.advance(10 * SECOND_NS);
            assertEquals(2, listener.opened().size(), "it is connected");
            assertTrue(link.connection().isOpen());
            link.close();
            link.reconnect();
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            peer.shutdownOutput();
            client.awaitTrue(() -> 2 == listener.closed().size());
            link.reconnect();
            client.advance(10 * SECOND_NS);
            assertNobodyConnects();
        }
    }

    @Test
    void shouldComeBackFromWithinTheCallback() throws IOException
    {
        final RecordingLinkListener listener = new RecordingLinkListener()
        {
            @Override
            public synchronized void onReconnecting(final Link link, final int attempt, final long delayNs)
            {
                super.onReconnecting(link, attempt, delayNs);
                link.reconnect();
            }
        };
        client = new InvokedClient(context(listener));
        client.client.connect(address());
        awaitTakenOver(listener, 1);
        client.advance(TICK_NS);
        client.awaitTrue(() -> 2 == listener.opened().size());
    }

    private void awaitTakenOver(final RecordingLinkListener listener, final int connections) throws IOException
    {
        client.awaitTrue(() -> connections == listener.opened().size());
        try (TestPeer peer = new TestPeer(serverSocket.accept()))
        {
            peer.send(Frame.BYE, 0, (byte)CloseReason.TAKEN_OVER.code());
            client.awaitTrue(() -> connections == listener.closed().size());
        }
    }

    private void assertNobodyConnects() throws IOException
    {
        client.doWork();
        serverSocket.setSoTimeout(50);
        assertThrows(SocketTimeoutException.class, () -> serverSocket.accept());
        serverSocket.setSoTimeout(0);
    }

    private static void reconnectOnAnotherThread(final Link link, final int times) throws InterruptedException
    {
        final Thread other = new Thread(() ->
        {
            for (int i = 0; i < times; i++)
            {
                link.reconnect();
            }
        });
        other.start();
        other.join();
    }

    @Test
    void shouldSayWhoItIsToEachServerThatAsksOnce() throws IOException
    {
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).identity("u1"));
        final Hello asking = new Hello(Hello.VERSION, Hello.IDENTITY, 4, 15_000, 5_000);
        final Link link = client.client.connect(address());
        assertEquals("u1", link.identity());
        for (int connections = 1; connections <= 2; connections++)
        {
            final int count = connections;
            client.awaitTrue(() -> count == listener.opened().size());
            try (TestPeer peer = new TestPeer(serverSocket.accept()))
            {
                peer.send(asking).send(asking).send(Frame.PING, 7);
                client.awaitTrue(() -> 5 * count - 2 == client.client.metrics().count(Counter.FRAMES_IN));
                // Control frames overtake what is queued.
                assertEquals(Frame.PONG, peer.readAnswer().type());
                assertArrayEquals(Identity.helloPayload("u1"), peer.readAnswer().payload());
                peer.send(asking).send(Frame.PING, 8);
                client.awaitTrue(() -> 5 * count == client.client.metrics().count(Counter.FRAMES_IN));
                assertEquals(8, peer.readAnswer().token());
            }
            client.awaitTrue(() -> count == listener.closed().size());
            client.advance(10 * SECOND_NS);
        }
    }

    @Test
    void shouldNotSayWhoItIsToAServerThatDoesNotAsk() throws IOException
    {
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).identity("u1"));
        final Link link = client.client.connect("u2/phone", address());
        assertEquals("u2/phone", link.identity());
        client.awaitTrue(() -> 1 == listener.opened().size());
        try (TestPeer peer = new TestPeer(serverSocket.accept()))
        {
            peer.send(new Hello(4, 15_000, 5_000)).send(Frame.PING, 7);
            client.awaitTrue(() -> 2 == client.client.metrics().count(Counter.FRAMES_IN));
            assertEquals(Frame.PONG, peer.readAnswer().type());
            link.close();
            client.awaitTrue(() -> 1 == listener.closed().size() || !link.connection().isOpen());
            assertEquals(Frame.BYE, peer.readAnswer().type());
        }
    }

    @Test
    void shouldNotTakeWhatIsNoIdentity()
    {
        client = new InvokedClient(context(new RecordingLinkListener()));
        assertThrows(IllegalArgumentException.class, () -> client.client.connect("a/b/c", address()));
        assertThrows(IllegalArgumentException.class, () -> new ClientContext().identity(""));
        assertNull(new ClientContext().identity("u1").identity(null).identity());
    }
}
