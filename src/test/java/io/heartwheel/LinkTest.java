package io.heartwheel;

import io.heartwheel.host.NameResolver;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.BindingProvider;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * When links end, and when they do not.
 */
class LinkTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final InetSocketAddress NOBODY = new InetSocketAddress("127.0.0.1", 1);

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

    @Test
    void shouldNotComeBackWhenItIsClosedAsItsConnectionEnds() throws IOException
    {
        final RecordingLinkListener listener = new RecordingLinkListener()
        {
            @Override
            public synchronized void onClosed(final Connection connection, final CloseReason reason)
            {
                super.onClosed(connection, reason);
                connection.link().close();
            }
        };
        client = new InvokedClient(context(listener));
        final Link link = client.client.connect(address());
        client.awaitTrue(() -> 1 == listener.opened().size());
        serverSocket.accept().close();
        client.awaitTrue(() -> 1 == listener.closed().size());
        client.advance(10 * SECOND_NS);
        assertEquals(List.of(), listener.reconnects());
        assertEquals(1, listener.opened().size());
        assertNull(link.connection());
    }

    /** More commands than one cycle does would be cut off. */
    @Test
    void shouldQueueOneCommandHoweverOftenAnotherThreadAsksForACadence() throws IOException, InterruptedException
    {
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).commandLimit(2));
        final Link link = client.client.connect(address());
        client.awaitTrue(() -> 1 == listener.opened().size());
        try (TestPeer peer = new TestPeer(serverSocket.accept()))
        {
            final Thread asking = new Thread(() ->
            {
                for (int seconds = 1; seconds <= 100; seconds++)
                {
                    link.askFor(new Cadence(seconds * SECOND_NS, SECOND_NS, 3));
                }
            });
            asking.start();
            asking.join();
            client.doWork();
            assertEquals(0, client.client.metrics().count(Counter.CUT_OFFS));
            assertEquals(new Hello(3, 100_000, 1_000), peer.read(Frame.HELLO).hello());

            link.askFor(Cadence.STRICT);
            client.doWork();
            assertEquals(new Hello(3, 3_000, 1_500), peer.read(Frame.HELLO).hello());
        }
    }

    @Test
    void shouldNotComeBackWhenItIsClosedByAnotherThreadWhileItsConnectionLeaves()
        throws IOException, InterruptedException
    {
        final RecordingLinkListener listener = new RecordingLinkListener()
        {
            @Override
            public synchronized void onOpen(final Connection connection)
            {
                super.onOpen(connection);
                throw new IllegalStateException("on purpose");
            }
        };
        client = new InvokedClient(context(listener).lingerNs(SECOND_NS));
        final Link link = client.client.connect(address());
        client.awaitTrue(() -> 1 == listener.opened().size());
        client.errors.clear();
        assertEquals(List.of(), listener.closed(), "it has time to leave");
        final Thread other = new Thread(link::close);
        other.start();
        other.join();
        client.advance(20 * SECOND_NS);
        assertEquals(List.of(CloseReason.LISTENER_FAILED), listener.reasons());
        assertEquals(List.of(), listener.reconnects());
    }

    @Test
    void shouldLeaveOtherLinksAloneWhenItIsClosedBeforeItHasBegun() throws InterruptedException
    {
        final Link[] late = new Link[1];
        final RecordingLinkListener listener = new RecordingLinkListener()
        {
            @Override
            public synchronized void onReconnecting(final Link link, final int attempt, final long delayNs)
            {
                super.onReconnecting(link, attempt, delayNs);
                if (3 == attempt)
                {
                    connectOnAnotherThread(late).close();
                }
            }
        };
        client = new InvokedClient(context(listener).maxReconnectNs(SECOND_NS));
        client.client.connect(NOBODY);
        client.advance(20 * SECOND_NS);
        assertTrue(listener.reconnects().size() > 10, "only " + listener.reconnects().size() + " tries");
        assertTrue(listener.reconnects().stream().noneMatch((reconnect) -> late[0] == reconnect.link()));
    }

    private Link connectOnAnotherThread(final Link[] link)
    {
        final Thread other = new Thread(() -> link[0] = client.client.connect(NOBODY));
        other.start();
        try
        {
            other.join();
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
        return link[0];
    }

    @Test
    void shouldNotTakeConnectionsThatEndedSoonForTriesThatFailed() throws IOException
    {
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).reconnectLimit(2).maxReconnectNs(SECOND_NS));
        client.client.connect(address());
        for (int connections = 1; connections <= 5; connections++)
        {
            final int count = connections;
            client.awaitTrue(() -> count == listener.opened().size());
            serverSocket.accept().close();
            client.awaitTrue(() -> count == listener.closed().size());
            assertEquals(count, listener.reconnects().get(count - 1).attempt(), "the back-off grows all the same");
            client.advance(SECOND_NS);
        }
        assertEquals(List.of(), listener.givenUp());

        client.awaitTrue(() -> 6 == listener.opened().size());
        serverSocket.close();
        client.awaitTrue(() -> 6 == listener.closed().size());
        client.advance(10 * SECOND_NS);
        assertEquals(1, listener.givenUp().size());
        assertEquals(5 + 2, listener.reconnects().size());
        assertTrue(listener.givenUp().get(0).failure().endsWith(": Connection refused"));
    }

    @Test
    void shouldNotBeConnectedToItself() throws IOException
    {
        final InetSocketAddress address = address();
        serverSocket.close();
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).selectorProvider(new BindingProvider(address)));
        client.client.connect(address);
        client.awaitTrue(() -> listener.opened().size() + listener.reconnects().size() > 0);
        assertEquals(List.of(), listener.opened());
        assertEquals("127.0.0.1:" + address.getPort() + ": connected to itself",
            listener.reconnects().get(0).failure());
        // A selector closes what was registered when it is asked next.
        client.doWork();
        new ServerSocket(address.getPort(), 1, address.getAddress()).close();
    }

    @Test
    void shouldKeepOneLookUpWaitingForALinkAtMost() throws InterruptedException
    {
        final int links = 20;
        final AtomicInteger lookUps = new AtomicInteger();
        final CountDownLatch recovered = new CountDownLatch(1);
        final RecordingLinkListener listener = new RecordingLinkListener();
        client = new InvokedClient(context(listener).maxReconnectNs(SECOND_NS).directory((host) ->
        {
            lookUps.incrementAndGet();
            awaitUninterrupted(recovered);
            throw new UnknownHostException(host + ": Temporary failure in name resolution");
        }));
        for (int i = 0; i < links; i++)
        {
            client.client.connect(InetSocketAddress.createUnresolved("host" + i, 7400));
        }
        client.advance(60 * SECOND_NS);
        assertTrue(listener.reconnects().size() > 5 * links, listener.reconnects().size() + " tries");
        recovered.countDown();
        client.awaitTrue(() -> listener.reconnects().stream().anyMatch(
            (reconnect) -> reconnect.failure().endsWith("Temporary failure in name resolution")));
        Thread.sleep(50);
        assertTrue(lookUps.get() <= 4 + links, lookUps + " look-ups for " + links + " links");
    }

    @Test
    void shouldTellWhetherANameIsUnknownOrCouldNotBeLookedUp()
    {
        client = new InvokedClient(context(new RecordingLinkListener()));
        assertEquals("unknown host", failureText("h: Name or service not known"));
        assertEquals("unknown host", failureText("h: Name does not resolve"));
        assertEquals("unknown host", failureText("h: nodename nor servname provided, or not known"));
        assertEquals("Temporary failure in name resolution", failureText("h: Temporary failure in name resolution"));
        assertEquals("Temporary failure in name resolution", failureText("h: Try again"));
        assertEquals("System error", failureText("h: System error"));
        assertEquals("not found by a look-up a moment ago", failureText("h"), "the JDK remembers only that");
    }

    private static String failureText(final String text)
    {
        return NameResolver.failureText("h", new UnknownHostException(text));
    }

    private static void awaitUninterrupted(final CountDownLatch latch)
    {
        try
        {
            latch.await();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
