package io.heartwheel.websocket;

import java.nio.ByteBuffer;

/**
 * The fields of a header, read where it stands.
 */
final class FrameHead
{
    /** Number of bytes that tell how long a header is. */
    static final int START = 2;

    private static final String[] CONTROL_NAMES = {"CLOSE", "PING", "PONG"};

    private FrameHead()
    {
    }

    static int opcode(final int first)
    {
        return first & WebSocketFrame.OPCODE;
    }

    static boolean isFinal(final int first)
    {
        return 0 != (first & WebSocketFrame.FIN);
    }

    static boolean isControl(final int opcode)
    {
        return opcode >= WebSocketFrame.CLOSE;
    }

    static boolean isKnown(final int opcode)
    {
        return opcode <= WebSocketFrame.BINARY || opcode >= WebSocketFrame.CLOSE && opcode <= WebSocketFrame.PONG;
    }

    static String nameOfControl(final int opcode)
    {
        return CONTROL_NAMES[opcode - WebSocketFrame.CLOSE];
    }

    /**
     * Length of the header without its key.
     *
     * @param second byte of it.
     */
    static int lengthWithoutKey(final int second)
    {
        final int length = second & WebSocketFrame.LENGTH;
        return START + (length < WebSocketFrame.LENGTH_16 ?
            0 : WebSocketFrame.LENGTH_16 == length ? Short.BYTES : Long.BYTES);
    }

    static int length(final int second)
    {
        return lengthWithoutKey(second) + (0 == (second & WebSocketFrame.MASK) ? 0 : WebSocketFrame.KEY_LENGTH);
    }

    /**
     * Length of the payload, as the header claims it; negative if its top bit is set.
     *
     * @param offset of the header.
     */
    static long payloadLength(final ByteBuffer in, final int offset)
    {
        final int length = in.get(offset + 1) & WebSocketFrame.LENGTH;
        return switch (length)
        {
            case WebSocketFrame.LENGTH_16 -> in.getShort(offset + START) & 0xFFFFL;
            case WebSocketFrame.LENGTH_64 -> in.getLong(offset + START);
            default -> length;
        };
    }
}
