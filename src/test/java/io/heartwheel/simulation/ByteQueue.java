package io.heartwheel.simulation;

import java.nio.ByteBuffer;

/**
 * Bytes, first in, first out. There is a buffer only while there are any.
 */
public final class ByteQueue
{
    private static final byte[] NONE = new byte[0];

    private byte[] bytes = NONE;
    private int head;
    private int length;

    public int length()
    {
        return length;
    }

    void clear()
    {
        bytes = NONE;
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

    public int take(final ByteBuffer to)
    {
        final int count = Math.min(length, to.remaining());
        to.put(bytes, head, count);
        drop(count);
        return count;
    }

    void copyTo(final ByteQueue to, final int offset, final int count)
    {
        to.makeRoom(count);
        System.arraycopy(bytes, head + offset, to.bytes, to.head + to.length, count);
        to.length += count;
    }

    void drop(final int count)
    {
        head += count;
        length -= count;
        if (0 == length)
        {
            clear();
        }
    }

    private void makeRoom(final int count)
    {
        if (head + length + count > bytes.length)
        {
            final byte[] target = length + count > bytes.length ?
                new byte[0 == length ? count : length + count << 1] : bytes;
            System.arraycopy(bytes, head, target, 0, length);
            bytes = target;
            head = 0;
        }
    }
}
