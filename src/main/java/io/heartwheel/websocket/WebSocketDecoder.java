package io.heartwheel.websocket;

import io.heartwheel.wire.PlainText;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Splits the bytes of a connection behind its opening into messages, however they were split into frames and reads. A
 * whole frame that is a whole message, or control, is unmasked and handled in place. Of others the part that arrived is
 * copied into a {@link HalfMessage}, which the caller keeps. One decoder therefore serves all connections, and may be
 * shared by threads.
 * <p>
 * Everything is refused as soon as a byte proves that it is wrong (RFC 6455, sections 5 to 8): a length before a byte
 * of its payload is waited for, text before it is whole.
 * <p>
 * Allocates nothing for frames that arrived whole, unless they are fragments, CLOSE, or wrong.
 */
public final class WebSocketDecoder
{
    private final boolean isOfServer;
    private final int maxMessageLength;
    private final FrameRules rules;

    private WebSocketDecoder(final boolean isOfServer, final int maxMessageLength, final boolean isTextTaken)
    {
        if (maxMessageLength < 0)
        {
            throw new IllegalArgumentException("longest message of " + maxMessageLength + " bytes, expected 0 or more");
        }
        this.isOfServer = isOfServer;
        this.maxMessageLength = maxMessageLength;
        rules = new FrameRules(isOfServer, maxMessageLength, isTextTaken);
    }

    /**
     * A decoder for what clients send: every frame has to be masked.
     *
     * @param maxMessageLength longest message in bytes, the sum of its fragments; a longer one is a protocol error.
     * @param isTextTaken      are there messages of text? If not, one is a protocol error.
     * @return a decoder.
     */
    public static WebSocketDecoder ofServer(final int maxMessageLength, final boolean isTextTaken)
    {
        return new WebSocketDecoder(true, maxMessageLength, isTextTaken);
    }

    /**
     * A decoder for what servers send: no frame may be masked.
     *
     * @param maxMessageLength longest message in bytes, the sum of its fragments; a longer one is a protocol error.
     * @param isTextTaken      are there messages of text? If not, one is a protocol error.
     * @return a decoder.
     */
    public static WebSocketDecoder ofClient(final int maxMessageLength, final boolean isTextTaken)
    {
        return new WebSocketDecoder(false, maxMessageLength, isTextTaken);
    }

    /**
     * Handle the bytes that have arrived on one connection.
     *
     * @param half    what the previous call for the connection returned, or null.
     * @param in      bytes that have arrived, from its position to its limit, in network byte order; all are consumed,
     *                and unmasked in place.
     * @param handler that is told of each message and control frame.
     * @return what to keep for the connection: null if there is nothing, {@link HalfMessage#CLOSED} if it has ended.
     */
    public HalfMessage decode(final HalfMessage half, final ByteBuffer in, final WebSocketHandler handler)
    {
        HalfMessage kept = half;
        while (in.hasRemaining())
        {
            kept = decodeFrame(kept, in, handler);
        }
        return kept;
    }

    /**
     * Handle the next frame, or the part of it that has arrived. Bytes behind it are left.
     *
     * @param half    what the previous call for the connection returned, or null.
     * @param in      bytes that have arrived, as for {@link #decode}; one at least.
     * @param handler that is told of the message or control frame, if it is whole.
     * @return what to keep for the connection, as of {@link #decode}.
     */
    public HalfMessage decodeFrame(final HalfMessage half, final ByteBuffer in, final WebSocketHandler handler)
    {
        if (HalfMessage.CLOSED == half)
        {
            in.position(in.limit());
            return half;
        }
        return null != half && half.isWithinFrame() ? goOn(half, in, handler) : begin(half, in, handler);
    }

    /**
     * Handle a frame in place if it is there whole.
     *
     * @param message whose fragments came before, or null.
     */
    private HalfMessage begin(final HalfMessage message, final ByteBuffer in, final WebSocketHandler handler)
    {
        final int offset = in.position();
        if (rules.isRefused(in, offset, in.remaining(), message, handler))
        {
            return HalfMessage.CLOSED;
        }
        if (in.remaining() < FrameHead.START)
        {
            return goOn(null == message ? new HalfMessage() : message, in, handler);
        }
        final int payload = offset + FrameHead.length(in.get(offset + 1));
        if (payload > in.limit() || in.limit() - payload < FrameHead.payloadLength(in, offset))
        {
            return goOn(null == message ? new HalfMessage() : message, in, handler);
        }

        final int first = in.get(offset);
        final int opcode = FrameHead.opcode(first);
        final int end = payload + (int)FrameHead.payloadLength(in, offset);
        if (isOfServer)
        {
            Masking.apply(in, payload, end, in.getInt(payload - WebSocketFrame.KEY_LENGTH), 0);
        }
        if (!FrameHead.isControl(opcode) && (null != message || !FrameHead.isFinal(first)))
        {
            final HalfMessage longer = null == message ? new HalfMessage() : message;
            in.position(end);
            return keep(longer, opcode, in, payload, end, handler) ?
                endDataFrame(longer, FrameHead.isFinal(first), handler) : HalfMessage.CLOSED;
        }
        return handleInPlace(opcode, in, payload, end, handler) ? message : HalfMessage.CLOSED;
    }

