package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The frame types of protocol version 1, their lengths, and how each is written.
 */
public final class Frame
{
    /** "Are you there?" Answered at once by a PONG with the same token. */
    public static final int PING = 1;

    /** The answer to a PING, never answered itself. */
    public static final int PONG = 2;

    /** The application's bytes. */
    public static final int DATA = 3;

    /** The cadence in force, or asked for: see {@link Hello}. */
    public static final int HELLO = 4;

    /** The sender closes on purpose: a reason, and a text if it has one. */
    public static final int BYE = 5;

    /** Length of the header every frame begins with. */
    public static final int HEADER_LENGTH = 4;

    /** Longest payload that the header can tell. */
    public static final int MAX_PAYLOAD_LENGTH = 0xFFFF;

    /** Longest text of a BYE that is sent or read, in bytes; the rest of a longer one is left out. */
    public static final int MAX_BYE_TEXT_LENGTH = 250;

    static final int TYPE_OFFSET = 0;
    static final int LENGTH_OFFSET = 2;

    private Frame()
    {
    }

    /**
     * Write a header.
     *
     * @param out           to write to.
     * @param type          of the frame.
     * @param token         of a PING or PONG, else 0.
     * @param payloadLength 0 to {@link #MAX_PAYLOAD_LENGTH}.
     */
    public static void putHeader(final ByteBuffer out, final int type, final int token, final int payloadLength)
    {
        out.putInt(header(type, token, payloadLength));
    }

    static int header(final int type, final int token, final int payloadLength)
    {
        return type << 24 | (token & 0xFF) << 16 | payloadLength;
    }

    /**
     * The payload of a BYE.
     *
     * @param reason code, 0 to 255.
     * @param text   for people, possibly empty; cut at {@link #MAX_BYE_TEXT_LENGTH} bytes.
     * @return reason and text.
     */
    public static byte[] byePayload(final int reason, final String text)
    {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MAX_BYE_TEXT_LENGTH);
        // Not between the bytes of a character: all but the first begin with binary 10.
        while (length < utf8.length && 0x80 == (utf8[length] & 0xC0))
        {
            --length;
        }
        final byte[] payload = new byte[1 + length];
        payload[0] = (byte)reason;
        System.arraycopy(utf8, 0, payload, 1, payload.length - 1);
        return payload;
    }

    /**
     * What a peer says for people, made harmless: it ends up in logs and terminals.
     */
    static String byeText(final ByteBuffer payload)
    {
        final byte[] utf8 = new byte[Math.min(payload.remaining(), MAX_BYE_TEXT_LENGTH)];
        payload.get(utf8);
        return PlainText.of(new String(utf8, StandardCharsets.UTF_8));
    }

    static int payloadLength(final ByteBuffer in, final int frameOffset)
    {
        return in.getShort(frameOffset + LENGTH_OFFSET) & 0xFFFF;
    }

    static byte[] grow(final byte[] bytes, final int required, final int limit)
    {
        return required <= bytes.length ?
            bytes : Arrays.copyOf(bytes, Math.min(Math.max(required, bytes.length << 1), limit));
    }
}
