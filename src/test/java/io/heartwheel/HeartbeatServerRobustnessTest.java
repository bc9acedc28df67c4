package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.TestPeer.Received;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Nothing that one peer or listener does harms another. Real sockets, virtual time.
 */
class HeartbeatServerRobustnessTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /** More than a JDK selector tells of at once: 1,024 on Linux. */
    private static final int MORE_THAN_A_BATCH = 1_500;

    private final List<TestPeer> peers = new ArrayList<>();
    private InvokedServer server;

    @AfterEach
    void after() throws IOException
    {
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
        server.close();
    }

    private static ServerContext context(final ConnectionListener listener)
    {
        return new ServerContext()
            .listener(listener)
            .cadence(Cadence.passive(4 * SECOND_NS))
            .lingerNs(0);
    }

    private TestPeer connect() throws IOException
    {
        final TestPeer peer = server.connect();
        peers.add(peer);
        return peer;
    }

    @Test
    void shouldHearEveryoneBeforeJudgingAnyoneAfterAStall() throws IOException, InterruptedException
    {
        final RecordingListener listener = new RecordingListener();
        server = new InvokedServer(context(listener).stallNs(TimeUnit.SECONDS.toNanos(1)));
        for (int i = 0; i < MORE_THAN_A_BATCH; i++)
        {
            connect();
            server.doWork();
        }
        server.awaitTrue(() -> MORE_THAN_A_BATCH == listener.opened().size());

        // In steps below the stall threshold, so that only hearing everyone first can save them.
        for (int i = 0; i < 4; i++)
        {
            server.clock.advance(SECOND_NS - 1);
            server.doWork();
        }
        for (final TestPeer peer : peers)
        {
            peer.send(Frame.PING, 0);
        }
        InvokedServer.letBytesArrive();
        server.clock.advance(SECOND_NS - 1);
        server.doWork();

        assertEquals(List.of(), listener.closed());
        assertEquals(MORE_THAN_A_BATCH, server.reads());
    }

    @Test
    void shouldRefuseConnectionsBeyondTheLimitWithBye() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        server = new InvokedServer(context(listener).maxConnections(2));
        connect();
        connect();
        final TestPeer third = connect();
        server.awaitTrue(() -> 1 == server.server.metrics().closedCount(CloseReason.REFUSED.ordinal()));

        final Received bye = third.read();
        assertEquals(Frame.BYE, bye.type());
        assertEquals(CloseReason.REFUSED.code(), bye.byeReason());
        assertEquals("there are 2 connections already", bye.byeText());
        assertNull(third.read());
        assertEquals(2, listener.opened().size());
        assertEquals(List.of(), listener.closed());

        peers.get(0).close();
        server.awaitTrue(() -> !listener.closed().isEmpty());
        connect();
        server.awaitTrue(() -> 3 == listener.opened().size());
    }

    @Test
    void shouldEndOnlyTheConnectionWhoseListenerThrows() throws IOException
    {
        final RuntimeException failure = new RuntimeException("on purpose");
        final RecordingListener listener = new RecordingListener()
        {
            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                if ('!' == payload.get(payload.position()))
                {
                    throw failure;
                }
                super.onMessage(connection, payload);
            }
        };
        server = new InvokedServer(context(listener));
        final TestPeer bad = connect();
        final TestPeer good = connect();
        server.awaitTrue(() -> 2 == listener.opened().size());
        bad.send(Frame.DATA, 0, (byte)'!');
        good.send(Frame.DATA, 0, (byte)'?');
        server.awaitTrue(() -> 1 == listener.closed().size() && 1 == listener.messages().size());

        assertEquals(List.of(CloseReason.LISTENER_FAILED), listener.reasons());
        assertEquals(bad.localPort(), listener.closed().get(0).connection().remoteAddress().getPort());
        assertEquals(CloseReason.LISTENER_FAILED.code(), bad.read(Frame.BYE).byeReason());
        assertSame(failure, server.errors.get(0));
        assertEquals(1, server.errors.size());
    }

    @Test
    void shouldSurviveListenersThatThrowEverywhere() throws IOException
    {
        final List<String> calls = new ArrayList<>();
        server = new InvokedServer(context(new ConnectionListener()
        {
            @Override
            public void onOpen(final Connection connection)
            {
                calls.add("open");
                throw new IllegalStateException("open");
            }

            @Override
            public void onMessage(final Connection connection, final ByteBuffer payload)
            {
                calls.add("message");
            }

            @Override
            public void onClosed(final Connection connection, final CloseReason reason)
            {
                calls.add("closed " + reason);
                throw new StackOverflowError("closed");
            }
        }));
        connect();
        server.awaitTrue(() -> 2 == calls.size());
        connect();
        server.awaitTrue(() -> 4 == calls.size());

        final String closed = "closed " + CloseReason.LISTENER_FAILED;
        assertEquals(List.of("open", closed, "open", closed), calls);
        assertEquals(4, server.errors.size());
    }

    @Test
    void shouldLetListenersCloseAndSendToAnyConnectionFromAnyCallback() throws IOException
    {
        final RecordingListener listener = new RecordingListener()
        {
            @Override
            public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
            {
                super.onMessage(connection, payload);
                for (final Connection other : opened())
                {
                    other.send(ByteBuffer.wrap(new byte[] {'x'}));
                    other.close();
                }
            }

            @Override
            public synchronized void onClosed(final Connection connection, final CloseReason reason)
            {
                super.onClosed(connection, reason);
                opened().forEach(Connection::close);
                connection.close();
                assertEquals(SendResult.CLOSED, connection.send(ByteBuffer.allocate(1)));
            }
        };
        server = new InvokedServer(context(listener));
        for (int i = 0; i < 3; i++)
        {
            connect();
        }
        server.awaitTrue(() -> 3 == listener.opened().size());
        peers.get(1).send(Frame.DATA, 0, (byte)'a').send(Frame.DATA, 0, (byte)'b');
        server.awaitTrue(() -> 3 == listener.closed().size());

        assertEquals(List.of("a"), listener.messages(), "nothing is delivered after the close");
        for (final TestPeer peer : peers)
        {
            assertEquals("x", peer.read(Frame.DATA).text());
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
        }
        assertEquals(List.of(), server.errors);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldEndGarbageWithItsOwnReasonAndDisturbNobody(final long seed) throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        server = new InvokedServer(context(listener));
        final TestPeer good = connect();
        server.awaitTrue(() -> 1 == listener.opened().size());
        final TestPeer bad = connect();
        final byte[] garbage = new byte[200_000];
        new Random(seed).nextBytes(garbage);
        final Thread sender = new Thread(() -> sendIgnoringReset(bad, garbage));
        sender.start();
        server.awaitTrue(() -> 1 == listener.closed().size() || !sender.isAlive());
        if (listener.closed().isEmpty())
        {
            bad.close();
            server.awaitTrue(() -> 1 == listener.closed().size());
        }

        final CloseReason reason = listener.reasons().get(0);
        assertTrue(List.of(CloseReason.PROTOCOL_ERROR, CloseReason.PEER_LEFT, CloseReason.PEER_CLOSED,
            CloseReason.PEER_RESET).contains(reason), () -> "seed=" + seed + " " + reason);
        final long reads = server.reads();
        good.send(Frame.PING, 9);
        server.awaitRead(reads);
        assertEquals(9, good.read(Frame.PONG).token());
        assertEquals(List.of(), server.errors);
    }

    private static void sendIgnoringReset(final TestPeer peer, final byte[] bytes)
    {
        try
        {
            peer.sendRaw(bytes);
        }
        catch (final IOException ex)
        {
            assertTrue(true, "the server closed it, as it should");
        }
    }

    @Test
    void shouldCondemnPeerThatSaysNothingOrHalfAFrame() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        server = new InvokedServer(context(listener));
        connect();
        final TestPeer half = connect();
        server.awaitTrue(() -> 2 == listener.opened().size());
        half.sendRaw((byte)Frame.DATA, (byte)0, (byte)0xFF);
        server.awaitTrue(() -> 1 == server.reads());
        server.advance(4 * SECOND_NS + TimeUnit.MILLISECONDS.toNanos(10));

        assertEquals(List.of(CloseReason.PEER_SILENT, CloseReason.PEER_SILENT), listener.reasons());
    }
}
