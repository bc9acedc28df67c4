package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.TrackerRig.MS;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Verdicts after a stall of the reactor itself.
 */
class LivenessTrackerStallTest
{
    private static final Cadence PASSIVE = Cadence.passive(4 * SECOND);

    private final TrackerRig rig = new TrackerRig();

    @ParameterizedTest
    @CsvSource({"30001, 35001", "31000, 36000", "34999, 39999", "35000, 40000", "40000, 45000", "95000, 100000"})
    void shouldGiveAFullIntervalOfAttentionBeforeAVerdict(final long stalledMs, final long verdictMs)
    {
        rig.settle(STANDARD, 1);
        rig.runTo(30 * SECOND + TICK_NS);
        rig.assertProbedAt(1, 15 * SECOND, 20 * SECOND, 25 * SECOND, 30 * SECOND);

        rig.skipTo(stalledMs * MS);
        rig.stalled();

        rig.runTo(verdictMs * MS - 1);
        rig.assertNothing();
        rig.runTo(verdictMs * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, verdictMs * MS);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10 * SECOND, 16 * SECOND, 29 * SECOND, 30 * SECOND - 1})
    void shouldNotWaitLongerForAStallBeforeTheLastProbe(final long stalledNs)
    {
        rig.settle(STANDARD, 1);
        rig.runTo(stalledNs);
        rig.stalled();

        rig.runTo(36 * SECOND);

        assertEquals(5, rig.events.size());
        assertEquals(35 * SECOND, rig.events.get(4).deadlineNs());
    }

    @Test
    void shouldAskEveryQuestionAfterAStallThatBeganBeforeTheFirst()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(10 * SECOND);
        rig.skipTo(100 * SECOND);
        rig.stalled();

        rig.runTo(120 * SECOND - 1);
        rig.assertProbedAt(1, 100 * SECOND, 105 * SECOND, 110 * SECOND, 115 * SECOND);
        rig.runTo(120 * SECOND + TICK_NS);
        assertEquals(1, rig.events.size());
    }

    @Test
    void shouldStartAllOverWhenHeardInTheTimeAdded()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(31 * SECOND);
        rig.skipTo(60 * SECOND);
        rig.stalled();
        rig.runTo(64 * SECOND);
        rig.heard(1);
        rig.events.clear();

        rig.runTo(99 * SECOND - 1);
        rig.assertProbedAt(1, 79 * SECOND, 84 * SECOND, 89 * SECOND, 94 * SECOND);
        rig.runTo(99 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 99 * SECOND);
    }

    @Test
    void shouldAddTimeInEachWaitThatHasAStall()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(31 * SECOND);
        rig.skipTo(60 * SECOND);
        rig.stalled();
        rig.runTo(62 * SECOND);
        rig.heard(1);
        rig.runTo(95 * SECOND);
        rig.events.clear();
        rig.skipTo(96 * SECOND);
        rig.stalled();

        rig.runTo(101 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(101 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 101 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {100 * MS, 500 * MS, 3 * SECOND, 4999 * MS})
    void shouldCondemnThoughStallsRepeatForEver(final long everyNs)
    {
        rig.settle(STANDARD, 1);
        rig.runTo(30 * SECOND + TICK_NS);

        while (rig.tracker.isWatched(1) && rig.now() < 1000 * SECOND)
        {
            rig.runTo(rig.now() + everyNs);
            rig.stalled();
        }

        final TrackerRig.Event verdict = rig.events.get(rig.events.size() - 1);
        assertFalse(rig.tracker.isWatched(1), "starved");
        assertTrue(verdict.deadlineNs() <= 40 * SECOND, verdict::toString);
        assertTrue(verdict.nowNs() <= 40 * SECOND + everyNs, verdict::toString);
    }

    @ParameterizedTest
    @CsvSource({"1, 4001", "3000, 7000", "3999, 7999", "4000, 8000", "50000, 54000"})
    void shouldGiveAPassivePeerAFullIdleTimeOfAttention(final long stalledMs, final long verdictMs)
    {
        rig.settle(PASSIVE, 1);
        rig.skipTo(stalledMs * MS);
        rig.stalled();

        rig.runTo(verdictMs * MS - 1);
        rig.assertNothing();
        rig.runTo(verdictMs * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, verdictMs * MS);
    }

    @Test
    void shouldCountFromWhatAPassivePeerSaysInTheTimeAdded()
    {
        rig.settle(PASSIVE, 1);
        rig.skipTo(10 * SECOND);
        rig.stalled();
        rig.poll();
        rig.runTo(12 * SECOND);
        rig.heard(1);

        rig.runTo(16 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(16 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 16 * SECOND);
    }

    @Test
    void shouldAddTimeOnceMoreAfterAPassivePeerWasHeard()
    {
        rig.settle(PASSIVE, 1);
        for (int i = 0; i < 5; i++)
        {
            final long stalledNs = rig.now() + 10 * SECOND;
            rig.skipTo(stalledNs);
            rig.stalled();
            rig.runTo(stalledNs + 4 * SECOND - 1);
            rig.assertNothing();
            rig.heard(1);
        }
    }

    @Test
    void shouldCondemnAPassivePeerThoughStallsRepeatForEver()
    {
        rig.settle(PASSIVE, 1);
        rig.runTo(3 * SECOND);
        while (rig.tracker.isWatched(1) && rig.now() < 1000 * SECOND)
        {
            rig.stalled();
            rig.runTo(rig.now() + 500 * MS);
        }

        assertTrue(rig.now() <= 9 * SECOND, "starved");
    }

    @Test
    void shouldNotTakeItsStartForAStall()
    {
        rig.watch(1, Cadence.passive(Cadence.MAX_NS));
        rig.watch(2, Cadence.passive(SECOND));

        rig.runTo(SECOND + TICK_NS);
        rig.assertCondemned(2, Verdict.SILENT, SECOND);
    }

    @ParameterizedTest
    @CsvSource({"31000, 36000", "35000, 40000", "60000, 65000"})
    void shouldGiveAFullIntervalOfAttentionToABlockedWrite(final long stalledMs, final long verdictMs)
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.probeAction = (slot) ->
        {
        };
        for (int i = 1; i <= 30; i++)
        {
            rig.runTo(i * SECOND);
            rig.heard(1);
        }
        rig.skipTo(stalledMs * MS);
        rig.stalled();
        rig.heard(1);

        rig.runTo(verdictMs * MS - 1);
        rig.assertNothing();
        rig.runTo(verdictMs * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, verdictMs * MS);
    }

    @Test
    void shouldCondemnABlockedWriteThoughStallsRepeatForEver()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        while (rig.tracker.isWatched(1) && rig.now() < 1000 * SECOND)
        {
            rig.runTo(rig.now() + 500 * MS);
            rig.heard(1);
            rig.stalled();
        }

        assertTrue(rig.now() <= 41 * SECOND, "starved");
    }

    @Test
    void shouldWaitTheWholeDetectionTimeForProgressAgainAfterSome()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.runTo(34 * SECOND);
        rig.heard(1);
        rig.stalled();
        rig.runTo(36 * SECOND);
        rig.writeBlocked(1, true);
        while (rig.now() < 70 * SECOND)
        {
            rig.runTo(rig.now() + SECOND);
            rig.heard(1);
        }
        rig.events.clear();

        rig.runTo(71 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 71 * SECOND);
    }
}
