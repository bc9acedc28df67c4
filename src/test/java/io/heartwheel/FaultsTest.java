package io.heartwheel;

import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * An exception or error on the reactor thread ends the whole agent if it does not belong to one connection; nothing
 * else does.
 */
@Timeout(20)
class FaultsTest
{
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final RecordingListener recorder = new RecordingListener();
    private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
    private ErrorHandler errorHandler = errors::add;
    /** What the listener does with a message, and with the end of a connection. */
    private Consumer<Connection> onMessage = (connection) -> {};
    private Consumer<Connection> onClosed = (connection) -> {};
    private volatile Error thrownByClock;

    @AfterEach
    void after() throws Exception
    {
        for (final AutoCloseable closeable : closeables)
        {
            closeable.close();
        }
    }

    /** The clock is the host's: what it throws is thrown in the middle of the duty cycle, whatever that does. */
    private ServerContext context()
    {
        return new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .lingerNs(0)
            .errorHandler((error) -> errorHandler.onError(error))
            .nanoClock(() ->
            {
                if (null != thrownByClock)
                {
                    throw thrownByClock;
                }
                return System.nanoTime();
            })
            .listener(new ConnectionListener()
            {
                @Override
                public void onOpen(final Connection connection)
                {
                    recorder.onOpen(connection);
                }

                @Override
                public void onMessage(final Connection connection, final ByteBuffer payload)
                {
                    recorder.onMessage(connection, payload);
                    onMessage.accept(connection);
                }

                @Override
                public void onClosed(final Connection connection, final CloseReason reason)
                {
                    recorder.onClosed(connection, reason);
                    onClosed.accept(connection);
                }
            });
    }

    private HeartbeatServer launch()
    {
        final HeartbeatServer server = HeartbeatServer.launch(context());
        closeables.add(server);
        return server;
    }

    private TestPeer peerOf(final HeartbeatServer server) throws IOException
    {
        final TestPeer peer = new TestPeer(server.localAddress());
        closeables.add(peer);
        peer.read(Frame.HELLO);
        return peer;
    }

    private static Throwable failureOf(final CompletableFuture<?> future)
    {
        return assertThrows(ExecutionException.class, () -> future.get(5, TimeUnit.SECONDS)).getCause();
    }

    private static void assertPortIsFree(final InetSocketAddress address)
    {
        new HeartbeatServer(new ServerContext().bindAddress(address).listener(new RecordingListener()))
            .close();
    }

    /** By its end or a reset, whatever it was told before. */
    private static void assertEnds(final TestPeer peer)
    {
        try
        {
            for (int frames = 0; null != peer.read(); frames++)
            {
                assertTrue(frames < 10, "it goes on");
            }
        }
        catch (final IOException ex)
        {
            assertFalse(ex instanceof SocketTimeoutException, ex::toString);
        }
    }

