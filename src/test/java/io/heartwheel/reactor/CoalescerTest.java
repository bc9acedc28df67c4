package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class CoalescerTest
{
    private static final long MS = 1_000_000;
    private static final long COALESCE_NS = 2 * MS;
    private static final long FAR_NS = 1_000 * MS;
    private static final long NOW_NS = Long.MAX_VALUE - 5 * MS;

    private static final int RATE = 2_000;

    private final ReactorMetrics metrics = new ReactorMetrics(1);
    private long parkedNs;
    private long endNs = NOW_NS;
    private final Coalescer coalescer = coalescer(COALESCE_NS);

    private Coalescer coalescer(final long coalesceNs)
    {
        return coalescer(coalesceNs, 0, 0);
    }

    private Coalescer coalescer(final long coalesceNs, final int rate, final int peerCount)
    {
        return new Coalescer(
            new ServerContext().coalesceNs(coalesceNs).coalesceRate(rate).parker((ns) -> parkedNs += ns),
            () -> peerCount, metrics, NOW_NS);
    }

    /** Looks, evenly spread over a window, that bring so many events each. */
    private long gatherNsAfter(final Coalescer coalescer, final int looks, final int events)
    {
        final long beganNs = endNs;
        for (int i = 1; i <= looks; i++)
        {
            endNs = beganNs + i * Coalescer.WINDOW_NS / looks;
            coalescer.onLook(endNs, events);
        }
        final long gatherNs = metrics.count(Counter.GATHER_NS);
        assertEquals(Math.min(gatherNs, FAR_NS), coalescer.gather(endNs, endNs, FAR_NS));
        return gatherNs;
    }

    @ParameterizedTest
    @CsvSource({"31, 1, 0", "32, 1, 1000000", "32, 3, 1000000", "32, 4, 0", "320, 1, 800000", "320, 3, 266666"})
    void shouldGatherFromTheRateOnForAsLongAsBringsEnough(final int looks, final int events, final long expectedNs)
    {
        final Coalescer adaptive = coalescer(MS, RATE, Coalescer.LEAST_PEERS);
        for (int window = 1; window < Coalescer.LEAN_WINDOWS; window++)
        {
            assertEquals(0, gatherNsAfter(adaptive, looks, events));
        }
        assertEquals(expectedNs, gatherNsAfter(adaptive, looks, events));
    }

    @Test
    void shouldBeginOnlyAfterLeanWindowsInARow()
    {
        final Coalescer adaptive = coalescer(MS, RATE, Coalescer.LEAST_PEERS);
        for (int window = 1; window < Coalescer.LEAN_WINDOWS; window++)
        {
            assertEquals(0, gatherNsAfter(adaptive, 32, 1));
        }
        assertEquals(0, gatherNsAfter(adaptive, 32, 4));
        assertEquals(0, gatherNsAfter(adaptive, 32, 1));
    }

    @Test
    void shouldStopNowAndThenToSeeWhetherLooksAreLeanWithoutIt()
    {
        final Coalescer adaptive = coalescer(MS, RATE, Coalescer.LEAST_PEERS);
        begin(adaptive);
        for (int window = 1; window < Coalescer.TRIAL_WINDOWS; window++)
        {
            assertEquals(MS, gatherNsAfter(adaptive, 16, 2));
        }
        assertEquals(0, gatherNsAfter(adaptive, 16, 2));
        // Peers come eight at a time by themselves.
        assertEquals(0, gatherNsAfter(adaptive, 40, 8));
        begin(adaptive);
    }

    private void begin(final Coalescer adaptive)
    {
        for (int window = 1; window < Coalescer.LEAN_WINDOWS; window++)
        {
            assertEquals(0, gatherNsAfter(adaptive, 32, 1));
        }
        assertEquals(MS, gatherNsAfter(adaptive, 32, 1));
    }

    @Test
    void shouldNotGatherWherePeersAreFew()
    {
        final Coalescer adaptive = coalescer(MS, RATE, Coalescer.LEAST_PEERS - 1);
        for (int window = 0; window <= Coalescer.LEAN_WINDOWS; window++)
        {
            assertEquals(0, gatherNsAfter(adaptive, 320, 1));
        }
    }

    @Test
    void shouldGatherAfterDeadlinesHavePassed()
    {
        coalescer.onLook(NOW_NS, 0);
        coalescer.onExpired(0);
        assertEquals(0, coalescer.gather(NOW_NS, NOW_NS, FAR_NS));
        coalescer.onExpired(1);
        assertEquals(COALESCE_NS, coalescer.gather(NOW_NS, NOW_NS, FAR_NS));
    }

    @Test
    void shouldGatherUntilThereAreFewerEventsThanTheRateAcrossTheOverflow()
    {
        final Coalescer adaptive = coalescer(MS, RATE, Coalescer.LEAST_PEERS);
        begin(adaptive);
        assertEquals(500_000, gatherNsAfter(adaptive, 16, 32));
        assertEquals(MS, gatherNsAfter(adaptive, 16, 2));
        assertEquals(0, gatherNsAfter(adaptive, 31, 1));
        assertEquals(0, gatherNsAfter(adaptive, 16, 32));
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
        coalescer.onLook(NOW_NS, 1);
        assertEquals(1, coalescer.gather(NOW_NS, NOW_NS, 1));
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
        assertEquals(MS - 1, coalescer.gather(NOW_NS - FAR_NS, NOW_NS, MS - 1));
        assertEquals(0, coalescer.gather(NOW_NS - FAR_NS, NOW_NS, MS));
        assertEquals(MS - 1, parkedNs);
    }

    @Test
    void shouldNotWaitLongerForANearDeadlineThanHeartbeatsMayWait()
    {
        assertEquals(100, coalescer(100).gather(NOW_NS - FAR_NS, NOW_NS, MS - 1));
    }

    @Test
    void shouldReadAtOnceForAWhileAfterAnythingElseAcrossTheOverflow()
    {
        coalescer.onUrgent(NOW_NS);
        final long lastNs = NOW_NS + Coalescer.EAGER_NS - 1;

        coalescer.onLook(NOW_NS, 1);
        assertEquals(0, coalescer.gather(NOW_NS, NOW_NS, FAR_NS));
        assertEquals(0, coalescer.gather(lastNs, lastNs, FAR_NS));
        assertEquals(8 * MS - 1, coalescer.selectNs(lastNs, 8 * MS - 1));
        assertEquals(COALESCE_NS, coalescer.gather(lastNs + 1, lastNs + 1, FAR_NS));
    }

    @Test
    void shouldNeverGatherWhenToldNotTo()
    {
        final Coalescer never = coalescer(0);

        never.onLook(NOW_NS, 1);
        assertEquals(0, never.gather(NOW_NS, NOW_NS, FAR_NS));
        never.onLook(NOW_NS, 0);
        assertEquals(0, never.gather(NOW_NS, NOW_NS, 1));
        assertEquals(8 * MS - 1, never.selectNs(NOW_NS, 8 * MS - 1));
        assertEquals(0, parkedNs);
    }

    private void assertGathers(final long expectedNs, final long lookNs, final boolean isQuiet)
    {
        parkedNs = 0;
        coalescer.onLook(NOW_NS, isQuiet ? 0 : 1);
        assertEquals(expectedNs, coalescer.gather(lookNs, NOW_NS, FAR_NS));
        assertEquals(expectedNs, parkedNs);
    }
}
