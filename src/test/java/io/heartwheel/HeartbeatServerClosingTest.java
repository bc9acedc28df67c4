package io.heartwheel;

import io.heartwheel.host.Log;
import io.heartwheel.metrics.Counter;
import io.heartwheel.reactor.Insides;
import io.heartwheel.simulation.SimulatedNetwork;
import io.heartwheel.simulation.SimulatedSocketChannel;
import io.heartwheel.simulation.VirtualTime;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.agrona.concurrent.AgentInvoker;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Servers and clients that are closed or drained within their own callbacks, and peers that connect meanwhile.
 */
@Timeout(30)
class HeartbeatServerClosingTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    private ServerContext context(final ConnectionListener listener)
    {
        return new ServerContext().bindAddress(ANY_PORT).listener(listener).errorHandler(errors::add)
            .lingerNs(0);
    }

    /**
     * Does something once, when the first connection opens.
     */
    private static class OnFirstOpen extends RecordingListener
    {
        private Runnable action = () -> {};

        @Override
        public void onOpen(final Connection connection)
        {
            super.onOpen(connection);
            final Runnable once = action;
            action = () -> {};
            once.run();
        }
    }

    @Test
    void shouldEndWithoutWaitingForItselfWhenACallbackClosesIt() throws Exception
    {
        final OnFirstOpen listener = new OnFirstOpen();
        final HeartbeatServer server = HeartbeatServer.launch(context(listener));
        listener.action = () ->
        {
            server.close();
            server.close();
        };
        final InetSocketAddress address = server.localAddress();
        try (TestPeer peer = new TestPeer(address))
        {
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            server.ended().get(5, TimeUnit.SECONDS);
        }
        server.close();
        assertEquals(List.of(CloseReason.SHUTDOWN), listener.reasons());
        assertEquals(List.of(), errors);
        new HeartbeatServer(context(listener).bindAddress(address)).close();
    }

    @Test
    void shouldBeClosedByWhoeverHearsThatItsDrainIsDone() throws Exception
    {
        final HeartbeatServer server = HeartbeatServer.launch(context(new RecordingListener()));
        server.drain(Duration.ZERO).thenRun(server::close).get(5, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void shouldEndInTheDutyCycleOfItsHostWhenACallbackClosesIt() throws IOException
    {
        final OnFirstOpen listener = new OnFirstOpen();
        final HeartbeatServer server = new HeartbeatServer(context(listener).maxParkNs(0));
        final AgentInvoker host = new AgentInvoker(errors::add, null, server);
        listener.action = server::close;
        host.start();
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            while (!server.ended().isDone())
            {
                host.invoke();
            }
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
        }
        host.close();
        assertEquals(List.of(CloseReason.SHUTDOWN), listener.reasons());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldLeaveClosingToTheThreadThatRunsIt() throws Exception
    {
        try (InvokedServer server = new InvokedServer(context(new RecordingListener())))
        {
            server.doWork();
            final Thread other = new Thread(server.server::close);
            other.start();
            while (Thread.State.TIMED_WAITING != other.getState())
            {
                Thread.onSpinWait();
            }
            assertFalse(server.server.ended().isDone(), "this thread may be at work");
            server.doWork();
            assertTrue(server.server.ended().isDone());
            other.join();
        }
    }

    @Test
    void shouldEndAClientThatACallbackCloses() throws Exception
    {
        final HeartbeatClient[] client = new HeartbeatClient[1];
        final RecordingLinkListener listener = new RecordingLinkListener()
        {
            @Override
            public void onReconnecting(final Link link, final int attempt, final long delayNs)
            {
                super.onReconnecting(link, attempt, delayNs);
                client[0].close();
            }
        };
        client[0] = HeartbeatClient.launch(new ClientContext().listener(listener).errorHandler(errors::add));
        client[0].connect(new InetSocketAddress("127.0.0.1", 1));
        client[0].ended().get(5, TimeUnit.SECONDS);
        assertEquals(1, listener.reconnects().size());
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldBeDrainedByACallbackWhileOthersWaitToBeAccepted() throws IOException
    {
        final OnFirstOpen listener = new OnFirstOpen();
        final List<TestPeer> peers = new ArrayList<>();
        try (InvokedServer server = new InvokedServer(context(listener)))
        {
            listener.action = () -> server.server.drain(Duration.ofSeconds(1));
            for (int i = 0; i < 5; i++)
            {
                peers.add(server.connect());
            }
            server.awaitTrue(() -> 1 == listener.opened().size());
            for (final TestPeer peer : peers.subList(1, 5))
            {
                assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
                assertNull(peer.read());
            }
            assertEquals(4, server.server.metrics().turnedAwayCount(CloseReason.SHUTDOWN.ordinal()));
            server.advance(2 * SECOND_NS);
            assertEquals(List.of(CloseReason.SHUTDOWN), listener.reasons());
            assertEquals(List.of(), server.errors);
            assertEquals(0, server.server.metrics().count(Counter.ACCEPT_FAILURES));
        }
        finally
        {
            for (final TestPeer peer : peers)
            {
                peer.close();
            }
        }
    }

    @Test
    void shouldLetNobodyInWhoseAddressCheckDrainsIt() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        final InvokedServer[] server = new InvokedServer[1];
        server[0] = new InvokedServer(context(listener).addressCheck((address) ->
        {
            server[0].server.drain(Duration.ZERO);
            return null;
        }));
        try (InvokedServer closing = server[0]; TestPeer peer = closing.connect())
        {
            closing.awaitTrue(() -> closing.server.ended().isDone());
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldTellThoseWhoWaitToBeAcceptedThatItShutsDown() throws IOException
    {
        final List<TestPeer> peers = new ArrayList<>();
        try (InvokedServer server = new InvokedServer(context(new RecordingListener())))
        {
            for (int i = 0; i < 20; i++)
            {
                peers.add(server.connect());
            }
            server.server.close();
            for (final TestPeer peer : peers)
            {
                assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
            }
        }
        finally
        {
            for (final TestPeer peer : peers)
            {
                peer.close();
            }
        }
    }

    @Test
    void shouldDrainOverCenturies()
    {
        try (InvokedServer server = new InvokedServer(context(new RecordingListener())))
        {
            final CompletableFuture<Void> ended = server.server.drain(Duration.ofDays(1_000_000));
            assertFalse(ended.isDone());
        }
    }

    @Test
    void shouldRefuseWhoseCheckFailsAfterItAnswered() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(context(listener).credentialCheck((request, credential) ->
        {
            request.admit("alice");
            throw new IllegalStateException("on purpose");
        })))
        {
            try (TestPeer peer = server.connect())
            {
                server.awaitTrue(() -> 1 == Insides.slots(server.server));
                peer.send(Frame.DATA, 0, (byte)'x');
                server.awaitTrue(() -> !server.errors.isEmpty());
                server.awaitTrue(() -> 0 == Insides.slots(server.server));
                assertEquals(CloseReason.REFUSED.code(), peer.read(Frame.BYE).byeReason());
            }
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldTellOfMissingDescriptorsOnceAPauseHoweverManyComeAndGo() throws Exception
    {
        final VirtualTime time = new VirtualTime(0);
        final SimulatedNetwork network = new SimulatedNetwork(time, 1);
        final List<String> lines = new CopyOnWriteArrayList<>();
        final Handler handler = recorder(lines);
        Logger.getLogger("io.heartwheel").addHandler(handler);
        final HeartbeatServer server = new HeartbeatServer(Insides.parker(context(new RecordingListener())
            .bindAddress(new InetSocketAddress("127.0.0.1", 7400)).selectorProvider(network).nanoClock(time),
            time::advance));
        try
        {
            network.outOfDescriptors(true);
            for (int client = 0; client < 100; client++)
            {
                final SimulatedSocketChannel peer = network.openRemote(new SplittableRandom(client));
                peer.configureBlocking(false);
                peer.connect(server.localAddress());
                work(server, time, 200_000_000L);
                // A peer left: there is room for this one.
                network.outOfDescriptors(false);
                work(server, time, 200_000_000L);
                network.outOfDescriptors(true);
                peer.close();
            }
            Log.awaitWritten();
        }
        finally
        {
            server.close();
            Logger.getLogger("io.heartwheel").removeHandler(handler);
        }
        assertTrue(server.metrics().count(Counter.ACCEPT_FAILURES) >= 100);
        // The log takes so many lines a second: other tests may have left no room for some.
        final List<String> failing = lines.stream().filter((line) -> line.startsWith("cannot accept")).toList();
        final long pauses = time.elapsedNs() / Insides.TELLING_PAUSE_NS;
        assertTrue(pauses >= 3 && failing.size() <= pauses + 1, lines::toString);
        assertTrue(lines.stream().filter((line) -> line.startsWith("accepting again")).count() <= pauses + 1);
        failing.stream().skip(1).forEach((line) ->
            assertTrue(line.matches(".*, failed [0-9]+ times since this was told last"), line));
    }

    @Test
    void shouldSayThatTheKernelKeepsFewerWaitingThanItIsAskedTo() throws Exception
    {
        final int most = somaxconn();
        final String told = MessageFormat.format("the kernel keeps {0} connections waiting", most);
        final List<String> lines = new CopyOnWriteArrayList<>();
        final Handler handler = recorder(lines);
        Logger.getLogger("io.heartwheel").addHandler(handler);
        try
        {
            new HeartbeatServer(context(new RecordingListener()).acceptBacklog(most)).close();
            Log.awaitWritten();
            // Other tests may have left lines that were still to be written.
            assertTrue(lines.stream().noneMatch((line) -> line.startsWith(told)), lines::toString);
            // The log takes so many lines a second: other tests may have left no room for it.
            for (int tries = 0; tries < 300 && lines.stream().noneMatch((line) -> line.startsWith(told)); tries++)
            {
                new HeartbeatServer(context(new RecordingListener()).acceptBacklog(most + 1)).close();
                Log.awaitWritten();
                Thread.sleep(10);
            }
        }
        finally
        {
            Logger.getLogger("io.heartwheel").removeHandler(handler);
        }
        assertTrue(lines.stream().anyMatch((line) -> line.startsWith(told)), lines::toString);
    }

    private static int somaxconn() throws IOException
    {
        final Path path = Path.of("/proc/sys/net/core/somaxconn");
        Assumptions.assumeTrue(Files.isReadable(path), "not Linux");
        try (BufferedReader reader = Files.newBufferedReader(path))
        {
            return Integer.parseInt(reader.readLine());
        }
    }

    private static void work(final HeartbeatServer server, final VirtualTime time, final long ns)
    {
        final long endNs = time.elapsedNs() + ns;
        while (time.elapsedNs() < endNs)
        {
            server.doWork();
        }
    }

    private static Handler recorder(final List<String> lines)
    {
        return new Handler()
        {
            @Override
            public void publish(final LogRecord line)
            {
                lines.add(MessageFormat.format(line.getMessage(), line.getParameters()));
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
    }
}
