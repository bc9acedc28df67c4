package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class CoalescerTest
{
    private static final long MS = 1_000_000;
    private static final long COALESCE_NS = 2 * MS;
    private static final long FAR_NS = 1_000 * MS;
    private static final long NOW_NS = Long.MAX_VALUE - 5 * MS;

    private long parkedNs;
    private final Coalescer coalescer = coalescer(COALESCE_NS);

    private Coalescer coalescer(final long coalesceNs)
    {
        return new Coalescer(
            new ServerContext().coalesceNs(coalesceNs).parker((ns) -> parkedNs += ns), NOW_NS);
    }

    @Test
    void shouldLetHeartbeatsGatherUntilTheTimeSinceTheLastLookIsOver()
    {
        assertGathers(COALESCE_NS, NOW_NS, false);
        assertGathers(1, NOW_NS - COALESCE_NS + 1, false);
        assertGathers(0, NOW_NS - COALESCE_NS, false);
        assertGathers(0, NOW_NS - COALESCE_NS - 1, false);
    }

    @Test
    void shouldNotGatherBeyondTheNextDeadline()
    {
        assertEquals(1, coalescer.gather(NOW_NS, NOW_NS, 1, false));
        assertEquals(1, parkedNs);
    }

    @Test
    void shouldLeaveTheWaitToTheSelectorWhenNothingIsGoingOn()
    {
        assertGathers(0, NOW_NS, true);
        assertEquals(7 * MS, coalescer.selectNs(NOW_NS, 7 * MS));
        assertEquals(7 * MS, coalescer.selectNs(NOW_NS, 8 * MS - 1));
    }

    @Test
    void shouldWaitForADeadlineThatIsTooNearForASelector()
    {
        assertEquals(MS - 1, coalescer.gather(NOW_NS - FAR_NS, NOW_NS, MS - 1, true));
        assertEquals(0, coalescer.gather(NOW_NS - FAR_NS, NOW_NS, MS, true));
        assertEquals(MS - 1, parkedNs);
    }

    @Test
    void shouldNotWaitLongerForANearDeadlineThanHeartbeatsMayWait()
    {
        assertEquals(100, coalescer(100).gather(NOW_NS - FAR_NS, NOW_NS, MS - 1, true));
    }

    @Test
    void shouldReadAtOnceForAWhileAfterAnythingElseAcrossTheOverflow()
    {
        coalescer.onUrgent(NOW_NS);
        final long lastNs = NOW_NS + Coalescer.EAGER_NS - 1;

        assertEquals(0, coalescer.gather(NOW_NS, NOW_NS, FAR_NS, false));
        assertEquals(0, coalescer.gather(lastNs, lastNs, FAR_NS, false));
        assertEquals(8 * MS - 1, coalescer.selectNs(lastNs, 8 * MS - 1));
        assertEquals(COALESCE_NS, coalescer.gather(lastNs + 1, lastNs + 1, FAR_NS, false));
    }

    @Test
    void shouldNeverGatherWhenToldNotTo()
    {
        final Coalescer never = coalescer(0);

        assertEquals(0, never.gather(NOW_NS, NOW_NS, FAR_NS, false));
        assertEquals(0, never.gather(NOW_NS, NOW_NS, 1, true));
        assertEquals(8 * MS - 1, never.selectNs(NOW_NS, 8 * MS - 1));
        assertEquals(0, parkedNs);
    }

    private void assertGathers(final long expectedNs, final long lookNs, final boolean isQuiet)
    {
        parkedNs = 0;
        assertEquals(expectedNs, coalescer.gather(lookNs, NOW_NS, FAR_NS, isQuiet));
        assertEquals(expectedNs, parkedNs);
    }
}
