package io.heartwheel.tls;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Ciphertext that was read and waits: for the rest of its record, or for a task of the handshake. It grows with what
 * really arrived, never with what a header promises, and by doubling, so that a record that drips in is not copied anew
 * for each drop.
 */
final class HalfRecord
{
    private static final byte[] NOTHING = new byte[0];

    private byte[] bytes = NOTHING;
    private int length;

    int length()
    {
        return length;
    }

    int capacity()
    {
        return bytes.length;
    }

    /**
     * Move all of it to a buffer.
     */
    void moveTo(final ByteBuffer in)
    {
        in.put(bytes, 0, length);
        length = 0;
    }

    /**
     * Keep the rest of a buffer behind what is there.
     */
    void keep(final ByteBuffer in)
    {
        final int required = length + in.remaining();
        if (0 == required)
        {
            bytes = NOTHING;
        }
        else if (required > bytes.length)
        {
            bytes = Arrays.copyOf(bytes, Math.min(Math.max(required, 2 * bytes.length), TlsBuffers.IN_LENGTH));
        }
        in.get(bytes, length, required - length);
        length = required;
    }

    void discard()
    {
        bytes = NOTHING;
        length = 0;
    }
}
