package io.heartwheel.websocket;

import java.nio.ByteBuffer;

/**
 * The masking of the payload that a client sends (RFC 6455, section 5.3). Masking twice gives the payload back.
 */
final class Masking
{
    private static final int STEP = Long.BYTES;
    private static final int KEY_LENGTH = Integer.BYTES;

    private Masking()
    {
    }

    /**
     * Mask or unmask in place, eight bytes a step. Allocates nothing.
     *
     * @param bytes in network byte order.
     * @param from  offset of the first byte.
     * @param to    offset behind the last byte.
     * @param key   of the frame, as it is on the wire.
     * @param phase number of bytes of the payload that came before.
     */
    static void apply(final ByteBuffer bytes, final int from, final int to, final int key, final int phase)
    {
        final int turned = Integer.rotateLeft(key, (phase & KEY_LENGTH - 1) * Byte.SIZE);
        final long twice = (long)turned << Integer.SIZE | turned & 0xFFFF_FFFFL;
        int offset = from;
        for (; to - offset >= STEP; offset += STEP)
        {
            bytes.putLong(offset, bytes.getLong(offset) ^ twice);
        }
        for (int shift = Long.SIZE - Byte.SIZE; offset < to; offset++, shift -= Byte.SIZE)
        {
            bytes.put(offset, (byte)(bytes.get(offset) ^ twice >>> shift));
        }
    }
}
