package io.heartwheel.reactor;

import io.heartwheel.wheel.TimingWheel;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;

class FreeSlotsTest
{
    private final FreeSlots slots = new FreeSlots();

    @Test
    void shouldFindTheLowestWhateverIsAddedAndRemoved()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final TreeSet<Integer> expected = new TreeSet<>();
        int capacity = 1;
        for (int step = 0; step < 200_000; step++)
        {
            if (0 == step % 1_000)
            {
                capacity = Math.min(TimingWheel.MAX_CAPACITY, capacity + (capacity >> 2) + 1);
                slots.ensureCapacity(capacity);
            }
            final int slot = random.nextInt(capacity);
            if (random.nextInt(3) > 0 && expected.add(slot))
            {
                slots.add(slot);
            }
            else if (!expected.isEmpty())
            {
                final int taken = random.nextBoolean() ? expected.first() : expected.last();
                expected.remove(taken);
                slots.remove(taken);
            }
            if (!expected.isEmpty())
            {
                assertEquals(expected.first(), slots.lowest(), "seed=" + seed + " step=" + step);
            }
        }
    }

    @Test
    void shouldHaveRoomForAllSlotsOfAWheel()
    {
        slots.ensureCapacity(TimingWheel.MAX_CAPACITY);
        slots.add(TimingWheel.MAX_CAPACITY - 1);
        assertEquals(TimingWheel.MAX_CAPACITY - 1, slots.lowest());
        slots.add(64);
        assertEquals(64, slots.lowest());
        slots.remove(64);
        assertEquals(TimingWheel.MAX_CAPACITY - 1, slots.lowest());
    }
}
