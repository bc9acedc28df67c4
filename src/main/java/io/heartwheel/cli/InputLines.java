package io.heartwheel.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads lines as bytes, so that input is sent unchanged. The part of a line beyond a maximum length is dropped.
 */
final class InputLines
{
    private final InputStream in;
    private final int maxLength;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean isCut;

    InputLines(final InputStream in, final int maxLength)
    {
        this.in = in;
        this.maxLength = maxLength;
    }

    /**
     * The next line without its terminator, or null at the end of the input.
     */
    byte[] next() throws IOException
    {
        line.reset();
        isCut = false;
        boolean isCarriageReturn = false;
        int read = in.read();
        if (read < 0)
        {
            return null;
        }
        for (; read >= 0 && '\n' != read; read = in.read())
        {
            if (isCarriageReturn)
            {
                add('\r');
            }
            isCarriageReturn = '\r' == read;
            if (!isCarriageReturn)
            {
                add(read);
            }
        }
        return line.toByteArray();
    }

    /**
     * Was the last line cut to the maximum length?
     */
    boolean isCut()
    {
        return isCut;
    }

    private void add(final int read)
    {
        isCut |= line.size() == maxLength;
        if (!isCut)
        {
            line.write(read);
        }
    }
}
