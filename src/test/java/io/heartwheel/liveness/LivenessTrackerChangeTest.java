package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.Cadence.STRICT;
import static io.heartwheel.liveness.TrackerRig.MS;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Changes of the cadence and of the tenant of a slot while it is watched.
 */
class LivenessTrackerChangeTest
{
    private final TrackerRig rig = new TrackerRig();

    @ParameterizedTest
    @ValueSource(longs = {1, 10 * SECOND, 15 * SECOND, 17 * SECOND, 30 * SECOND, 32 * SECOND, 35 * SECOND - 1})
    void shouldBeginTheFirstWaitOfAnotherCadenceNow(final long changeNs)
    {
        rig.settle(STANDARD, 1);
        rig.runTo(changeNs);
        rig.events.clear();

        rig.cadence(1, STRICT);

        assertSame(STRICT, rig.tracker.cadence(1));
        rig.runTo(changeNs + 3 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(changeNs + 7500 * MS - 1);
        rig.assertProbedAt(1, changeNs + 3 * SECOND, changeNs + 4500 * MS, changeNs + 6 * SECOND);
        rig.runTo(changeNs + 7500 * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, changeNs + 7500 * MS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void shouldStaySpreadWhenTheCadenceChangesBeforeItsPhaseIsOver(final int slot)
    {
        final TrackerRig unchanged = new TrackerRig();
        unchanged.watch(slot, STRICT);
        unchanged.runTo(3 * SECOND);

        rig.watch(slot, STANDARD);
        rig.cadence(slot, STRICT);
        rig.runTo(3 * SECOND);
        assertEquals(unchanged.events, rig.events);
        assertEquals(1, rig.events.size());
    }

    @Test
    void shouldNotSpreadWhatBecomesPassiveBeforeItsPhaseIsOver()
    {
        rig.watch(1, STANDARD);
        rig.cadence(1, Cadence.passive(4 * SECOND));
        rig.runTo(4 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(4 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 4 * SECOND);
    }

    @Test
    void shouldCountFromWhatIsHeardAfterTheChange()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(SECOND);
        rig.cadence(1, STRICT);
        rig.runTo(2 * SECOND);
        rig.heard(1);

        rig.runTo(5 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(5 * SECOND + TICK_NS);
        rig.assertProbedAt(1, 5 * SECOND);
    }

    @Test
    void shouldWatchAndUnwatchThroughOff()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(16 * SECOND);
        rig.assertProbedAt(1, 15 * SECOND);
        rig.cadence(1, Cadence.OFF);
        rig.runTo(500 * SECOND);
        rig.assertNothing();

        rig.cadence(1, STANDARD);
        rig.runTo(535 * SECOND - 1);
        rig.assertProbedAt(1, 515 * SECOND, 520 * SECOND, 525 * SECOND, 530 * SECOND);
        rig.runTo(535 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 535 * SECOND);
    }

    @Test
    void shouldBecomePassive()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(16 * SECOND);
        rig.assertProbedAt(1, 15 * SECOND);

        rig.cadence(1, Cadence.passive(4 * SECOND));

        rig.runTo(20 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 20 * SECOND);
    }

    @Test
    void shouldIgnoreAProbeOfTheCadenceBefore()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
        };
        rig.runTo(16 * SECOND);
        rig.assertProbedAt(1, 15 * SECOND);
        rig.cadence(1, STRICT);
        rig.runTo(17 * SECOND);
        rig.probeWritten(1);
        rig.probeAction = rig::probeWritten;

        rig.runTo(16 * SECOND + 7500 * MS - 1);
        rig.assertProbedAt(1, 19 * SECOND, 20500 * MS, 22 * SECOND);
    }

    /**
     * By STRICT the lack of progress is judged after 7.5 s, and one interval of it, 1.5 s, after the change at the
     * earliest, unless STANDARD would have ended it by then.
     */
    @ParameterizedTest
    @CsvSource({"2000, 7500", "5999, 7500", "6000, 7500", "6001, 7501", "10000, 11500",
        "33499, 34999", "33501, 35000", "34999, 35000"})
    void shouldGoOnWithAWaitForProgressByAnotherCadence(final long changeMs, final long verdictMs)
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = rig::heard;
        rig.runTo(changeMs * MS);

