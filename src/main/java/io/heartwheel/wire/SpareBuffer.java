package io.heartwheel.wire;

import java.nio.ByteBuffer;

/**
 * Keeps one buffer that the connections of a reactor share in turn, so that queueing a small message and writing it at
 * once allocates nothing.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class SpareBuffer
{
    private static final int CAPACITY = 4096;

    private ByteBuffer spare;

    /**
     * Construct without a buffer. The first is allocated on demand.
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
