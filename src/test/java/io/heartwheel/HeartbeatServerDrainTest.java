package io.heartwheel;

import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HeartbeatServerDrainTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int PEERS = 100;

    private final RecordingListener listener = new RecordingListener();

    private ServerContext context()
    {
        return new ServerContext().listener(listener);
    }

    @Test
    void shouldSpreadTheGoodbyesEvenlyAndAcceptNobodyMeanwhile() throws IOException
    {
        final List<TestPeer> peers = new ArrayList<>();
        try (InvokedServer server = new InvokedServer(context().lingerNs(0)))
        {
            for (int i = 0; i < PEERS; i++)
            {
                peers.add(server.connect());
            }
            server.awaitTrue(() -> PEERS == listener.opened().size());
            final InetSocketAddress address = server.server.localAddress();

            final CompletableFuture<Void> ended = server.server.drain(Duration.ofSeconds(10));
            server.doWork();
            assertThrows(ConnectException.class, () -> new TestPeer(address).close());
            for (int second = 1; second < 10; second++)
            {
                server.advance(SECOND_NS);
                assertEquals(PEERS * second / 10, listener.closed().size(), 2);
                assertFalse(ended.isDone());
            }
            assertEquals(CloseReason.SHUTDOWN.code(), peers.get(0).read(Frame.BYE).byeReason());
            server.advance(2 * SECOND_NS);
            assertEquals(PEERS, listener.closed().size());
            assertEquals(List.of(CloseReason.SHUTDOWN), listener.reasons().stream().distinct().toList());
            assertTrue(ended.isDone());
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
    void shouldEndAtOnceWithoutConnections() throws Exception
    {
        final HeartbeatServer server = HeartbeatServer.launch(
            context().bindAddress(new InetSocketAddress("127.0.0.1", 0)));
        server.drain(Duration.ofMinutes(10)).get(5, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void shouldServeMessagesUntilAConnectionsTurnComes() throws Exception
    {
        final HeartbeatServer server = HeartbeatServer.launch(
            context().bindAddress(new InetSocketAddress("127.0.0.1", 0)).lingerNs(SECOND_NS / 10));
        try (TestPeer first = new TestPeer(server.localAddress()); TestPeer last = new TestPeer(server.localAddress()))
        {
            first.read(Frame.HELLO);
            last.read(Frame.HELLO);
            final CompletableFuture<Void> ended = server.drain(Duration.ofSeconds(2));
            assertEquals(CloseReason.SHUTDOWN.code(), first.read(Frame.BYE).byeReason());
            last.send(Frame.PING, 7);
            assertEquals(7, last.read(Frame.PONG).token());
            assertFalse(ended.isDone());
            assertEquals(CloseReason.SHUTDOWN.code(), last.read(Frame.BYE).byeReason());
            ended.get(5, TimeUnit.SECONDS);
        }
        finally
        {
            server.close();
        }
        server.drain(Duration.ZERO).get(1, TimeUnit.SECONDS);
    }
}
