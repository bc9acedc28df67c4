package io.heartwheel.bench.harness;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the frames of a server. It notes HELLO and BYE, and drops all others.
 */
public final class RawReader implements FrameHandler
{
    /** A connection ended, by FIN. */
    public static final int CLOSED = -1;
    /** A connection ended, by RST. */
    static final int RESET = -2;

    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_PAYLOAD_LENGTH);
    private RawPeer peer;

    /**
     * Read once.
     *
     * @return number of bytes, or how the connection ended.
     */
    public int read(final RawPeer from)
    {
        int length;
        try
        {
            length = from.channel.read(in.clear());
        }
        catch (final IOException ex)
        {
            length = RESET;
        }
        if (length > 0)
        {
            peer = from;
            from.half = decoder.decode(from.half, in.flip(), this);
        }
        // A write that failed took the error from the socket.
        return CLOSED == length && from.hasWriteFailed ? RESET : length;
    }

    @Override
    public boolean onHello(final Hello hello)
    {
        peer.hello = hello;
        return true;
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        peer.byeReason = reason;
    }

    @Override
    public boolean onPing(final byte token)
    {
        return true;
    }

    @Override
    public boolean onPong(final byte token)
    {
        return true;
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        return true;
    }

    @Override
    public void onProtocolError(final String what)
    {
        // What a server says is for others to check.
    }
}
