package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The grammar of an identity, which says who a peer is: {@code user} or {@code user/device}, neither of them empty, 1
 * to 128 bytes of UTF-8, safe to print on one line.
 */
public final class Identity
{
    /** Longest identity in bytes of UTF-8. */
    public static final int MAX_LENGTH = 128;

    private static final char SEPARATOR = '/';
    private static final int SHOWN_LENGTH = 40;

    private Identity()
    {
    }

    /**
     * Require that a text is an identity.
     *
     * @param identity to look at.
     * @return the identity.
     * @throws IllegalArgumentException that names the value and what is wrong with it.
     */
    public static String required(final String identity)
    {
        final String what = faultOf(identity);
        if (null != what)
        {
            throw new IllegalArgumentException(what);
        }
        return identity;
    }

    /**
     * What keeps a text from being an identity.
     *
     * @param identity to look at.
     * @return one line that names the value, or null if it is an identity.
     */
    public static String faultOf(final String identity)
    {
        if (null == identity || identity.isEmpty())
        {
            return "identity \"\" is empty";
        }
        final String what;
        final int separator = identity.indexOf(SEPARATOR);
        if (identity.length() > MAX_LENGTH || identity.getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH)
        {
            what = "is longer than " + MAX_LENGTH + " bytes";
        }
        else if (!identity.equals(PlainText.of(identity)))
        {
            what = "has characters that cannot be printed";
        }
        else if (0 == separator || identity.length() - 1 == separator ||
            separator >= 0 && identity.indexOf(SEPARATOR, separator + 1) >= 0)
        {
            what = "is neither user nor user/device";
        }
        else
        {
            return null;
        }
        final boolean isShort = identity.length() <= SHOWN_LENGTH;
        return "identity \"" + PlainText.of(isShort ? identity : identity.substring(0, SHOWN_LENGTH)) +
            (isShort ? "\" " : "...\" ") + what;
    }

    /**
     * The user of an identity.
     *
     * @param identity that is one.
     * @return what is before the slash, or all of it if there is none.
     */
    public static String userOf(final String identity)
    {
        final int separator = identity.indexOf(SEPARATOR);
        return separator < 0 ? identity : identity.substring(0, separator);
    }

    /**
     * The payload of a HELLO that tells an identity and asks for nothing.
     *
     * @param identity to tell.
     * @return the fields of a HELLO with {@link Hello#IDENTITY}, and 0 for a cadence; a length byte; the identity.
     */
    public static byte[] helloPayload(final String identity)
    {
        final byte[] utf8 = required(identity).getBytes(StandardCharsets.UTF_8);
        final byte[] payload = new byte[Hello.LENGTH + 1 + utf8.length];
        payload[0] = Hello.VERSION;
        payload[1] = Hello.IDENTITY;
        payload[Hello.LENGTH] = (byte)utf8.length;
        System.arraycopy(utf8, 0, payload, Hello.LENGTH + 1, utf8.length);
        return payload;
    }

    /**
     * Can a HELLO with an identity be so long?
     */
    static boolean isHelloLength(final int payloadLength)
    {
        return payloadLength > Hello.LENGTH + 1 && payloadLength <= Hello.LENGTH + 1 + MAX_LENGTH;
    }

    /**
     * Read bytes in UTF-8.
     *
     * @return the text, or null if it is not UTF-8.
     */
    static String read(final ByteBuffer utf8)
    {
        try
        {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        }
        catch (final CharacterCodingException ex)
        {
            return null;
        }
    }
}
