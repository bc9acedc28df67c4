package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.nio.ByteBuffer;

/**
 * What a decoder that is tested alone has found.
 */
public final class RecordingMessages implements Protocol.Messages
{
    public byte[] message;
    public String refused;
    byte[] reply;
    int answers;
    private ByteBuffer in;

    public void begin(final ByteBuffer in)
    {
        this.in = in;
        message = null;
    }

    @Override
    public void message(final int from, final int to)
    {
        message = new byte[to - from];
        in.get(from, message);
    }

    @Override
    public void message(final ByteBuffer payload)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void answered(final byte token)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void answered()
    {
        ++answers;
    }

    @Override
    public void reply(final ByteBuffer bytes)
    {
        reply = new byte[bytes.remaining()];
        bytes.get(bytes.position(), reply);
    }

    @Override
    public void write(final ByteBuffer bytes)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public Cadence cadence(final Cadence cadence)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void left(final String text)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public void refuse(final CloseReason reason, final String what)
    {
        refused = reason + " " + what;
    }
}
