package io.heartwheel.reactor;

import java.nio.ByteBuffer;

/**
 * Copies bytes into an array of their length. If they are the same as those before, so is the array: most protocols
 * have one question and one reply, which allocate nothing then.
 */
final class LastBytes
{
    private byte[] last = {};

    /**
     * @param bytes from position to limit. They do not change.
     * @return the bytes, not to be changed.
     */
    byte[] of(final ByteBuffer bytes)
    {
        final int length = bytes.remaining();
        boolean isSame = length == last.length;
        for (int i = 0; isSame && i < length; i++)
        {
            isSame = last[i] == bytes.get(bytes.position() + i);
        }
        if (!isSame)
        {
            last = new byte[length];
            bytes.get(bytes.position(), last);
        }
        return last;
    }
}
