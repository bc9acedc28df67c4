package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * One buffer that the connections of a reactor pass on to each other, so that queueing a small message and writing it
 * at once allocates nothing.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class SpareBuffer
{
    private static final int CAPACITY = 4096;

    private ByteBuffer spare;

    /**
     * Construct a holder that makes its first buffer when it is asked for one.
     */
    public SpareBuffer()
    {
    }

    ByteBuffer take(final int required)
    {
        final ByteBuffer taken = spare;
        if (null != taken && required <= taken.capacity())
        {
            spare = null;
            return taken.clear().limit(0);
        }
        return ByteBuffer.allocate(Math.max(required, CAPACITY)).limit(0);
    }

    void giveBack(final ByteBuffer buffer)
    {
        if (CAPACITY == buffer.capacity())
        {
            spare = buffer;
        }
    }
}
