package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The frames of WebSocket, and how to write them (RFC 6455, section 5.2). Messages are written in one frame each. A
 * server writes without a mask; a client masks each frame with a key that nobody can guess. Buffers are in network byte
 * order. Nothing is allocated but for the text of a CLOSE.
 * <pre>
 *   byte 0                   byte 1                     then
 *   FIN, RSV 1-3, opcode     MASK, length or 126, 127   length in 2 or 8 bytes, key in 4 bytes, payload
 * </pre>
 */
public final class WebSocketFrame
{
    /** Opcode of a frame that goes on with a message. */
    public static final int CONTINUATION = 0;

    /** Opcode of a message of text. */
    public static final int TEXT = 1;

    /** Opcode of a message of bytes. */
    public static final int BINARY = 2;

    /** Opcode of a CLOSE. */
    public static final int CLOSE = 8;

    /** Opcode of a PING. */
    public static final int PING = 9;

    /** Opcode of a PONG. */
    public static final int PONG = 10;

    /** Longest payload of a control frame in bytes (RFC 6455, section 5.5). */
    public static final int MAX_CONTROL_LENGTH = 125;

    /** Longest text of a CLOSE in bytes: behind the code. */
    public static final int MAX_CLOSE_TEXT_LENGTH = MAX_CONTROL_LENGTH - Short.BYTES;

    /** Longest header in bytes. */
    public static final int MAX_HEADER_LENGTH = 14;

    /** Longest frame in bytes that a PING with a token, or a CLOSE, takes. */
    public static final int MAX_CONTROL_FRAME_LENGTH = 6 + MAX_CONTROL_LENGTH;

    /** Stands for a PONG that has no token. */
    public static final long NO_TOKEN = -1;

    static final int FIN = 0x80;
    static final int RESERVED = 0x70;
    static final int OPCODE = 0x0F;
    static final int MASK = 0x80;
    static final int LENGTH = 0x7F;
    static final int LENGTH_16 = 126;
    static final int LENGTH_64 = 127;
    static final int KEY_LENGTH = Integer.BYTES;

    private WebSocketFrame()
    {
    }

    /**
     * Length of a header.
     *
     * @param payloadLength in bytes, at least 0.
     * @param isMasked      does it have a key, as the frames of a client do?
     * @return 2 to {@link #MAX_HEADER_LENGTH} bytes.
     */
    public static int headerLength(final int payloadLength, final boolean isMasked)
    {
        return 2 + (payloadLength < LENGTH_16 ? 0 : payloadLength <= 0xFFFF ? Short.BYTES : Long.BYTES) +
            (isMasked ? KEY_LENGTH : 0);
    }

    /**
     * Write the header of a server's frame, which holds a whole message or control.
     *
     * @param out           to write to, with room for {@link #headerLength}.
     * @param opcode        of the frame.
     * @param payloadLength in bytes.
     */
    public static void putHeader(final ByteBuffer out, final int opcode, final int payloadLength)
    {
        putHeader(out, opcode, payloadLength, 0);
    }

    /**
     * Write a server's frame, which holds a whole message or control.
     *
     * @param out     to write to, with room for header and payload.
     * @param opcode  of the frame.
     * @param payload from its position to its limit, which do not change.
     */
    public static void put(final ByteBuffer out, final int opcode, final ByteBuffer payload)
    {
        final int length = payload.remaining();
        putHeader(out, opcode, length);
        out.put(out.position(), payload, payload.position(), length).position(out.position() + length);
    }

    /**
     * Write a client's frame, which holds a whole message or control.
     *
     * @param out     to write to, with room for header and payload.
     * @param opcode  of the frame.
     * @param payload from its position to its limit, which do not change.
     * @param key     to mask with: random, and another one for each frame (RFC 6455, section 5.3).
     */
    public static void putMasked(final ByteBuffer out, final int opcode, final ByteBuffer payload, final int key)
    {
        final int length = payload.remaining();
        putHeader(out, opcode, length, MASK);
        out.putInt(key);
        final int offset = out.position();
        out.put(offset, payload, payload.position(), length).position(offset + length);
        Masking.apply(out, offset, offset + length, key, 0);
    }

