package io.heartwheel.reactor;

import io.heartwheel.wheel.TimingWheel;

import java.util.Arrays;

/**
 * Set of the slots that are free. It finds the lowest in {@link #LEVELS} steps: a bit of each level tells whether a
 * word of the level below has any bits.
 */
final class FreeSlots
{
    private static final int WORD_SHIFT = 6;

    /**
     * 64<sup>4</sup> slots are {@link TimingWheel#MAX_CAPACITY}.
     */
    static final int LEVELS = 4;

    private final long[][] levels = new long[LEVELS][1];

    /**
     * Make room for all slots below a capacity.
     */
    void ensureCapacity(final int capacity)
    {
        int bits = capacity;
        for (int level = 0; level < LEVELS; level++)
        {
            bits = (bits + Long.SIZE - 1) >> WORD_SHIFT;
            if (bits > levels[level].length)
            {
                levels[level] = Arrays.copyOf(levels[level], bits);
            }
        }
    }

    void add(final int slot)
    {
        int bit = slot;
        for (int level = 0; level < LEVELS; level++)
        {
            levels[level][bit >> WORD_SHIFT] |= 1L << bit;
            bit >>= WORD_SHIFT;
        }
    }

    void remove(final int slot)
    {
        int bit = slot;
        long left = 0;
        for (int level = 0; level < LEVELS && 0 == left; level++)
        {
            left = levels[level][bit >> WORD_SHIFT] &= ~(1L << bit);
            bit >>= WORD_SHIFT;
        }
    }

    /**
     * The lowest free slot. There has to be one.
     */
    int lowest()
    {
        int slot = 0;
        for (int level = LEVELS - 1; level >= 0; level--)
        {
            assert 0 != levels[level][slot] : "no slot is free";
            slot = slot << WORD_SHIFT | Long.numberOfTrailingZeros(levels[level][slot]);
        }
        return slot;
    }
}
