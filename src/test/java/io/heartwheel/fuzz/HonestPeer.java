package io.heartwheel.fuzz;

import io.heartwheel.simulation.ByteQueue;
import io.heartwheel.simulation.PeerTls;
import io.heartwheel.simulation.SimulatedNetwork;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.RecordingFrameHandler;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A peer that keeps to the protocol, and checks that the server does too.
 */
final class HonestPeer extends FuzzPeer
{
    private static final SSLContext TLS_CONTEXT = PeerTls.newContext();

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
    private final ByteQueue toSend = new ByteQueue();
    private PeerTls tls;
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
    void enter(final boolean isProxy, final boolean isCredential, final boolean isTls) throws IOException
    {
        if (isProxy)
        {
            write(ByteBuffer.wrap("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII)));
        }
        if (isTls)
        {
            tls = new PeerTls(TLS_CONTEXT);
            tls.begin(toSend);
            flush();
        }
        if (isCredential)
        {
            final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + 1);
            Frame.putHeader(frame, Frame.DATA, 0, 1);
            say(frame.rewind());
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
    void onRead(final ByteBuffer in) throws IOException
    {
        half = decoder.decode(half, null == tls ? in : tls.read(in, toSend), handler);
        flush();
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
        say(frame.flip());
    }

    private void say(final ByteBuffer bytes)
    {
        if (null == tls)
        {
            write(bytes);
            return;
        }
        try
        {
            tls.write(bytes, toSend);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        flush();
    }

    private void flush()
    {
        if (toSend.length() > 0)
        {
            final ByteBuffer all = ByteBuffer.allocate(toSend.length());
            toSend.take(all);
            write(all.flip());
        }
    }
}
