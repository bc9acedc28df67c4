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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A peer that keeps to its cadence is never taken for a flood, even if TCP, a listener or a stall makes its frames
 * arrive at once. Real sockets, virtual time.
 */
class HeartbeatServerRateTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Cadence QUICK = Cadence.passive(SECOND_NS / 10);

    private final RecordingListener listener = new RecordingListener();
    private InvokedServer server;

    @AfterEach
    void after()
    {
        server.close();
        assertEquals(List.of(), server.errors);
    }

    private ServerContext context()
    {
        return new ServerContext().listener(listener).cadence(Cadence.STANDARD).lingerNs(0)
            .controlRate(10).rateBurstNs(SECOND_NS);
    }

    private TestPeer start(final ServerContext ctx) throws IOException
    {
        server = new InvokedServer(ctx);
        return connect();
    }

    private TestPeer connect() throws IOException
    {
        final int before = listener.opened().size();
        final TestPeer peer = server.connect();
        server.awaitTrue(() -> listener.opened().size() > before);
        return peer;
    }

    private static byte[] pings(final int count)
    {
        final ByteBuffer frames = ByteBuffer.allocate(count * Frame.HEADER_LENGTH);
        for (int i = 0; i < count; i++)
        {
            Frame.putHeader(frames, Frame.PING, i, 0);
        }
        return frames.array();
    }

    private void awaitFlooding(final String detail)
    {
        server.awaitTrue(() -> !listener.closed().isEmpty());
        assertEquals(List.of(CloseReason.FLOODING), listener.reasons());
        assertEquals(detail, listener.closed().get(0).detail());
    }

    private void sendAndAwait(final TestPeer peer, final byte... bytes) throws IOException
    {
        final long reads = server.reads();
        peer.sendRaw(bytes);
        server.awaitRead(reads);
    }

    private void speakForThreeSeconds(final TestPeer peer) throws IOException
    {
        for (int i = 0; i < 90; i++)
        {
            sendAndAwait(peer, pings(1));
            server.advance(SECOND_NS / 30);
        }
        assertEquals(List.of(), listener.closed());
    }

    @Test
    void shouldTakeAsManyHeartbeatsAsTheCadenceSetForAConnectionNeeds() throws IOException
    {
        try (TestPeer peer = start(context()))
        {
            listener.opened().get(0).cadence(QUICK);
            speakForThreeSeconds(peer);
        }
    }

    @Test
    void shouldTakeAsManyHeartbeatsAsTheCadenceAskedForNeeds() throws IOException
    {
        try (TestPeer peer = start(context().minIdleNs(QUICK.idleNs())))
        {
            peer.send(new Hello(0, 1, 0));
            peer.read(Frame.HELLO);
            speakForThreeSeconds(peer);
        }
    }

    @Test
    void shouldSendAwayWhoSpeaksMoreThanItsCadenceNeeds() throws IOException
    {
        try (TestPeer peer = start(context()))
        {
            listener.opened().get(0).cadence(QUICK);
            sendAndAwait(peer, pings(80));
            assertEquals(List.of(), listener.closed());
            sendAndAwait(peer, pings(1));
            awaitFlooding("more than 80 PING, PONG and HELLO frames a second");
        }
    }

    @Test
    void shouldRaiseTheLimitOfOneConnectionAlone() throws IOException
    {
        try (TestPeer quick = start(context()); TestPeer other = connect())
        {
            listener.opened().get(0).cadence(QUICK);
            sendAndAwait(quick, pings(11));
            assertEquals(List.of(), listener.closed());
            sendAndAwait(other, pings(11));
            awaitFlooding("more than 10 PING, PONG and HELLO frames a second");
        }
    }

    /** Each frame takes 12 reads, and is one. */
    @Test
    void shouldTakeAnUploadHoweverTcpCutsIt() throws IOException
    {
        try (TestPeer peer = start(context().frameRate(10)))
        {
            final ByteBuffer frames = ByteBuffer.allocate(8 * (Frame.HEADER_LENGTH + 16_000));
            for (int i = 0; i < 8; i++)
            {
                Frame.putHeader(frames, Frame.DATA, 0, 16_000);
                frames.position(frames.position() + 16_000);
            }
            frames.flip();
            while (frames.hasRemaining())
            {
                final byte[] segment = new byte[Math.min(1_448, frames.remaining())];
                frames.get(segment);
                sendAndAwait(peer, segment);
            }
            assertEquals(8, listener.messages().size());
            assertEquals(List.of(), listener.closed());
        }
    }

    @Test
    void shouldTakeAsManyMessagesThoughEachComesByItself() throws IOException
    {
        try (TestPeer peer = start(context().frameRate(20)))
        {
            for (int i = 0; i < 20; i++)
            {
                sendAndAwait(peer, (byte)Frame.DATA, (byte)0, (byte)0, (byte)1, (byte)i);
            }
            assertEquals(List.of(), listener.closed());
            sendAndAwait(peer, (byte)Frame.DATA, (byte)0, (byte)0, (byte)1, (byte)20);
            awaitFlooding("more than 20 frames and small reads a second");
        }
    }

    @ParameterizedTest
    @CsvSource({"511, true", "512, false"})
    void shouldCountReadsOfLittleThatEndNoFrame(final int length, final boolean isFlood) throws IOException
    {
        try (TestPeer peer = start(context().frameRate(20)))
        {
            final ByteBuffer frame = ByteBuffer.allocate(21 * length);
            Frame.putHeader(frame, Frame.DATA, 0, 16_000);
            for (int i = 0; i < 21; i++)
            {
                assertEquals(List.of(), listener.closed());
                sendAndAwait(peer, Arrays.copyOfRange(frame.array(), i * length, (i + 1) * length));
            }
            if (isFlood)
            {
                awaitFlooding("more than 20 frames and small reads a second");
            }
            assertEquals(isFlood, !listener.closed().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 60})
    void shouldCreditAStallOfAnyLength(final int seconds) throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context()))
        {
            final int count = 10 * (seconds + 1);
            peer.sendRaw(pings(count));
            InvokedServer.letBytesArrive();
            server.clock.advance(seconds * SECOND_NS);
            server.doWork();
            assertEquals(count - 1 & 0xFF, peer.read(Frame.PONG).token());
            assertEquals(List.of(), listener.closed());
            sendAndAwait(peer, pings(1));
            awaitFlooding("more than 10 PING, PONG and HELLO frames a second");
        }
    }

    @Test
    void shouldCreditAStallForAsLongAsItWasOnly() throws IOException
    {
        try (TestPeer peer = start(context()))
        {
            server.clock.advance(5 * SECOND_NS);
            server.doWork();
            server.advance(4 * SECOND_NS);
            sendAndAwait(peer, pings(20));
            assertEquals(List.of(), listener.closed());
            server.advance(3 * SECOND_NS);
            sendAndAwait(peer, pings(11));
            awaitFlooding("more than 10 PING, PONG and HELLO frames a second");
        }
    }

    @Test
    void shouldCreditStallsThatFollowEachOther() throws IOException, InterruptedException
    {
        try (TestPeer peer = start(context()))
        {
            server.clock.advance(5 * SECOND_NS);
            server.doWork();
            peer.sendRaw(pings(100));
            InvokedServer.letBytesArrive();
            server.clock.advance(4 * SECOND_NS);
            server.doWork();
            assertEquals(99, peer.read(Frame.PONG).token());
            assertEquals(List.of(), listener.closed());
            sendAndAwait(peer, pings(1));
            awaitFlooding("more than 10 PING, PONG and HELLO frames a second");
        }
    }

    @Test
    void shouldCreditAStallToWhoConnectedMeanwhile() throws IOException, InterruptedException
    {
        server = new InvokedServer(context());
        server.doWork();
        try (TestPeer peer = server.connect())
        {
            peer.sendRaw(pings(60));
            InvokedServer.letBytesArrive();
            server.clock.advance(5 * SECOND_NS);
            server.awaitTrue(() -> server.reads() > 0);
            assertEquals(59, peer.read(Frame.PONG).token());
            assertEquals(List.of(), listener.closed());
        }
    }

    /** The clock was read before the listener of another held up the batch. */
    @Test
    void shouldNotHoldAgainstAPeerThatAListenerHeldUpItsBatch() throws IOException, InterruptedException
    {
        final TestPeer[] waiting = new TestPeer[1];
        final ServerContext ctx = context().listener(new RecordingListener()
        {
            @Override
            public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
            {
                server.clock.advance(5 * SECOND_NS);
                try
                {
                    waiting[0].sendRaw(pings(45));
                    InvokedServer.letBytesArrive();
                }
                catch (final IOException | InterruptedException ex)
                {
                    throw new IllegalStateException(ex);
                }
            }
        });
        server = new InvokedServer(ctx);
        try (TestPeer talking = server.connect(); TestPeer waits = server.connect())
        {
            waiting[0] = waits;
            server.awaitTrue(() -> 2 == server.server.metrics().count(Counter.OPENED));
            talking.send(Frame.DATA, 0);
            InvokedServer.letBytesArrive();
            waits.send(Frame.PING, 99);
            InvokedServer.letBytesArrive();
            server.doWork();
            assertEquals(44, waits.read(Frame.PONG).token());
            assertEquals(0, server.server.metrics().count(Counter.CLOSED));
        }
    }
}
