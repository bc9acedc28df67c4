package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * What a connection keeps between two reads: the beginning of a frame, or how much of an unknown frame is still to be
 * skipped. It grows with what really arrived, never with what a header promises.
 */
public final class HalfFrame
{
    private byte[] bytes = new byte[Frame.HEADER_LENGTH];
    private int length;
    private int bytesToSkip;

    HalfFrame()
    {
    }

    /**
     * Number of bytes it keeps.
     *
     * @return number of bytes.
     */
    public int length()
    {
        return length;
    }

    /**
     * Number of bytes it takes to keep them.
     *
     * @return number of bytes.
     */
    public int capacity()
    {
        return bytes.length;
    }

    void skip(final int byteCount)
    {
        bytesToSkip = byteCount;
    }

    /**
     * Pass over bytes of a frame that is skipped.
     *
     * @return true if the whole of it has been.
     */
    boolean skipFrom(final ByteBuffer in)
    {
        final int skipped = Math.min(bytesToSkip, in.remaining());
        in.position(in.position() + skipped);
        bytesToSkip -= skipped;
        return 0 == bytesToSkip;
    }

    /**
     * Take bytes until there are as many as given.
     *
     * @return true if there are.
     */
    boolean fillFrom(final ByteBuffer in, final int targetLength)
    {
        final int taken = Math.min(targetLength - length, in.remaining());
        bytes = Frame.grow(bytes, length + taken, targetLength);
        in.get(bytes, length, taken);
        length += taken;
        return length == targetLength;
    }

    ByteBuffer view()
    {
        return ByteBuffer.wrap(bytes, 0, length);
    }
}