    static void assertClosesAtOnce(final HeartbeatServer server)
    {
        final long startNs = System.nanoTime();
        server.close();
        assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(2), "close() waits for nothing");
    }

    @Test
    void shouldEndAsAWholeByAnErrorThatIsNotOfOneConnection() throws Exception
    {
        final HeartbeatServer server = launch();
        final InetSocketAddress address = server.localAddress();
        final TestPeer one = peerOf(server);
        final TestPeer other = peerOf(server);
        final Error thrown = new NoClassDefFoundError("on purpose");
        thrownByClock = thrown;
        one.send(Frame.PING, 1);

        assertSame(thrown, failureOf(server.ended()));
        assertEquals(List.of(CloseReason.SHUTDOWN, CloseReason.SHUTDOWN), recorder.reasons());
        assertEnds(one);
        assertEnds(other);
        assertSame(thrown, failureOf(server.drain(Duration.ZERO)));
        assertEquals(IllegalStateException.class, failureOf(server.connections()).getClass());
        assertClosesAtOnce(server);
        assertPortIsFree(address);
        assertEquals(List.of(thrown), errors);
    }

    @Test
    void shouldEndAsAWholeInTheLoopOfAHostToo() throws IOException
    {
        final HeartbeatServer server = new HeartbeatServer(context().maxParkNs(0));
        final InetSocketAddress address = server.localAddress();
        final AgentInvoker invoker = new AgentInvoker((error) -> {}, null, server);
        invoker.start();
        try (TestPeer peer = new TestPeer(address))
        {
            while (recorder.opened().isEmpty())
            {
                invoker.invoke();
            }
            thrownByClock = new OutOfMemoryError("on purpose");
            invoker.invoke();

            assertSame(thrownByClock, failureOf(server.ended()));
            assertEquals(List.of(CloseReason.SHUTDOWN), recorder.reasons());
            peer.read(Frame.HELLO);
            assertEnds(peer);
            assertFalse(invoker.isRunning());
            assertPortIsFree(address);
            assertEquals(0, server.doWork(), "an agent that has ended does nothing");
        }
    }

    @Test
    void shouldReleaseEverythingThoughListenerAndErrorHandlerThrowMeanwhile() throws Exception
    {
        errorHandler = (error) ->
        {
            throw new StackOverflowError("handler");
        };
        onClosed = (connection) ->
        {
            throw new OutOfMemoryError("listener");
        };
        final HeartbeatServer server = launch();
        final InetSocketAddress address = server.localAddress();
        final TestPeer one = peerOf(server);
        peerOf(server);
        thrownByClock = new InternalError("on purpose");
        one.send(Frame.PING, 1);

        assertSame(thrownByClock, failureOf(server.ended()));
        assertEquals(2, recorder.closed().size());
        assertPortIsFree(address);
    }

    @Test
    void shouldLetNothingOutThatTheErrorHandlerThrows() throws IOException
    {
        errorHandler = (error) ->
        {
            throw new IllegalStateException("handler", error);
        };
        onMessage = (connection) ->
        {
            throw new IllegalArgumentException("listener");
        };
        final HeartbeatServer server = launch();
        final TestPeer bad = peerOf(server);
        final TestPeer good = peerOf(server);
        bad.send(Frame.DATA, 0, (byte)'x');
        assertEquals(CloseReason.LISTENER_FAILED.code(), bad.read(Frame.BYE).byeReason());
        assertEquals(7, good.send(Frame.PING, 7).read(Frame.PONG).token());
        assertFalse(server.ended().isDone());
    }

    @Test
    void shouldEndInGoodOrderWhenACallbackOrTheErrorHandlerSaysSo() throws Exception
    {
        onMessage = (connection) ->
        {
            throw new AgentTerminationException("enough", true);
        };
        final HeartbeatServer server = launch();
        final TestPeer one = peerOf(server);
        one.send(Frame.DATA, 0, (byte)'x');
        server.ended().get(5, TimeUnit.SECONDS);
        assertEquals(CloseReason.SHUTDOWN.code(), one.read(Frame.BYE).byeReason());
        assertEquals(List.of(CloseReason.SHUTDOWN), recorder.reasons());

        onMessage = (connection) ->
        {
            throw new IllegalStateException("something");
        };
        errorHandler = (error) ->
        {
            throw new AgentTerminationException(error, true);
        };
        final HeartbeatServer next = launch();
        peerOf(next).send(Frame.DATA, 0, (byte)'x');
        next.ended().get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldEndAllThoughACallbackAsksToEndDuringTheEnd() throws IOException
    {
        onClosed = (connection) ->
        {
            throw new AgentTerminationException();
        };
        final HeartbeatServer server = launch();
        final InetSocketAddress address = server.localAddress();
        final List<TestPeer> peers = List.of(peerOf(server), peerOf(server), peerOf(server));
        server.close();
        assertEquals(3, recorder.closed().size());
        for (final TestPeer peer : peers)
        {
            assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
        }
        assertPortIsFree(address);
    }

    @Test
    void shouldNotEndByAnInterruptThatACallbackLeaves() throws IOException
    {
        onMessage = (connection) -> Thread.currentThread().interrupt();
        onClosed = onMessage;
        final HeartbeatServer server = launch();
        final TestPeer good = peerOf(server);
        good.send(Frame.DATA, 0, (byte)'x');
        for (int i = 0; i < 3; i++)
        {
            final TestPeer leaving = peerOf(server);
            leaving.send(Frame.BYE, 0, (byte)7);
            assertFalse(leaving.isOpenFor(5_000));
            assertEquals(i, good.send(Frame.PING, i).read(Frame.PONG).token());
        }
        assertEquals(List.of(), recorder.reasons().stream().filter(CloseReason.SHUTDOWN::equals).toList());
    }

    @Test
    void shouldNotTakeAnInterruptFromOutsideForOneOfACallback() throws Exception
    {
        final CompletableFuture<Thread> reactorThread = new CompletableFuture<>();
        onMessage = (connection) -> reactorThread.complete(Thread.currentThread());
        final HeartbeatServer server = launch();
        final TestPeer peer = peerOf(server).send(Frame.DATA, 0, (byte)'x');
        // The callback is over.
        peer.send(Frame.PING, 1).read(Frame.PONG);
        reactorThread.get(5, TimeUnit.SECONDS).interrupt();
        server.ended().get(5, TimeUnit.SECONDS);
        assertEquals(CloseReason.SHUTDOWN.code(), peer.read(Frame.BYE).byeReason());
    }

    @Test
    void shouldEndWhenTheJvmFailsAgainAndAgain() throws Exception
    {
        onMessage = (connection) ->
        {
            throw new OutOfMemoryError("on purpose");
        };
        final HeartbeatServer server = launch();
        int peers = 0;
        boolean isServing = true;
        while (isServing)
        {
            assertTrue(peers++ < 100, "a JVM that does nothing but fail");
            try (TestPeer peer = new TestPeer(server.localAddress()))
            {
                peer.send(Frame.DATA, 0, (byte)'x');
                isServing = CloseReason.LISTENER_FAILED.code() == peer.read(Frame.BYE).byeReason();
            }
            catch (final IOException | RuntimeException ex)
            {
                isServing = false;
            }
        }
        assertTrue(peers > 50, "once is no reason");
        assertEquals(OutOfMemoryError.class, failureOf(server.ended()).getClass());
    }
}
