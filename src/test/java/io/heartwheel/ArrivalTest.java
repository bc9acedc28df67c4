package io.heartwheel;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ArrivalTest
{
    private static final long START_NS = Long.MAX_VALUE - 50;

    private final Arrival arrival = new Arrival();

    ArrivalTest()
    {
        arrival.deadlineNs = START_NS + 100;
    }

    @Test
    void shouldBeUpAtItsDeadline()
    {
        assertEquals(1, arrival.leftNs(START_NS + 99));
        assertEquals(0, arrival.leftNs(START_NS + 100));
        assertEquals(-1, arrival.leftNs(START_NS + 101));
    }

    @Test
    void shouldNotCountTheTimeForWhichItWaitedForUs()
    {
        arrival.awaitUs(START_NS + 90);
        arrival.awaitUs(START_NS + 95);
        assertTrue(arrival.leftNs(START_NS + 1000) > 0);
        arrival.goOn(START_NS + 1090);
        arrival.goOn(START_NS + 2000);
        assertEquals(10, arrival.leftNs(START_NS + 1090));

        arrival.awaitUs(START_NS + 1095);
        arrival.goOn(START_NS + 1100);
        assertEquals(5, arrival.leftNs(START_NS + 1100));
        assertEquals(0, arrival.leftNs(START_NS + 1105));
    }
}
