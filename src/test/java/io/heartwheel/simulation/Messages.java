package io.heartwheel.simulation;

import java.nio.ByteBuffer;

/**
 * Makes messages by number. Each has a length and bytes of its own, so that a lost, cut or doubled one is noticed.
 */
final class Messages
{
    static final int MAX_LENGTH = 3_000;

    private Messages()
    {
    }

    static byte[] payload(final int number)
    {
        return payload(number, MAX_LENGTH);
    }

    /**
     * @param maxLength of all of its kind.
     */
    static byte[] payload(final int number, final int maxLength)
    {
        final byte[] payload = new byte[length(number, maxLength)];
        for (int i = 0; i < payload.length; i++)
        {
            payload[i] = (byte)(number + i);
        }
        return payload;
    }

    static boolean isPayload(final ByteBuffer payload, final int number)
    {
        return isPayload(payload, number, MAX_LENGTH);
    }

    static boolean isPayload(final ByteBuffer payload, final int number, final int maxLength)
    {
        boolean isEqual = length(number, maxLength) == payload.remaining();
        for (int i = 0; isEqual && i < payload.remaining(); i++)
        {
            isEqual = (byte)(number + i) == payload.get(payload.position() + i);
        }
        return isEqual;
    }

    private static int length(final int number, final int maxLength)
    {
        return number * 7_919 % maxLength;
    }
}
