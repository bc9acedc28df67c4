package io.heartwheel.websocket;

import java.nio.ByteBuffer;

/**
 * Checks UTF-8 as it arrives, in parts of any size. A byte is refused as soon as no character can have it at its place:
 * overlong forms, surrogates and what is above U+10FFFF as well (RFC 3629, section 4).
 * <p>
 * The state between two parts is 0 at the end of a character. Within one it holds the number of bytes that are missing,
 * and the lowest and the highest value of the next of them.
 */
public final class Utf8
{
    /** State at the end of a character. */
    static final int WHOLE = 0;

    private static final int STEP = Long.BYTES;
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;
    private static final int LOWEST_SHIFT = 8;
    private static final int HIGHEST_SHIFT = 16;

    private Utf8()
    {
    }

    /**
     * Is it UTF-8, with no character cut at its end? Allocates nothing.
     *
     * @param text from its position to its limit, which do not change.
     * @return true if it is.
     */
    public static boolean isWhole(final ByteBuffer text)
    {
        return WHOLE == check(WHOLE, text, text.position(), text.limit());
    }

    /**
     * Check the next part. Allocates nothing.
     *
     * @param state left by the part before, {@link #WHOLE} for the first.
     * @param bytes that hold the part.
     * @param from  offset of its first byte.
     * @param to    offset behind its last byte.
     * @return the state for the next part; if it is negative, the complement of the offset of a byte that is wrong.
     */
    static int check(final int state, final ByteBuffer bytes, final int from, final int to)
    {
        int next = state;
        int offset = from;
        while (offset < to)
        {
            if (WHOLE == next && to - offset >= STEP && 0 == (bytes.getLong(offset) & NOT_ASCII))
            {
                offset += STEP;
                continue;
            }
            final int value = bytes.get(offset) & 0xFF;
            next = WHOLE == next ? afterFirst(value) : afterNext(next, value);
            if (next < 0)
            {
                return ~offset;
            }
            ++offset;
        }
        return next;
    }

    private static int afterFirst(final int value)
    {
        if (value < 0x80)
        {
            return WHOLE;
        }
        if (value < 0xC2 || value > 0xF4)
        {
            return -1;
        }
        return switch (value)
        {
            case 0xE0 -> state(2, 0xA0, 0xBF);
            case 0xED -> state(2, 0x80, 0x9F);
            case 0xF0 -> state(3, 0x90, 0xBF);
            case 0xF4 -> state(3, 0x80, 0x8F);
            default -> state(value < 0xE0 ? 1 : value < 0xF0 ? 2 : 3, 0x80, 0xBF);
        };
    }

    private static int afterNext(final int state, final int value)
    {
        if (value < (state >> LOWEST_SHIFT & 0xFF) || value > state >> HIGHEST_SHIFT)
        {
            return -1;
        }
        final int missing = (state & 0xFF) - 1;
        return 0 == missing ? WHOLE : state(missing, 0x80, 0xBF);
    }

    private static int state(final int missing, final int lowest, final int highest)
    {
        return highest << HIGHEST_SHIFT | lowest << LOWEST_SHIFT | missing;
    }
}
