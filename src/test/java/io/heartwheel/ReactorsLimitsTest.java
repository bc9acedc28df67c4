package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Limits hold for all reactors together, and connections come to them evenly.
 */
class ReactorsLimitsTest extends ReactorsRig
{
    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldKeepTheLimitOfConnectionsInSum(final AcceptSockets sockets) throws IOException
    {
        launch(context(3).acceptSockets(sockets).maxConnections(10));
        connect(10);
        for (int i = 0; i < 5; i++)
        {
            try (TestPeer refused = new TestPeer(server.localAddress()))
            {
                final TestPeer.Received bye = refused.read();
                assertEquals(CloseReason.REFUSED.code(), bye.byeReason());
                assertEquals("there are 10 connections already", bye.byeText());
            }
        }
        assertEquals(10, server.metrics().openCount());
        awaitTrue(() -> 5 == server.refusals().size());

        peers.remove(0).close();
        awaitTrue(() -> 1 == listener.closed().size());
        try (TestPeer next = new TestPeer(server.localAddress()))
        {
            assertEquals(Frame.HELLO, next.read().type());
        }
    }

    @ParameterizedTest
    @EnumSource(value = AcceptSockets.class, names = {"ONE", "EACH"})
    void shouldKeepTheLimitOfAnAddressInSum(final AcceptSockets sockets) throws IOException
    {
        launch(context(3).acceptSockets(sockets).maxPerAddress(6)
            .cadence(new Cadence(10_000_000_000L, 150_000_000, 2)));
        connect(6);
        sleep(200);
        try (TestPeer refused = new TestPeer(server.localAddress()))
        {
            final String text = refused.read(Frame.BYE).byeText();
            assertTrue(text.startsWith("there are 6 connections of this address already"), text);
        }
        assertEquals(6, server.metrics().openCount());
        // The most silent of each reactor is asked.
        final long reactors = listener.opened().stream().map(Connection::reactor).distinct().count();
        awaitTrue(() -> listener.probes() >= reactors);
    }

    @Test
    void shouldKeepTheLimitOfHeldBytesInSumAndSpareTheReactorThatHoldsLittle() throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).maxMessageLength(60_000).maxOutboundLength(1 << 20)
            .maxHeldBytes(256 * 1024));
        connect(20);
        // One reactor holds 250,000 bytes, and the other some thousand.
        int halves = 0;
        for (final Connection connection : listener.opened())
        {
            if (0 == connection.reactor() && halves++ < 5)
            {
                sendHalf(peerOf(connection), 50_000);
            }
        }
        awaitTrue(() -> server.metrics(0).count(Counter.HELD_BYTES) >= 250_000);
        for (final Connection connection : listener.opened())
        {
            if (1 == connection.reactor())
            {
                sendHalf(peerOf(connection), 2_000);
            }
        }
        awaitTrue(() -> !listener.closed().isEmpty());
        awaitTrue(() -> server.metrics().count(Counter.HELD_BYTES) <= 256 * 1024);
        listener.closed().forEach((each) ->
        {
            assertEquals(CloseReason.FLOODING, each.reason());
            assertEquals(0, each.connection().reactor(), each.detail());
        });
    }

    private static void sendHalf(final TestPeer peer, final int length) throws IOException
    {
        final ByteBuffer half = ByteBuffer.allocate(Frame.HEADER_LENGTH + length);
        Frame.putHeader(half, Frame.DATA, 0, 60_000);
        peer.sendRaw(half.array());
    }

    @Test
    void shouldHandOverToTheOthersNoMoreThanAFewIfAReactorIsStalled() throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.ONE).listener(blocking(3_000)));
        connect(4);
        peerOf(connectionOf(1)).send(Frame.DATA, 0, (byte)'a');
        sleep(100);
        for (int i = 0; i < 200; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
        }
        awaitTrue(() -> listener.opened().size() >= 4 + 200 - 64);
        awaitTrue(() -> listener.opened().size() == 204);
        assertTrue(server.metrics(1).openCount() <= 2 + 100, server.metrics(1).openCount() + " at the stalled one");
    }

    @Test
    void shouldLetInThoseOfTheOthersWhileAReactorWithASocketOfItsOwnIsStalled() throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.EACH).listener(blocking(3_000)));
        while (listener.opened().stream().map(Connection::reactor).distinct().count() < 2)
        {
            connect(1);
        }
        final int before = peers.size();
        final long going = server.metrics(0).openCount();
        final long stalled = server.metrics(1).openCount();
        final long startNs = System.nanoTime();
        peerOf(connectionOf(1)).send(Frame.DATA, 0, (byte)'a');
        sleep(100);
        for (int i = 0; i < 100; i++)
        {
            peers.add(new TestPeer(server.localAddress()));
        }
        // By the hash alone, fewer than 20 of 100 come to one of two reactors in one of 1e9 runs.
        awaitTrue(() -> server.metrics(0).openCount() >= going + 20);
        assertTrue(server.metrics(1).openCount() == stalled || System.nanoTime() - startNs > 3_000_000_000L,
            "the stalled one accepted meanwhile");
        awaitTrue(() -> before + 100 == listener.opened().size());
        for (final TestPeer peer : peers.subList(before, peers.size()))
        {
            assertEquals(Frame.HELLO, peer.read().type());
        }
        assertTrue(server.metrics(1).openCount() >= stalled + 20, "those that waited for it are at it");
    }

    @Test
    void shouldHandOverNewOnesIfTheHashLeavesOneReactorFarBehind() throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.EACH));
        connect(300);
        final List<Connection> left = listener.opened().stream().filter((each) -> 0 == each.reactor()).toList();
        for (final Connection each : left)
        {
            peerOf(each).close();
        }
        awaitTrue(() -> left.size() == listener.closed().size());
        final long others = server.metrics(1).openCount();
        connect(30);
        assertEquals(others, server.metrics(1).openCount(), "though the hash brought half of them");
        assertEquals(30, server.metrics(0).openCount());
        connect(200);
        assertTrue(Math.abs(server.metrics(0).openCount() - server.metrics(1).openCount()) <= 70,
            server.metrics(0).openCount() + " and " + server.metrics(1).openCount());
    }

    @Test
    void shouldFailAtAPortAtWhichAnotherListensUnlessItIsShared() throws IOException
    {
        launch(context(2).acceptSockets(AcceptSockets.EACH));
        final InetSocketAddress taken = server.localAddress();
        final UncheckedIOException ex = assertThrows(UncheckedIOException.class,
            () -> new HeartbeatServer(context(2).acceptSockets(AcceptSockets.EACH).bindAddress(taken)));
        assertTrue(ex.getMessage().contains("cannot listen on 127.0.0.1:" + taken.getPort()), ex.getMessage());
        server.close();

        launch(context(1).acceptSockets(AcceptSockets.SHARED).bindAddress(taken));
        try (HeartbeatServer other =
            HeartbeatServer.launch(context(2).acceptSockets(AcceptSockets.SHARED).bindAddress(taken)))
        {
            connect(40);
            assertTrue(server.metrics().openCount() > 0, "none at the first server");
            assertTrue(other.metrics().openCount() > 0, "none at the second server");
            assertEquals(40, server.metrics().openCount() + other.metrics().openCount());
        }
    }
}