    /**
     * Go on with a frame that has not arrived whole.
     */
    private HalfMessage goOn(final HalfMessage half, final ByteBuffer in, final WebSocketHandler handler)
    {
        while (!half.hasHead())
        {
            if (!in.hasRemaining())
            {
                return half;
            }
            half.takeHead(in);
            if (rules.isRefused(half.head, 0, half.head.position(), half, handler))
            {
                return HalfMessage.CLOSED;
            }
        }

        final int from = in.position();
        final int to = from + Math.min(half.payloadLeft(), in.remaining());
        if (isOfServer)
        {
            final int key = half.head.getInt(half.head.position() - WebSocketFrame.KEY_LENGTH);
            Masking.apply(in, from, to, key, half.payloadTaken);
        }
        in.position(to);
        final int first = half.head.get(0);
        final int opcode = FrameHead.opcode(first);
        if (FrameHead.isControl(opcode))
        {
            half.keepControl(in, from, to);
            return 0 == half.payloadLeft() ? endControlFrame(half, opcode, handler) : half;
        }
        if (!keep(half, opcode, in, from, to, handler))
        {
            return HalfMessage.CLOSED;
        }
        half.payloadTaken += to - from;
        return 0 == half.payloadLeft() ? endDataFrame(half, FrameHead.isFinal(first), handler) : half;
    }

    /**
     * Handle one whole frame. Afterwards the position, limit and byte order of the buffer are right, whatever the
     * handler did to them.
     */
    private static boolean handleInPlace(
        final int opcode, final ByteBuffer in, final int payload, final int end, final WebSocketHandler handler)
    {
        if (WebSocketFrame.TEXT == opcode)
        {
            final int utf8 = Utf8.check(Utf8.WHOLE, in, payload, end);
            if (Utf8.WHOLE != utf8)
            {
                return refuseText(utf8, in, ~utf8 - payload, handler);
            }
        }

        final int limit = in.limit();
        final boolean goOn = handle(opcode, in.limit(end).position(payload), handler);
        in.order(ByteOrder.BIG_ENDIAN).limit(limit).position(end);
        return goOn;
    }

    private static HalfMessage endControlFrame(
        final HalfMessage half, final int opcode, final WebSocketHandler handler)
    {
        final ByteBuffer payload = half.control();
        half.endFrame();
        return !handle(opcode, payload, handler) ? HalfMessage.CLOSED : 0 == half.opcode ? null : half;
    }

    private static HalfMessage endDataFrame(
        final HalfMessage half, final boolean isFinal, final WebSocketHandler handler)
    {
        half.endFrame();
        if (!isFinal)
        {
            return handler.onFragment(half.messageLength()) ? half : HalfMessage.CLOSED;
        }
        if (Utf8.WHOLE != half.utf8)
        {
            refuseText(half.utf8, null, 0, handler);
            return HalfMessage.CLOSED;
        }
        return handle(half.opcode, half.message(), handler) ? null : HalfMessage.CLOSED;
    }

    private static boolean handle(final int opcode, final ByteBuffer payload, final WebSocketHandler handler)
    {
        return switch (opcode)
        {
            case WebSocketFrame.TEXT -> handler.onText(payload);
            case WebSocketFrame.BINARY -> handler.onBinary(payload);
            case WebSocketFrame.PING -> handler.onPing(payload);
            case WebSocketFrame.PONG -> handler.onPong(payload);
            default -> onClose(payload, handler);
        };
    }

    private static boolean onClose(final ByteBuffer payload, final WebSocketHandler handler)
    {
        if (!payload.hasRemaining())
        {
            handler.onClose(CloseCode.NONE, "");
            return false;
        }
        final int code = payload.getShort() & 0xFFFF;
        if (!CloseCode.isValid(code))
        {
            handler.onProtocolError(
                CloseCode.PROTOCOL_ERROR, "CLOSE with code " + code + ", which may not be sent");
            return false;
        }
        final int utf8 = Utf8.check(Utf8.WHOLE, payload, payload.position(), payload.limit());
        if (Utf8.WHOLE != utf8)
        {
            return refuseText(utf8, payload, ~utf8 - payload.position(), handler);
        }
        final byte[] text = new byte[payload.remaining()];
        payload.get(text);
        handler.onClose(code, PlainText.of(new String(text, StandardCharsets.UTF_8)));
        return false;
    }

    /**
     * Keep a part of a message.
     *
     * @return false if it is text that is wrong.
     */
    private boolean keep(
        final HalfMessage half,
        final int opcode,
        final ByteBuffer in,
        final int from,
        final int to,
        final WebSocketHandler handler)
    {
        if (WebSocketFrame.CONTINUATION != opcode)
        {
            half.opcode = opcode;
        }
        if (WebSocketFrame.TEXT == half.opcode)
        {
            half.utf8 = Utf8.check(half.utf8, in, from, to);
            if (half.utf8 < 0)
            {
                return refuseText(half.utf8, in, half.messageLength() + ~half.utf8 - from, handler);
            }
        }
        half.keep(in, from, to, maxMessageLength);
        return true;
    }

    /**
     * @param utf8  the complement of the offset of a byte that is wrong; at least 0 if the end is missing.
     * @param index of the byte in its text.
     */
    private static boolean refuseText(
        final int utf8, final ByteBuffer bytes, final int index, final WebSocketHandler handler)
    {
        handler.onProtocolError(CloseCode.BAD_TEXT, utf8 >= 0 ? "text that ends within a character of UTF-8" :
            "text with 0x" + Integer.toHexString(bytes.get(~utf8) & 0xFF) + " at byte " + index + ", no UTF-8");
        return false;
    }
}
