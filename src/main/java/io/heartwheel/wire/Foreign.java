package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A protocol other than ours, recognised by the first four bytes of a connection. The frame decoder would take these
 * for the header of a frame of unknown type, and skip thousands of bytes.
 */
public enum Foreign
{
    /** The header by which a proxy tells the address of its client: version 1 and version 2. */
    PROXY_HEADER("a PROXY header", "PROX", "\r\n\r\n"),

    /** A request of a browser or a health check. */
    HTTP_REQUEST("an HTTP request", "GET ", "POST", "HEAD", "PUT ", "DELE", "OPTI", "CONN", "PATC", "TRAC", "PRI "),

    /** The answer of an HTTP server. */
    HTTP_ANSWER("an HTTP answer", "HTTP"),

    /** The version line that both ends of SSH begin with. */
    SSH("SSH", "SSH-"),

    /** A ClientHello or ServerHello. */
    TLS_HANDSHAKE("a TLS handshake"),

    /** The answer of a TLS server to a client that does not speak TLS. */
    TLS_ALERT("a TLS alert"),

    /** A frame of our own protocol where TLS is expected. */
    FRAME("a frame without TLS");

    private static final Foreign[] VALUES = values();
    private static final int TLS_MAJOR = 3;
    private static final int TLS_MINOR_MAX = 4;
    private static final int TLS_ALERT_TYPE = 21;
    private static final int TLS_HANDSHAKE_TYPE = 22;

    private final String text;
    private final int[] beginnings;

    Foreign(final String text, final String... beginnings)
    {
        this.text = text;
        this.beginnings = new int[beginnings.length];
        for (int i = 0; i < beginnings.length; i++)
        {
            this.beginnings[i] = ByteBuffer.wrap(beginnings[i].getBytes(StandardCharsets.US_ASCII)).getInt();
        }
    }

    /**
     * Name of the protocol, for messages.
     *
     * @return a name with its article, such as {@code an HTTP request}.
     */
    public String text()
    {
        return text;
    }

    /**
     * Recognise a protocol where frames are expected.
     *
     * @param word first four bytes of a connection, in network byte order.
     * @return the protocol, or null for ours and for an unknown one.
     */
    public static Foreign of(final int word)
    {
        for (final Foreign foreign : VALUES)
        {
            for (final int beginning : foreign.beginnings)
            {
                if (beginning == word)
                {
                    return foreign;
                }
            }
        }
        final int type = word >>> 24;
        final int minor = word >>> 8 & 0xFF;
        if (TLS_MAJOR != (word >>> 16 & 0xFF) || minor > TLS_MINOR_MAX)
        {
            return null;
        }
        return TLS_HANDSHAKE_TYPE == type ? TLS_HANDSHAKE : TLS_ALERT_TYPE == type ? TLS_ALERT : null;
    }

    /**
     * Recognise a protocol where TLS is expected.
     *
     * @param word first four bytes of a connection, in network byte order.
     * @return the protocol, or null for TLS and for an unknown one.
     */
    public static Foreign ofTls(final int word)
    {
        final int type = word >>> 24;
        final Foreign foreign = type >= Frame.PING && type <= Frame.BYE ? FRAME : of(word);
        return TLS_HANDSHAKE == foreign || TLS_ALERT == foreign ? null : foreign;
    }

    /**
     * Can a connection that begins so be of this protocol?
     *
     * @param first bytes from position to limit, one at least; left unchanged. Four of them tell it for certain.
     * @return false if no beginning of this protocol has these bytes.
     */
    public boolean mayBeginWith(final ByteBuffer first)
    {
        final int length = Math.min(first.remaining(), Integer.BYTES);
        int word = 0;
        for (int i = 0; i < length; i++)
        {
            word = word << Byte.SIZE | first.get(first.position() + i) & 0xFF;
        }
        for (final int beginning : beginnings)
        {
            if (beginning >>> Integer.SIZE - length * Byte.SIZE == word)
            {
                return true;
            }
        }
        return false;
    }

    /**
     * The first four bytes of a connection.
     *
     * @param half bytes that came before, or null.
     * @param in   bytes that have arrived now; left unchanged. Both together are four bytes at least.
     * @return the bytes in network byte order.
     */
    public static int firstWord(final HalfFrame half, final ByteBuffer in)
    {
        int word = 0;
        final int length = null == half ? 0 : half.length();
        for (int i = 0; i < Frame.HEADER_LENGTH; i++)
        {
            word = word << 8 | (i < length ? half.view().get(i) : in.get(in.position() + i - length)) & 0xFF;
        }
        return word;
    }
}
