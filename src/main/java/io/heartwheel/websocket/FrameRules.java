package io.heartwheel.websocket;

import java.nio.ByteBuffer;

/**
 * What a header may say (RFC 6455, section 5.2), told byte by byte: a length is checked before it is believed.
 */
final class FrameRules
{
    private final boolean isOfServer;
    private final int maxMessageLength;
    private final boolean isTextTaken;

    FrameRules(final boolean isOfServer, final int maxMessageLength, final boolean isTextTaken)
    {
        this.isOfServer = isOfServer;
        this.maxMessageLength = maxMessageLength;
        this.isTextTaken = isTextTaken;
    }

    /**
     * Check as much of a header as has arrived. The handler is told what is wrong.
     *
     * @param offset    of the header.
     * @param available number of bytes from there, at least 1.
     * @param message   that the frame may go on with, or null.
     */
    boolean isRefused(
        final ByteBuffer in,
        final int offset,
        final int available,
        final HalfMessage message,
        final WebSocketHandler handler)
    {
        final int first = in.get(offset) & 0xFF;
        final int opcode = FrameHead.opcode(first);
        String what = wrongInFirst(first, null != message && 0 != message.opcode);
        if (null == what && WebSocketFrame.TEXT == opcode && !isTextTaken)
        {
            handler.onProtocolError(CloseCode.NOT_TAKEN, "text, which is not taken here");
            return true;
        }
        if (null == what && available >= FrameHead.START)
        {
            final int second = in.get(offset + 1);
            what = wrongInSecond(opcode, second);
            if (null == what && available >= FrameHead.lengthWithoutKey(second) && !FrameHead.isControl(opcode))
            {
                final long length = FrameHead.payloadLength(in, offset);
                what = wrongInLength(second & WebSocketFrame.LENGTH, length);
                if (null == what && isTooLong(length, message, handler))
                {
                    return true;
                }
            }
        }

        if (null != what)
        {
            handler.onProtocolError(CloseCode.PROTOCOL_ERROR, what);
        }
        return null != what;
    }

    private boolean isTooLong(final long length, final HalfMessage message, final WebSocketHandler handler)
    {
        final int before = null == message ? 0 : message.messageLength();
        // A sum could overflow.
        if (length > maxMessageLength - before)
        {
            handler.onProtocolError(CloseCode.TOO_LONG, "message of " + (0 == before ? "" : before + " and ") + length +
                " bytes, at most " + maxMessageLength + " accepted");
            return true;
        }
        return false;
    }

    private static String wrongInFirst(final int first, final boolean isWithinMessage)
    {
        final int opcode = FrameHead.opcode(first);
        if (0 != (first & WebSocketFrame.RESERVED))
        {
            return "frame with reserved bits set in its first byte 0x" + Integer.toHexString(first);
        }
        if (!FrameHead.isKnown(opcode))
        {
            return "frame of opcode " + opcode;
        }
        if (FrameHead.isControl(opcode))
        {
            return FrameHead.isFinal(first) ? null : FrameHead.nameOfControl(opcode) + " in fragments";
        }
        if (isWithinMessage == (WebSocketFrame.CONTINUATION == opcode))
        {
            return null;
        }
        return isWithinMessage ? "frame of opcode " + opcode + " within a message" : "continuation of no message";
    }

    private String wrongInSecond(final int opcode, final int second)
    {
        if (isOfServer != (0 != (second & WebSocketFrame.MASK)))
        {
            return isOfServer ? "frame of a client without mask" : "frame of a server with a mask";
        }
        final int length = second & WebSocketFrame.LENGTH;
        if (WebSocketFrame.CLOSE == opcode && 1 == length)
        {
            return "CLOSE of 1 byte, expected 0 or at least 2";
        }
        return FrameHead.isControl(opcode) && length > WebSocketFrame.MAX_CONTROL_LENGTH ?
            FrameHead.nameOfControl(opcode) + " of more than " + WebSocketFrame.MAX_CONTROL_LENGTH + " bytes" : null;
    }

    private static String wrongInLength(final int lengthInSecond, final long length)
    {
        if (length < 0)
        {
            return "frame with a length of 0x" + Long.toHexString(length);
        }
        final boolean isMinimal = switch (lengthInSecond)
        {
            case WebSocketFrame.LENGTH_16 -> length >= WebSocketFrame.LENGTH_16;
            case WebSocketFrame.LENGTH_64 -> length > 0xFFFF;
            default -> true;
        };
        return isMinimal ? null : "frame with a length of " + length + " in more bytes than it takes";
    }
}
