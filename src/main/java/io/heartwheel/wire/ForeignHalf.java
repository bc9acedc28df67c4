package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * What a connection that speaks another protocol keeps between two reads: the bytes that its decoder has not taken, and
 * how many more the decoder keeps itself.
 */
public final class ForeignHalf extends HalfFrame
{
    private int bytesAside;

    /**
     * Construct without bytes.
     */
    public ForeignHalf()
    {
    }

    /**
     * Keep more bytes behind those that are kept.
     *
     * @param in        bytes that have arrived, from its position to its limit; all are taken.
     * @param maxLength that the caller lets it have.
     */
    public void append(final ByteBuffer in, final int maxLength)
    {
        final int taken = in.remaining();
        bytes = Frame.grow(bytes, length + taken, maxLength);
        in.get(bytes, length, taken);
        length += taken;
    }

    /**
     * Forget the bytes. The buffer is kept.
     */
    public void clear()
    {
        length = 0;
    }

    /**
     * Copy the bytes.
     *
     * @param out to copy them to.
     */
    public void copyTo(final ByteBuffer out)
    {
        out.put(bytes, 0, length);
    }

    /**
     * Number of bytes that the decoder keeps itself.
     *
     * @return number of bytes.
     */
    public int bytesAside()
    {
        return bytesAside;
    }

    /**
     * Set the number of bytes that the decoder keeps itself.
     *
     * @param bytesAside number of bytes.
     */
    public void bytesAside(final int bytesAside)
    {
        this.bytesAside = bytesAside;
    }

    @Override
    public int capacity()
    {
        return super.capacity() + bytesAside;
    }
}
