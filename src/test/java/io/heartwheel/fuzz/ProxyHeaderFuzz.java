package io.heartwheel.fuzz;

import io.heartwheel.admission.ProxyHeader;
import io.heartwheel.admission.ProxyHeaderException;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The result of parsing a header does not depend on how many bytes after it have arrived. Each beginning of the input
 * either needs more bytes, or gives the same result as the whole input.
 */
public final class ProxyHeaderFuzz
{
    private static final String MORE = "more";
    private static final int EVERY_LENGTH_TO = 120;
    private static final int STEP = 251;

    private ProxyHeaderFuzz()
    {
    }

    /**
     * Jazzer calls it.
     */
    public static void fuzzerTestOneInput(final byte[] input)
    {
        final String whole = parse(input, input.length);
        String last = MORE;
        for (int length = 0; length < input.length; length += MORE.equals(last) && length < EVERY_LENGTH_TO ? 1 : STEP)
        {
            final String beginning = parse(input, length);
            if (!MORE.equals(last))
            {
                assertEquals(last, beginning);
            }
            last = beginning;
        }
        if (!MORE.equals(last))
        {
            assertEquals(last, whole);
        }
        assertFalse(MORE.equals(whole) && input.length >= ProxyHeader.MAX_LENGTH);
        assertFalse(MORE.equals(whole) && input.length >= ProxyHeader.MAX_V1_LENGTH && 'P' == input[0]);
    }

    private static String parse(final byte[] input, final int length)
    {
        final ByteBuffer in = ByteBuffer.wrap(input, 0, length);
        try
        {
            final ProxyHeader header = ProxyHeader.parse(in);
            if (null == header)
            {
                assertEquals(0, in.position());
                return MORE;
            }
            assertTrue(in.position() > 0 && in.position() <= length);
            assertFalse(null != header.source() && header.source().isUnresolved());
            return in.position() + " bytes: " + header;
        }
        catch (final ProxyHeaderException ex)
        {
            assertEquals(0, in.position());
            assertTrue(isPrintable(ex.getMessage()), ex.getMessage());
            return ex.getMessage();
        }
    }

    private static boolean isPrintable(final String message)
    {
        return message.length() < 200 && message.chars().allMatch((character) -> character >= ' ' && character <= '~');
    }
}
