package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmPlan.Fate;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DeathListTest
{
    private static String fatesOf(final long seed)
    {
        final DeathList list = new DeathList(1_000, new Deaths(100, 50, 25, 0, 0, seed));
        final StringBuilder fates = new StringBuilder();
        IntStream.range(0, 1_000).forEach(i -> fates.append(list.fateOf(i).ordinal()));
        return fates.toString();
    }

    @Test
    void shouldDrawAsManyAsToldSpreadOverAll()
    {
        final DeathList list = new DeathList(1_000, new Deaths(100, 50, 25, 0, 0, 1));
        final Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
        int silentInFirstHalf = 0;
        for (int i = 0; i < 1_000; i++)
        {
            counts.merge(list.fateOf(i), 1, Integer::sum);
            silentInFirstHalf += i < 500 && Fate.SILENT == list.fateOf(i) ? 1 : 0;
        }

        assertEquals(Map.of(Fate.LIVE, 825, Fate.SILENT, 100, Fate.CLOSE, 50, Fate.RESET, 25), counts);
        assertTrue(silentInFirstHalf > 30 && silentInFirstHalf < 70, () -> "seed=1: not spread");
    }

    @Test
    void shouldDrawTheSameWithTheSameSeed()
    {
        assertEquals(fatesOf(5), fatesOf(5));
        assertNotEquals(fatesOf(5), fatesOf(6));
    }

    @Test
    void shouldSpreadEachKindOverTheTime()
    {
        final DeathList list = new DeathList(20, new Deaths(4, 2, 0, 100, 40, 0));
        final long[] offsets = new long[6];
        final int[] indexes = new int[6];
        for (int i = 0; i < 6; i++)
        {
            assertTrue(list.hasNext());
            offsets[i] = list.nextOffsetNs();
            indexes[i] = list.takeNext();
        }

        assertFalse(list.hasNext());
        assertEquals("[100, 100, 110, 120, 120, 130]", Arrays.toString(offsets));
        assertEquals(6, IntStream.of(indexes).distinct().count());
        IntStream.of(indexes).forEach(i -> assertNotEquals(Fate.LIVE, list.fateOf(i)));
    }

    @Test
    void shouldLetAllDie()
    {
        final DeathList list = new DeathList(3, new Deaths(1, 1, 1, 0, 0, 0));
        assertTrue(IntStream.range(0, 3).noneMatch(i -> Fate.LIVE == list.fateOf(i)));
    }
}
