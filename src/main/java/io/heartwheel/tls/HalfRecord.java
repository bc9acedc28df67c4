package io.heartwheel.tls;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keeps ciphertext that was read but cannot be decrypted yet, because the rest of its record is missing or a task of
 * the handshake runs. The buffer grows with the bytes that arrived, never with the length that a header claims. It
 * doubles, so that a record that arrives in many small pieces is not copied for each of them.
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
     * Move all bytes to a buffer.
     */
    void moveTo(final ByteBuffer in)
    {
        in.put(bytes, 0, length);
        length = 0;
    }

    /**
     * Append the rest of a buffer.
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
