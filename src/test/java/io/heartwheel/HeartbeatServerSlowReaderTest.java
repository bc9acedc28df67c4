package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedClient;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.RecordingFrameHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Peers that read slowly. The kernel's queues matter here, so the sockets are real, and the clock runs ten times as
 * fast as the real one.
 */
class HeartbeatServerSlowReaderTest
{
    private static final int SPEED = 10;
    private static final int READ_PER_SECOND = 100_000;
    private static final int MESSAGE_LENGTH = 16_000;
    private static final int MESSAGES = 70;

    /**
     * Reads without a pause, as much as it can, and answers each PING that it comes to.
     */
    private static final class SlowReader extends RecordingFrameHandler implements AutoCloseable
    {
        private final SocketChannel channel;
        private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
        private final ByteBuffer buffer = ByteBuffer.allocate(READ_PER_SECOND);
        private HalfFrame half;
        long readBytes;
        int pings;

        SlowReader(final SocketChannel channel) throws IOException
        {
            this.channel = channel;
            channel.configureBlocking(false);
        }

        void readUpTo(final long totalBytes) throws IOException
        {
            buffer.clear().limit((int)Math.max(0, Math.min(buffer.capacity(), totalBytes - readBytes)));
            final int length = channel.read(buffer);
            if (length > 0)
            {
                readBytes += length;
                half = decoder.decode(half, buffer.flip(), this);
            }
        }

        @Override
        public boolean onPing(final byte token)
        {
            ++pings;
            final ByteBuffer pong = ByteBuffer.allocate(Frame.HEADER_LENGTH);
            Frame.putHeader(pong, Frame.PONG, token, 0);
            try
            {
                channel.write(pong.flip());
            }
            catch (final IOException ex)
            {
                throw new IllegalStateException(ex);
            }
            return true;
        }

        @Override
        public void close() throws IOException
        {
            channel.close();
        }
    }

    /**
     * More than 10 s are needed to read all. Nothing is said meanwhile but the answers.
     */
    @Test
    void shouldNotCondemnWhoReadsWithoutAPauseHoweverMuchIsSent() throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(new ServerContext().listener(listener)
            .cadence(Cadence.STRICT).stallNs(TimeUnit.SECONDS.toNanos(1)).lingerNs(0));
            SlowReader reader = new SlowReader(SocketChannel.open(server.server.localAddress())))
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            final Connection connection = listener.opened().get(0);
            final ByteBuffer message = ByteBuffer.allocate(MESSAGE_LENGTH);
            final long startNs = System.nanoTime();
            final long zeroNs = server.clock.nanoTime();
            int sent = 0;
            while (reader.readBytes < (long)MESSAGES * MESSAGE_LENGTH && listener.closed().isEmpty())
            {
                while (sent < MESSAGES && connection.isOpen() && SendResult.ACCEPTED == connection.send(message))
                {
                    ++sent;
                }
                final long elapsedNs = (System.nanoTime() - startNs) * SPEED;
                server.clock.update(zeroNs + elapsedNs);
                server.doWork();
                reader.readUpTo(elapsedNs * READ_PER_SECOND / TimeUnit.SECONDS.toNanos(1));
            }
            assertEquals(List.of(), listener.closed());
            assertTrue(reader.pings > 0);
        }
    }

    /** Whatever else it says: nothing of it begins the wait for progress anew. */
    @ParameterizedTest
    @ValueSource(ints = {Frame.PING, Frame.PONG, Frame.DATA, Frame.HELLO, 77})
    void shouldCondemnWhoTakesNothingWhateverItSays(final int type) throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        try (InvokedServer server = new InvokedServer(new ServerContext().listener(listener)
            .cadence(Cadence.STRICT).lingerNs(0));
            TestPeer peer = new TestPeer(server.server.localAddress(), 4096))
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            final Connection connection = listener.opened().get(0);
            while (SendResult.ACCEPTED == connection.send(ByteBuffer.allocate(MESSAGE_LENGTH)))
            {
                server.doWork();
            }
            final long startNs = connection.nowNs();
            while (listener.closed().isEmpty() && connection.nowNs() - startNs < 3 * Cadence.STRICT.detectionNs())
            {
                speak(peer, type);
                server.advance(Cadence.STRICT.intervalNs() / 2);
            }
            assertEquals(List.of(CloseReason.WRITE_STALLED), listener.reasons());
            assertTrue(connection.ageNs() < Cadence.STRICT.detectionNs() + 2 * Cadence.STRICT.intervalNs(),
                () -> connection.ageNs() + " ns");
        }
    }

    private static void speak(final TestPeer peer, final int type) throws IOException
    {
        if (Frame.HELLO == type)
        {
            peer.send(new Hello(3, 3_000, 1_500));
        }
        else
        {
            peer.send(type, 99);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32 << 10, 64 << 10})
    void shouldBoundWhatTheKernelQueuesAtBothEnds(final int length) throws IOException
    {
        final RecordingListener listener = new RecordingListener();
        final RecordingLinkListener linkListener = new RecordingLinkListener();
        try (InvokedServer server = new InvokedServer(new ServerContext().listener(listener)
            .sendBufferLength(length).lingerNs(0));
            InvokedClient client = new InvokedClient(new ClientContext().listener(linkListener)
            .sendBufferLength(length).lingerNs(0)))
        {
            client.client.connect(server.server.localAddress());
            client.awaitTrue(() -> 1 == linkListener.opened().size());
            server.awaitTrue(() -> 1 == listener.opened().size());
            final int inForce = server.server.sendBufferLength();
            assertTrue(inForce >= length && inForce <= 2 * length, () -> inForce + " bytes");
            assertEquals(inForce, sendBufferLength(listener.opened().get(0)));
            assertEquals(inForce, sendBufferLength(linkListener.opened().get(0)));
        }
    }

    private static int sendBufferLength(final Connection connection) throws IOException
    {
        return Insides.channel(connection).getOption(StandardSocketOptions.SO_SNDBUF);
    }

    @Test
    void shouldLeaveTheQueueToTheKernelByZero() throws IOException
    {
        try (InvokedServer server = new InvokedServer(new ServerContext().listener(new RecordingListener())
            .sendBufferLength(0));
            SocketChannel unset = SocketChannel.open())
        {
            assertEquals(unset.getOption(StandardSocketOptions.SO_SNDBUF), server.server.sendBufferLength());
        }
    }
}
