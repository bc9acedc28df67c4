package io.heartwheel.fuzz;

import java.nio.ByteBuffer;

/**
 * An input that defines how its bytes arrive. The last byte is the number of cuts, at most 31. The byte before it holds
 * options. Before these are the lengths of the pieces, except for the last piece. All bytes before that are those that
 * arrive.
 */
final class Chunks
{
    private static final int MAX_CUTS = 31;

    private final byte[] input;
    private final int dataLength;
    private final int cuts;
    private final int options;
    private int chunk;
    private int offset;

    Chunks(final byte[] input)
    {
        this.input = input;
        final int length = input.length;
        options = length > 1 ? input[length - 2] & 0xFF : 0;
        cuts = length > 2 ? Math.min(input[length - 1] & MAX_CUTS, length - 2) : 0;
        dataLength = Math.max(0, length - 2 - cuts);
    }

    /**
     * A bit of the options, 0 to 7.
     */
    boolean option(final int bit)
    {
        return 0 != (options >> bit & 1);
    }

    /**
     * Some bits of the options.
     */
    int option(final int bit, final int max)
    {
        return options >> bit & max;
    }

    /**
     * All that arrives.
     */
    ByteBuffer whole()
    {
        return ByteBuffer.wrap(input, 0, dataLength);
    }

    int length()
    {
        return dataLength;
    }

    /**
     * The next piece, possibly empty; null after the last one.
     */
    ByteBuffer next()
    {
        if (chunk > cuts)
        {
            return null;
        }
        final int left = dataLength - offset;
        final int length = chunk == cuts ? left : Math.min(left, input[dataLength + chunk] & 0xFF);
        ++chunk;
        offset += length;
        return ByteBuffer.wrap(input, offset - length, length);
    }
}
