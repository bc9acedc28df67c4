package io.heartwheel.simulation;

import java.nio.ByteBuffer;

/**
 * Bytes, first in, first out.
 */
final class ByteQueue
{
    private byte[] bytes = new byte[64];
    private int head;
    private int length;

    int length()
    {
        return length;
    }

    void clear()
    {
        head = 0;
        length = 0;
    }

    /**
     * Leave out all but the first bytes.
     */
    void truncate(final int newLength)
    {
        length = Math.min(length, newLength);
    }

    void put(final ByteBuffer from, final int count)
    {
        makeRoom(count);
        from.get(bytes, head + length, count);
        length += count;
    }

    int take(final ByteBuffer to)
    {
        final int count = Math.min(length, to.remaining());
        to.put(bytes, head, count);
        drop(count);
        return count;
    }

    void moveTo(final ByteQueue to, final int count)
    {
        to.put(ByteBuffer.wrap(bytes, head, count), count);
        drop(count);
    }

    private void drop(final int count)
    {
        head += count;
        length -= count;
        if (0 == length)
        {
            head = 0;
        }
    }

    private void makeRoom(final int count)
    {
        if (head + length + count > bytes.length)
        {
            final byte[] target = length + count > bytes.length ? new byte[length + count << 1] : bytes;
            System.arraycopy(bytes, head, target, 0, length);
            bytes = target;
            head = 0;
        }
    }
}
