package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A peer that sends too much, or never finishes a frame, is closed; a peer whose bytes were only held up is not. Real
 * sockets, virtual time.
 */
class HeartbeatServerFloodTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final RecordingListener listener = new RecordingListener();
    private InvokedServer server;

    @AfterEach
    void after()
    {
        server.close();
    }

    private static byte[] frames(final int count, final int type, final byte... payload)
    {
        final ByteBuffer frames = ByteBuffer.allocate(count * (Frame.HEADER_LENGTH + payload.length));
        for (int i = 0; i < count; i++)
        {
            Frame.putHeader(frames, type, i, payload.length);
            frames.put(payload);
        }
        return frames.array();
    }

    private ServerContext context()
    {
        return new ServerContext().listener(listener).cadence(Cadence.STANDARD).lingerNs(0);
    }

    private TestPeer start(final ServerContext ctx) throws IOException
    {
        server = new InvokedServer(ctx);
        final TestPeer peer = server.connect();
        server.awaitTrue(() -> 1 == listener.opened().size());
        return peer;
    }

    private void awaitClosed(final CloseReason reason, final String detail)
    {
        server.awaitTrue(() -> !listener.closed().isEmpty());
        assertEquals(List.of(reason), listener.reasons());
        assertEquals(detail, listener.closed().get(0).detail());
    }

    @Test
    void shouldSendAPingFloodAwayWithBye() throws IOException
    {
        try (TestPeer peer = start(context().controlRate(2).rateBurstNs(5 * SECOND_NS)))
        {
            peer.sendRaw(frames(11, Frame.PING));

            awaitClosed(CloseReason.FLOODING, "more than 2 PING, PONG and HELLO frames a second");
            assertEquals(CloseReason.FLOODING.code(), peer.read(Frame.BYE).byeReason());
        }
    }

    @Test
    void shouldEndureAsManyPingsAsTheNetworkMayHaveHeldUp() throws IOException
    {
        try (TestPeer peer = start(context().controlRate(2).rateBurstNs(5 * SECOND_NS)))
        {
            for (int round = 0; round < 4; round++)
            {
                final long reads = server.reads();
                peer.sendRaw(frames(10, Frame.PING));
                server.awaitRead(reads);
                assertEquals(9, peer.read(Frame.PONG).token());
                server.advance(5 * SECOND_NS);
            }
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldNotHoldOurOwnStallAgainstWhoSpokeMeanwhile() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context().controlRate(2).rateBurstNs(SECOND_NS)))
        {
            for (int i = 0; i < 3; i++)
            {
                peer.sendRaw(frames(2, Frame.PING));
                InvokedServer.letBytesArrive();
                server.clock.advance(SECOND_NS);
                server.doWork();
            }
            assertEquals(6, server.server.metrics().count(Counter.FRAMES_IN));
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldSendAFloodOfTinyMessagesAway() throws IOException
    {
        try (TestPeer peer = start(context().frameRate(100).rateBurstNs(SECOND_NS)))
        {
            peer.sendRaw(frames(101, Frame.DATA));

            awaitClosed(CloseReason.FLOODING, "more than 100 frames and small reads a second");
            assertTrue(listener.messages().size() <= 100);
        }
    }

    @Test
    void shouldSendAFloodOfUnknownFramesAway() throws IOException
    {
        try (TestPeer peer = start(context().frameRate(100).rateBurstNs(SECOND_NS)))
        {
            peer.sendRaw(frames(101, 77, (byte)1));

            awaitClosed(CloseReason.FLOODING, "more than 100 frames and small reads a second");
        }
    }

    @Test
    void shouldSendAFloodOfHellosAway() throws IOException
    {
        try (TestPeer peer = start(context().controlRate(2).rateBurstNs(5 * SECOND_NS)))
        {
            for (int i = 0; i < 11; i++)
            {
                peer.send(new Hello(4, 10_000 + i, 5_000));
            }
            server.awaitTrue(() -> !listener.closed().isEmpty());
            assertEquals(List.of(CloseReason.FLOODING), listener.reasons());
        }
    }

    @Test
    void shouldSendWhoWritesByteByByteAwayForTheReadsItCosts() throws IOException
    {
        try (TestPeer peer = start(context().frameRate(20).rateBurstNs(SECOND_NS)))
        {
            final byte[] message = frames(1, Frame.DATA, new byte[100]);
            for (int i = 0; i < 21; i++)
            {
                final long reads = server.reads();
                peer.sendRaw(message[i]);
                server.awaitRead(reads);
            }
            awaitClosed(CloseReason.FLOODING, "more than 20 frames and small reads a second");
        }
    }

    @Test
    void shouldAllowAsManyHeartbeatsAsAFastCadenceNeeds() throws IOException
    {
        final Cadence fast = new Cadence(SECOND_NS / 10, SECOND_NS / 10, 3);
        try (TestPeer peer = start(context().cadence(fast).stallNs(SECOND_NS / 10).controlRate(1)
            .rateBurstNs(SECOND_NS)))
        {
            for (int i = 0; i < 200; i++)
            {
                final long reads = server.reads();
                peer.send(Frame.PING, i);
                server.awaitRead(reads);
                server.advance(SECOND_NS / 40);
            }
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldNotCountAnswersThatItAskedFor() throws IOException
    {
        final Cadence cadence = new Cadence(SECOND_NS, SECOND_NS, 3);
        try (TestPeer peer = start(context().cadence(cadence).controlRate(1).rateBurstNs(SECOND_NS)))
        {
            for (int i = 0; i < 50; i++)
            {
                final int probes = listener.probes();
                while (listener.probes() == probes)
                {
                    server.advance(SECOND_NS / 4);
                }
                final long reads = server.reads();
                peer.send(Frame.PONG, peer.read(Frame.PING).token());
                server.awaitRead(reads);
            }
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldEndAFrameThatDoesNotBecomeWholeInTimeThoughItsPeerLives() throws IOException
    {
        try (TestPeer peer = start(context().frameTimeoutNs(20 * SECOND_NS)))
        {
            final byte[] message = frames(1, Frame.DATA, new byte[100]);
            for (int i = 0; i < 20; i++)
            {
                assertEquals(List.of(), listener.closed(), "after " + i + " s");
                final long reads = server.reads();
                peer.sendRaw(message[i]);
                server.awaitRead(reads);
                server.advance(SECOND_NS);
            }
            server.advance(SECOND_NS / 10);

            awaitClosed(CloseReason.PROTOCOL_ERROR, "frame not complete after 20s");
        }
    }

    @Test
    void shouldTakeAFrameWhoseEndIsThereAtTheLastLook() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context().cadence(Cadence.OFF).frameTimeoutNs(20 * SECOND_NS)))
        {
            final byte[] message = frames(1, Frame.DATA, (byte)'h', (byte)'i');
            final long reads = server.reads();
            peer.sendRaw(message[0], message[1], message[2]);
            server.awaitRead(reads);
            server.advance(20 * SECOND_NS - 20_000_000);
            peer.sendRaw(message[3], message[4], message[5]);
            InvokedServer.letBytesArrive();
            server.advance(SECOND_NS);

            assertEquals(List.of("hi"), listener.messages());
            server.advance(60 * SECOND_NS);
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldJudgeWhoDiedWithinAFrameForItsSilence() throws IOException
    {
        try (TestPeer peer = start(context().frameTimeoutNs(30 * SECOND_NS)))
        {
            final long reads = server.reads();
            peer.sendRaw((byte)Frame.DATA);
            server.awaitRead(reads);
            server.advance(36 * SECOND_NS);

            awaitClosed(CloseReason.PEER_SILENT, listener.closed().get(0).detail());
        }
    }

    @Test
    void shouldNotListenForLongToWhoSaidTooMuchAfterAnError() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context().lingerNs(30 * SECOND_NS)))
        {
            peer.send(Frame.PING, 0, (byte)1);
            server.awaitTrue(() -> !listener.opened().get(0).isOpen());
            for (int i = 0; i < 17; i++)
            {
                assertEquals(List.of(), listener.closed());
                peer.sendRaw(new byte[1]);
                InvokedServer.letBytesArrive();
                server.doWork();
            }
            server.awaitTrue(() -> !listener.closed().isEmpty());
            assertEquals(List.of(CloseReason.PROTOCOL_ERROR), listener.reasons());
        }
    }
}
