package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.support.TestPeer.Received;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The behaviour of the server, frame by frame, with real sockets and virtual time.
 */
class HeartbeatServerTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Cadence CADENCE = new Cadence(3 * SECOND_NS, SECOND_NS, 2);

    private final RecordingListener listener = new RecordingListener();
    private InvokedServer server = new InvokedServer(context());

    private ServerContext context()
    {
        return new ServerContext().cadence(CADENCE).listener(listener).lingerNs(0);
    }

    @AfterEach
    void after()
    {
        server.close();
        assertEquals(List.of(), server.errors);
        assertEquals(listener.opened().size(), listener.closed().size(), "each is closed exactly once");
    }

    private TestPeer connect() throws IOException
    {
        final int before = listener.opened().size();
        final TestPeer peer = server.connect();
        server.awaitTrue(() -> listener.opened().size() > before);
        return peer;
    }

    private void awaitClosed(final CloseReason reason)
    {
        server.awaitTrue(() -> !listener.closed().isEmpty());
        assertEquals(List.of(reason), listener.reasons(), () -> listener.closed().toString());
    }

    @Test
    void shouldTellItsCadenceOnAccept() throws IOException
    {
        try (TestPeer peer = connect())
        {
            final Received first = peer.read();
            assertEquals(Frame.HELLO, first.type());
            assertEquals(new Hello(2, 3_000, 1_000), first.hello());
        }
        awaitClosed(CloseReason.NEVER_SPOKE);
    }

    @Test
    void shouldAnswerPingWithItsToken() throws IOException
    {
        try (TestPeer peer = connect())
        {
            final long reads = server.reads();
            peer.send(Frame.PING, 77);
            server.awaitRead(reads);
            assertEquals(77, peer.read(Frame.PONG).token());
        }
    }

    @Test
    void shouldProbeSilentPeerAndCondemnItAfterDetectionTime() throws IOException
    {
        try (TestPeer peer = connect())
        {
            server.advance(CADENCE.detectionNs());
            assertEquals(List.of(), listener.closed());
            server.advance(TimeUnit.MILLISECONDS.toNanos(5));
            awaitClosed(CloseReason.PEER_SILENT);

            assertTrue(listener.closed().get(0).detail().matches("silent for 50\\d\\d ms, 2 probes unanswered"),
                listener.closed().get(0).detail());
            assertEquals(Frame.PING, peer.read(Frame.PING).type());
            assertEquals(CloseReason.PEER_SILENT.code(), peer.read(Frame.BYE).byeReason());
        }
    }

    @Test
    void shouldMeasureRoundTripOfProbe() throws IOException
    {
        try (TestPeer peer = connect())
        {
            final Connection connection = listener.opened().get(0);
            assertEquals(-1, connection.roundTripNs());
            while (0 == listener.probes())
            {
                server.advance(TimeUnit.MILLISECONDS.toNanos(5));
            }
            final Received ping = peer.read(Frame.PING);
            server.clock.advance(TimeUnit.MILLISECONDS.toNanos(40));
            server.doWork();
            peer.send(Frame.PONG, ping.token());
            server.awaitTrue(() -> connection.roundTripNs() >= 0);

            assertEquals(40, TimeUnit.NANOSECONDS.toMillis(connection.roundTripNs()));
        }
    }

    @Test
    void shouldTakeAnyByteForLife() throws IOException
    {
        try (TestPeer peer = connect())
        {
            for (int i = 0; i < 10; i++)
            {
                server.advance(2 * SECOND_NS);
                final long reads = server.reads();
                peer.sendRaw((byte)Frame.DATA);
                peer.sendRaw((byte)0, (byte)0, (byte)0);
                server.awaitRead(reads);
            }
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldNotCondemnPeerWhoseBytesWaitInTheKernel() throws IOException, InterruptedException
    {
        try (TestPeer peer = connect())
        {
            server.advance(CADENCE.detectionNs() - TimeUnit.MILLISECONDS.toNanos(50));
            peer.send(Frame.PONG, 99);
            InvokedServer.letBytesArrive();
            server.clock.advance(TimeUnit.MILLISECONDS.toNanos(60));
            server.doWork();
            server.advance(TimeUnit.MILLISECONDS.toNanos(100));

            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldNotCondemnAfterItsOwnStallBeforeAFullIntervalOfAttention() throws IOException
    {
        try (TestPeer peer = connect())
        {
            server.advance(CADENCE.detectionNs() - TimeUnit.MILLISECONDS.toNanos(100));
            server.clock.advance(60 * SECOND_NS);
            server.doWork();
            server.advance(CADENCE.intervalNs() - TimeUnit.MILLISECONDS.toNanos(10));
            assertEquals(List.of(), listener.closed());

            server.advance(TimeUnit.MILLISECONDS.toNanos(200));
            awaitClosed(CloseReason.PEER_SILENT);
            assertEquals(CloseReason.PEER_SILENT.code(), peer.read(Frame.BYE).byeReason());
        }
    }

    @Test
    void shouldDeliverMessagesInOrderHoweverTheyAreCut() throws IOException
    {
        try (TestPeer peer = connect())
        {
            final byte[] frames = frames("one", "", "three");
            for (final byte b : frames)
            {
                peer.sendRaw(b);
                server.doWork();
            }
            server.awaitTrue(() -> 3 == listener.messages().size());
            assertEquals(List.of("one", "", "three"), listener.messages());
        }
    }

    @Test
    void shouldSendMessages() throws IOException
    {
        try (TestPeer peer = connect())
        {
            final ByteBuffer message = ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8));
            assertEquals(SendResult.ACCEPTED, listener.opened().get(0).send(message));
            assertEquals(5, message.remaining());
            assertEquals("hello", peer.read(Frame.DATA).text());
        }
    }

    @Test
    void shouldClampWhatAPeerAsksForAndTellIt() throws IOException
    {
        try (TestPeer peer = connect())
        {
            assertEquals(Frame.HELLO, peer.read().type());
            final long reads = server.reads();
            peer.send(new Hello(0xFFFF, 1, Hello.MAX_MS));
            server.awaitRead(reads);

            assertEquals(new Hello(10, 1_000, 60_000), peer.read(Frame.HELLO).hello());
            assertEquals(new Cadence(SECOND_NS, 60 * SECOND_NS, 10), listener.opened().get(0).cadence());
        }
    }

    @Test
    void shouldHoldAPeerToTheCadenceSetForIt() throws IOException
    {
        try (TestPeer peer = connect())
        {
            assertEquals(Frame.HELLO, peer.read().type());
            listener.opened().get(0).cadence(Cadence.passive(SECOND_NS));
            assertEquals(new Hello(0, 1_000, 0), peer.read(Frame.HELLO).hello());

            server.advance(SECOND_NS + TimeUnit.MILLISECONDS.toNanos(5));
            awaitClosed(CloseReason.PEER_SILENT);
        }
    }

    @Test
    void shouldEndConnectionThatBreaksTheProtocolAndSayWhy() throws IOException
    {
        try (TestPeer peer = connect())
        {
            peer.send(Frame.PING, 0, (byte)1, (byte)2);
            awaitClosed(CloseReason.PROTOCOL_ERROR);
            final Received bye = peer.read(Frame.BYE);
            assertEquals(CloseReason.PROTOCOL_ERROR.code(), bye.byeReason());
            assertEquals("PING with a payload of 2 bytes, expected 0", bye.byeText());
            assertEquals(bye.byeText(), listener.closed().get(0).detail());
        }
    }

    @Test
    void shouldCloseWithByeAndWaitForThePeerToCloseItsEnd() throws IOException
    {
        server.close();
        server = new InvokedServer(context().lingerNs(SECOND_NS));
        try (TestPeer peer = connect())
        {
            final Connection connection = listener.opened().get(0);
            connection.close();
            assertFalse(connection.isOpen());
            assertEquals(SendResult.CLOSED, connection.send(ByteBuffer.allocate(1)));
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            assertNull(peer.read(), "the end of the stream follows");
            server.advance(SECOND_NS / 2);
            assertEquals(List.of(), listener.closed());
        }
        awaitClosed(CloseReason.LOCAL_CLOSE);
    }

    @Test
    void shouldCloseAPeerThatDoesNotCloseItsEndAfterTheLinger() throws IOException
    {
        server.close();
        server = new InvokedServer(context().lingerNs(SECOND_NS));
        try (TestPeer peer = connect())
        {
            listener.opened().get(0).close();
            server.advance(SECOND_NS + TimeUnit.MILLISECONDS.toNanos(5));
            awaitClosed(CloseReason.LOCAL_CLOSE);
            assertNotEquals(0, peer.localPort());
        }
    }

    @Test
    void shouldReuseSlotUnderAnotherId() throws IOException
    {
        connect().close();
        server.awaitTrue(() -> 1 == listener.closed().size());
        connect().close();
        server.awaitTrue(() -> 2 == listener.closed().size());

        final Connection first = listener.opened().get(0);
        final Connection second = listener.opened().get(1);
        assertEquals((int)first.id(), (int)second.id(), "the slot is reused");
        assertNotEquals(first.id(), second.id());
    }

    @Test
    void shouldHaveNothingUnsentOnceItsGoodbyeIsWritten() throws IOException
    {
        try (TestPeer peer = connect())
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            final Connection connection = listener.opened().get(0);
            connection.close();
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            assertEquals(0, connection.unsentBytes());
        }
    }

    @Test
    void shouldBoundUnsentBytesAndCondemnAPeerThatTakesNone() throws IOException
    {
        try (TestPeer peer = new TestPeer(server.server.localAddress(), 4096))
        {
            server.awaitTrue(() -> !listener.opened().isEmpty());
            final Connection connection = listener.opened().get(0);
            final ByteBuffer message = ByteBuffer.allocate(16 * 1024);
            int accepted = 0;
            while (SendResult.ACCEPTED == connection.send(message))
            {
                assertTrue(++accepted < 10_000, "unsent bytes are not bounded");
            }
            assertEquals(SendResult.BACK_PRESSURED, connection.send(message));
            assertTrue(Insides.unsentBytes(connection) <= 256 * 1024);

            // It goes on talking, and still is gone: it is not reading.
            for (int i = 0; i < 20 && listener.closed().isEmpty(); i++)
            {
                peer.send(Frame.PONG, 0);
                server.advance(CADENCE.detectionNs() / 8);
            }
            awaitClosed(CloseReason.WRITE_STALLED);
        }
    }

    @Test
    void shouldLetControlFramesOvertakeMessagesThatWait() throws IOException
    {
        server.close();
        server = new InvokedServer(context().lingerNs(SECOND_NS));
        try (TestPeer peer = new TestPeer(server.server.localAddress(), 4096))
        {
            server.awaitTrue(() -> !listener.opened().isEmpty());
            final Connection connection = listener.opened().get(0);
            final ByteBuffer message = ByteBuffer.allocate(1000);
            int accepted = 0;
            while (SendResult.ACCEPTED == connection.send(message))
            {
                ++accepted;
            }
            final long reads = server.reads();
            peer.send(Frame.PING, 5);
            peer.send(Frame.PING, 6);
            server.awaitRead(reads);
            connection.close();
            server.doWork();

            int messages = 0;
            int messagesBeforePong = -1;
            final byte[] zeros = new byte[1000];
            for (Received received = read(peer); Frame.BYE != received.type(); received = read(peer))
            {
                if (Frame.DATA == received.type())
                {
                    ++messages;
                    assertArrayEquals(zeros, received.payload());
                }
                else if (Frame.PONG == received.type())
                {
                    assertEquals(-1, messagesBeforePong, "one PONG is enough");
                    assertEquals(6, received.token());
                    messagesBeforePong = messages;
                }
            }
            assertEquals(accepted, messages);
            assertTrue(messagesBeforePong < messages - 100, messagesBeforePong + " of " + messages);
        }
    }

    private Received read(final TestPeer peer) throws IOException
    {
        server.doWork();
        return peer.read();
    }

    private static byte[] frames(final String... texts)
    {
        final ByteBuffer frames = ByteBuffer.allocate(1024);
        for (final String text : texts)
        {
            final byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            Frame.putHeader(frames, Frame.DATA, 0, payload.length);
            frames.put(payload);
        }
        return java.util.Arrays.copyOf(frames.array(), frames.position());
    }
}
