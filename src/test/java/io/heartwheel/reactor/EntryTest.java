package io.heartwheel.reactor;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EntryTest
{
    private static final long START_NS = Long.MAX_VALUE - 50;

    private final Entry entry = new Entry();

    EntryTest()
    {
        entry.deadlineNs = START_NS + 100;
    }

    @Test
    void shouldBeUpAtItsDeadline()
    {
        assertEquals(1, entry.leftNs(START_NS + 99));
        assertEquals(0, entry.leftNs(START_NS + 100));
        assertEquals(-1, entry.leftNs(START_NS + 101));
    }

    @Test
    void shouldNotCountTheTimeForWhichItWaitedForUs()
    {
        entry.awaitUs(START_NS + 90);
        entry.awaitUs(START_NS + 95);
        assertTrue(entry.leftNs(START_NS + 1000) > 0);
        entry.goOn(START_NS + 1090);
        entry.goOn(START_NS + 2000);
        assertEquals(10, entry.leftNs(START_NS + 1090));

        entry.awaitUs(START_NS + 1095);
        entry.goOn(START_NS + 1100);
        assertEquals(5, entry.leftNs(START_NS + 1100));
        assertEquals(0, entry.leftNs(START_NS + 1105));
    }
}