    /**
     * Write a server's PING, whose payload is a token.
     *
     * @param out   to write to, with room for 6 bytes.
     * @param token that the PONG will have.
     */
    public static void putPing(final ByteBuffer out, final int token)
    {
        putHeader(out, PING, Integer.BYTES);
        out.putInt(token);
    }

    /**
     * Write a client's PING, whose payload is a token.
     *
     * @param out   to write to, with room for 10 bytes.
     * @param token that the PONG will have.
     * @param key   to mask with.
     */
    public static void putMaskedPing(final ByteBuffer out, final int token, final int key)
    {
        putHeader(out, PING, Integer.BYTES, MASK);
        out.putInt(key).putInt(token ^ key);
    }

    /**
     * The token of the PING that a PONG answers.
     *
     * @param payload of the PONG, from its position to its limit, which do not change.
     * @return the token, unsigned 32 bits; {@link #NO_TOKEN} if the payload is of another length, as that of a PONG
     * which nobody asked for may be (RFC 6455, section 5.5.3).
     */
    public static long tokenOf(final ByteBuffer payload)
    {
        return Integer.BYTES == payload.remaining() ? payload.getInt(payload.position()) & 0xFFFF_FFFFL : NO_TOKEN;
    }

    /**
     * Write a server's CLOSE.
     *
     * @param out  to write to, with room for {@link #MAX_CONTROL_FRAME_LENGTH}.
     * @param code that {@link CloseCode#isValid}; {@link CloseCode#NONE} for a CLOSE without one.
     * @param text for people, possibly empty; cut to {@link #MAX_CLOSE_TEXT_LENGTH} bytes of UTF-8.
     */
    public static void putClose(final ByteBuffer out, final int code, final String text)
    {
        putClose(out, code, text, 0, 0);
    }

    /**
     * Write a client's CLOSE.
     *
     * @param out  to write to, with room for {@link #MAX_CONTROL_FRAME_LENGTH}.
     * @param code that {@link CloseCode#isValid}; {@link CloseCode#NONE} for a CLOSE without one.
     * @param text for people, possibly empty; cut to {@link #MAX_CLOSE_TEXT_LENGTH} bytes of UTF-8.
     * @param key  to mask with.
     */
    public static void putMaskedClose(final ByteBuffer out, final int code, final String text, final int key)
    {
        putClose(out, code, text, MASK, key);
    }

    private static void putClose(
        final ByteBuffer out, final int code, final String text, final int mask, final int key)
    {
        final boolean hasCode = CloseCode.NONE != code;
        if (hasCode && !CloseCode.isValid(code))
        {
            throw new IllegalArgumentException("code " + code + " may not be sent in a CLOSE");
        }
        final byte[] utf8 = hasCode ? text.getBytes(StandardCharsets.UTF_8) : new byte[0];
        final int textLength = cutLength(utf8, MAX_CLOSE_TEXT_LENGTH);
        putHeader(out, CLOSE, hasCode ? Short.BYTES + textLength : 0, mask);
        if (0 != mask)
        {
            out.putInt(key);
        }
        final int offset = out.position();
        if (hasCode)
        {
            out.putShort((short)code).put(utf8, 0, textLength);
        }
        if (0 != mask)
        {
            Masking.apply(out, offset, out.position(), key, 0);
        }
    }

    private static void putHeader(final ByteBuffer out, final int opcode, final int payloadLength, final int mask)
    {
        out.put((byte)(FIN | opcode));
        if (payloadLength < LENGTH_16)
        {
            out.put((byte)(mask | payloadLength));
        }
        else if (payloadLength <= 0xFFFF)
        {
            out.put((byte)(mask | LENGTH_16)).putShort((short)payloadLength);
        }
        else
        {
            out.put((byte)(mask | LENGTH_64)).putLong(payloadLength);
        }
    }

    /**
     * Where to cut, but not within a character: all of its bytes but the first begin with binary 10.
     */
    private static int cutLength(final byte[] utf8, final int limit)
    {
        int length = Math.min(utf8.length, limit);
        while (length < utf8.length && 0x80 == (utf8[length] & 0xC0))
        {
            --length;
        }
        return length;
    }
}
