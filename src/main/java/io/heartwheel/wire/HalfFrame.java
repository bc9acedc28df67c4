package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * The part of a frame that a connection keeps between two reads: the beginning of a frame, or the number of bytes of an
 * unknown frame that are still to be skipped. It grows with the bytes that arrived, never with the length that a header
 * claims.
 */
public class HalfFrame
{
    byte[] bytes = new byte[Frame.HEADER_LENGTH];
    int length;
    private int bytesToSkip;

    HalfFrame()
    {
    }

    /**
     * Number of bytes of the frame that have arrived.
     *
     * @return number of bytes.
     */
    public final int length()
    {
        return length;
    }

    /**
     * Size of the buffer that keeps them.
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
     * Skip bytes of an unknown frame.
     *
     * @return true if none is left to be skipped.
     */
    boolean skipFrom(final ByteBuffer in)
    {
        final int skipped = Math.min(bytesToSkip, in.remaining());
        in.position(in.position() + skipped);
        bytesToSkip -= skipped;
        return 0 == bytesToSkip;
    }

    /**
     * Take bytes up to a length.
     *
     * @return true if the length is reached.
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