        rig.heard(1);
        rig.cadence(1, STRICT);

        rig.runTo(verdictMs * MS - 1);
        rig.assertNothing();
        rig.runTo(verdictMs * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, verdictMs * MS);
    }

    /**
     * The change to STRICT after 20 s has one interval of it granted, until 21.5 s, and a stall another. A stall after
     * 34.5 s has one of STANDARD granted, until 39.5 s, and the change another, which is no later than that.
     */
    @ParameterizedTest
    @CsvSource({"20000, 20500, 22000", "20000, 21499, 22999", "36000, 34500, 37500", "39000, 34500, 39500"})
    void shouldHaveAFullWaitAfterAStallThoughAShorterCadenceHadOne(
        final long changeMs, final long stallMs, final long verdictMs)
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = rig::heard;
        for (final long atMs : new long[]{Math.min(changeMs, stallMs), Math.max(changeMs, stallMs)})
        {
            rig.runTo(atMs * MS);
            rig.heard(1);
            if (atMs == stallMs)
            {
                rig.stalled();
            }
            else
            {
                rig.cadence(1, STRICT);
            }
        }

        rig.runTo(verdictMs * MS - 1);
        rig.assertNothing();
        rig.runTo(verdictMs * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, verdictMs * MS);
    }

    @Test
    void shouldJudgeTheSilenceOfWhoAskedForCadencesAgainAndAgainFromTheLast()
    {
        rig.watch(1, STANDARD);
        for (int i = 1; i <= 1_000; i++)
        {
            rig.runTo(i * 100 * MS);
            rig.heard(1);
            rig.cadence(1, STANDARD);
        }
        rig.events.clear();
        // What is left of the phase within the idle time asks once more, and does not count.
        rig.runTo(135 * SECOND + TICK_NS);
        rig.events.removeIf(TrackerRig.Event::isProbe);
        rig.assertCondemned(1, Verdict.SILENT, 135 * SECOND);
    }

    @Test
    void shouldNotCondemnForABlockFromWhenTheWatchWasOff()
    {
        rig.settle(STANDARD, 1);
        rig.cadence(1, Cadence.OFF);
        rig.writeBlocked(1, false);
        rig.runTo(100 * SECOND);
        rig.heard(1);

        rig.cadence(1, STANDARD);

        rig.runTo(114 * SECOND);
        rig.assertNothing();
        assertTrue(rig.tracker.isWatched(1));
    }

    @Test
    void shouldLeaveNothingToTheNextTenantOfASlot()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.runTo(31 * SECOND);
        rig.events.clear();
        rig.stalled();

        rig.tracker.unwatch(1);
        assertFalse(rig.tracker.isWatched(1));
        rig.runTo(32 * SECOND);
        rig.watch(1, STANDARD);
        rig.probeWritten(1);

        rig.runTo(67 * SECOND + TICK_NS);
        assertEquals(67 * SECOND, rig.events.get(rig.events.size() - 1).deadlineNs());
        assertSame(Verdict.SILENT, rig.events.get(rig.events.size() - 1).verdict());
        rig.events.removeIf((event) -> event.nowNs() < 47 * SECOND);
        assertEquals(5, rig.events.size(), rig.events::toString);
    }

    @Test
    void shouldForgetWhatIsToldOfASlotThatIsNotWatched()
    {
        rig.settle(STANDARD, 1);
        rig.tracker.unwatch(1);

        rig.heard(1);
        rig.probeWritten(1);
        rig.writeBlocked(1, true);
        rig.writeBlocked(1_000, true);
        rig.tracker.writeDrained(1);

        rig.runTo(100 * SECOND);
        rig.assertNothing();
        assertEquals(0, rig.wheel.scheduledCount());
    }

    @Test
    void shouldKeepSlotsApart()
    {
        rig.settle(STANDARD, 1, 2, 3);
        rig.runTo(10 * SECOND);
        rig.heard(2);
        rig.cadence(3, STRICT);

        rig.runTo(35 * SECOND + TICK_NS);
        assertFalse(rig.tracker.isWatched(1));
        assertTrue(rig.tracker.isWatched(2));
        assertFalse(rig.tracker.isWatched(3));
        rig.runTo(45 * SECOND + TICK_NS);
        assertFalse(rig.tracker.isWatched(2));
    }
}
