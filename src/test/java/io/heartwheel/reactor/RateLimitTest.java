package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RateLimitTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /** Shortly before the overflow. */
    private static final long START_NS = Long.MAX_VALUE - SECOND_NS / 2;

    private final RateLimit limit = new RateLimit(10, 2 * SECOND_NS);

    private long charge(final long usedUntilNs, final long nowNs, final int times)
    {
        long used = usedUntilNs;
        for (int i = 0; i < times; i++)
        {
            used = limit.charge(used, nowNs);
        }
        return used;
    }

    @Test
    void shouldAllowABurstAndNotOneMore()
    {
        final long used = charge(START_NS, START_NS, 20);

        assertFalse(limit.isExceeded(used, START_NS));
        assertTrue(limit.isExceeded(limit.charge(used, START_NS), START_NS));
    }

    @Test
    void shouldAllowTheRateForEverAcrossTheOverflow()
    {
        long nowNs = START_NS;
        long used = nowNs;
        for (int i = 0; i < 1_000; i++)
        {
            used = limit.charge(used, nowNs);
            assertFalse(limit.isExceeded(used, nowNs));
            nowNs += SECOND_NS / 10;
        }
        assertFalse(limit.isExceeded(charge(used, nowNs, 19), nowNs));
    }

    @Test
    void shouldNotSaveUpMoreThanABurst()
    {
        final long laterNs = START_NS + 1_000 * SECOND_NS;

        assertFalse(limit.isExceeded(charge(START_NS, laterNs, 20), laterNs));
        assertTrue(limit.isExceeded(charge(START_NS, laterNs, 21), laterNs));
    }

    @Test
    void shouldFindTwiceTheRateOutOnceTheBurstIsUsedUp()
    {
        long nowNs = START_NS;
        long used = nowNs;
        int count = 0;
        while (!limit.isExceeded(used, nowNs))
        {
            used = limit.charge(used, nowNs);
            nowNs += SECOND_NS / 20;
            ++count;
        }
        // Each twentieth of a second uses up half of what it brings besides the burst.
        assertEquals(40, count, 2);
    }

    @Test
    void shouldNotCountWhatWasAskedFor()
    {
        long used = START_NS;
        for (int i = 0; i < 1_000; i++)
        {
            used = limit.charge(limit.credit(used), START_NS);
        }
        assertFalse(limit.isExceeded(used, START_NS));
    }

    @Test
    void shouldHaveNoLimitAtZero()
    {
        final RateLimit none = new RateLimit(0, SECOND_NS);
        long used = START_NS;
        for (int i = 0; i < 100_000; i++)
        {
            used = none.charge(used, START_NS);
        }
        assertFalse(none.isExceeded(used, START_NS));
    }

    @Test
    void shouldCountWhatWasNotUsedFromWhenItWasHeldUp()
    {
        final long heldUpNs = START_NS + 100 * SECOND_NS;
        final long nowNs = heldUpNs + 5 * SECOND_NS;
        long used = START_NS;
        for (int i = 0; i < 70; i++)
        {
            used = limit.charge(used, heldUpNs);
        }
        assertFalse(limit.isExceeded(used, nowNs));
        assertTrue(limit.isExceeded(limit.charge(used, heldUpNs), nowNs));
    }

    @ParameterizedTest
    @CsvSource({
        "800, 0, 0, 10", "799, 0, 0, 10", "100, 0, 0, 80", "1, 0, 0, 8000",
        "5000, 100, 3, 80", "100, 5000, 3, 80", "100, 50, 0, 80", "0, 0, 0, 10"})
    void shouldHaveRoomForTheHeartbeatsOfACadence(
        final int idleMs, final int intervalMs, final int count, final int perSecond)
    {
        final Cadence cadence = new Cadence(idleMs * 1_000_000L, intervalMs * 1_000_000L, count);

        assertEquals(perSecond, limit.withRoomFor(cadence).perSecond());
        assertEquals(0, new RateLimit(0, SECOND_NS).withRoomFor(cadence).perSecond());
        assertSame(limit, limit.withRoomFor(Cadence.STANDARD));
    }

    @Test
    void shouldKeepItsBurstWithMoreRoom()
    {
        final RateLimit more = limit.withRoomFor(Cadence.passive(SECOND_NS / 10));
        long used = START_NS;
        for (int i = 0; i < 160; i++)
        {
            used = more.charge(used, START_NS);
        }
        assertFalse(more.isExceeded(used, START_NS));
        assertTrue(more.isExceeded(more.charge(used, START_NS), START_NS));
    }
}
