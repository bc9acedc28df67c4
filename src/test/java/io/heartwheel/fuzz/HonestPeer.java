package io.heartwheel.fuzz;

import io.heartwheel.simulation.SimulatedNetwork;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.RecordingFrameHandler;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Does what the protocol says, and holds the server to it.
 */
final class HonestPeer extends FuzzPeer
{
    private final FrameDecoder decoder = new FrameDecoder(0);
    private final RecordingFrameHandler handler = new RecordingFrameHandler()
    {
        @Override
        public boolean onPing(final byte token)
        {
            send(Frame.PONG, token);
            return true;
        }

        @Override
        public boolean onPong(final byte token)
        {
            isAnswered |= token == lastToken;
            return true;
        }
    };
    private HalfFrame half;
    private byte lastToken;
    private boolean isAnswered;
    private boolean isReleased;

    HonestPeer(final SimulatedNetwork network, final InetSocketAddress server) throws IOException
    {
        super(network, server, false);
    }

    /**
     * Do what the server asks for first.
     */
    void enter(final boolean isProxy, final boolean isCredential)
    {
        if (isProxy)
        {
            write(ByteBuffer.wrap("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII)));
        }
        if (isCredential)
        {
            final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + 1);
            Frame.putHeader(frame, Frame.DATA, 0, 1);
            write(frame.rewind());
        }
    }

    void ping()
    {
        isAnswered = false;
        send(Frame.PING, ++lastToken);
    }

    boolean isAnswered()
    {
        return isAnswered;
    }

    /**
     * From now on the server may close.
     */
    void release()
    {
        isReleased = true;
    }

    @Override
    void onRead(final ByteBuffer in)
    {
        half = decoder.decode(half, in, handler);
        assertTrue(isReleased || handler.frames.stream().allMatch((frame) -> frame.startsWith("Hello")),
            () -> "an honest peer was sent " + handler.frames);
    }

    @Override
    void onEnd() throws IOException
    {
        assertTrue(isReleased, "an honest peer was let go");
        super.onEnd();
    }

    private void send(final int type, final byte token)
    {
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH);
        Frame.putHeader(frame, type, token, 0);
        write(frame.flip());
    }
}
