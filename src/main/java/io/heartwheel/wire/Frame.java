package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The frames of protocol version 1: types, lengths, and how to write headers and payloads.
 */
public final class Frame
{
    /** Type of a PING, "are you there?" It is answered at once by a PONG with the same token. */
    public static final int PING = 1;

    /** Type of a PONG, the answer to a PING. It is never answered. */
    public static final int PONG = 2;

    /** Type of a DATA frame, which carries the application's bytes. */
    public static final int DATA = 3;

    /** Type of a HELLO, which has the cadence in force, or the one that a client asks for: see {@link Hello}. */
    public static final int HELLO = 4;

    /** Type of a BYE: the sender closes on purpose. It has a reason, and optionally a text. */
    public static final int BYE = 5;

    /** What this protocol is called where there are others. */
    public static final String PROTOCOL_NAME = "heartwheel";

    /** Length in bytes of the header that every frame begins with. */
    public static final int HEADER_LENGTH = 4;

    /** Longest payload in bytes that the header can express. */
    public static final int MAX_PAYLOAD_LENGTH = 0xFFFF;

    /** Longest text of a BYE that is sent or read, in bytes. The rest of a longer text is left out. */
    public static final int MAX_BYE_TEXT_LENGTH = 250;

    static final int TYPE_OFFSET = 0;
    static final int LENGTH_OFFSET = 2;

    private Frame()
    {
    }

    /**
     * Write a header. Allocates nothing.
     *
     * @param out           to write to, with room for {@link #HEADER_LENGTH} bytes.
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
     * @param text   for people, possibly empty; cut to {@link #MAX_BYE_TEXT_LENGTH} bytes of UTF-8.
     * @return one byte for the reason, then the text.
     */
    public static byte[] byePayload(final int reason, final String text)
    {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MAX_BYE_TEXT_LENGTH);
        // Do not cut within a character: all of its bytes but the first begin with binary 10.
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
     * The text of a BYE, made safe for logs and terminals.
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
