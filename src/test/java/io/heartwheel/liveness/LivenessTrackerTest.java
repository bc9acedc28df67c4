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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Probes and verdicts of silence. STANDARD: probes at 15, 20, 25 and 30 s, time is up at 35 s.
 */
class LivenessTrackerTest
{
    private static final long LATE_NS = STANDARD.intervalNs() / 16;

    private final TrackerRig rig = new TrackerRig();

    @Test
    void shouldOnlyStoreThatASlotWasHeard()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(SECOND);
        final long scheduledNs = rig.wheel.deadlineNs(1);
        final long wantedNs = rig.tracker.nextDeadlineNs(0);

        rig.heard(1);

        assertEquals(scheduledNs, rig.wheel.deadlineNs(1));
        assertEquals(wantedNs, rig.tracker.nextDeadlineNs(0));
        final long heardNs = rig.tracker.lastHeardNs(1);
        rig.skipTo(2 * SECOND);
        rig.heard(1);
        assertEquals(SECOND, rig.tracker.lastHeardNs(1) - heardNs);
    }

    @Test
    void shouldProbeAfterTheIdleTime()
    {
        rig.settle(STANDARD, 1);

        rig.runTo(15 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(15 * SECOND + TICK_NS);
        rig.assertProbedAt(1, 15 * SECOND);
    }

    @Test
    void shouldProbeAfterTheIdleTimeSinceLastHeard()
    {
        rig.settle(STANDARD, 1);
        for (int i = 1; i <= 100; i++)
        {
            rig.runTo(i * SECOND + i * MS);
            rig.heard(1);
        }

        rig.runTo(115 * SECOND + 100 * MS - 1);
        rig.assertNothing();
        rig.runTo(115 * SECOND + 100 * MS + TICK_NS);
        rig.assertProbedAt(1, 115 * SECOND + 100 * MS);
    }

    @Test
    void shouldCondemnWhoAnswersNoProbe()
    {
        rig.settle(STANDARD, 1);

        rig.runTo(35 * SECOND - 1);
        rig.assertProbedAt(1, 15 * SECOND, 20 * SECOND, 25 * SECOND, 30 * SECOND);
        assertTrue(rig.tracker.isWatched(1));
        rig.runTo(35 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 35 * SECOND);
        assertEquals(0, rig.tracker.watchedCount());
        rig.runTo(200 * SECOND);
        rig.assertNothing();
    }

    @ParameterizedTest
    @ValueSource(longs = {15 * SECOND, 15 * SECOND + MS, 17 * SECOND, 20 * SECOND - 1, 20 * SECOND, 29 * SECOND,
        30 * SECOND + MS, 35 * SECOND - 1, 35 * SECOND})
    void shouldStartAllOverWhenHeard(final long heardNs)
    {
        rig.settle(STANDARD, 1);
        rig.runTo(heardNs - 1);
        rig.skipTo(heardNs);
        rig.heard(1);
        rig.events.clear();

        rig.runTo(heardNs + 15 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(heardNs + 35 * SECOND - 1);
        rig.assertProbedAt(
            1, heardNs + 15 * SECOND, heardNs + 20 * SECOND, heardNs + 25 * SECOND, heardNs + 30 * SECOND);
        rig.runTo(heardNs + 35 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, heardNs + 35 * SECOND);
    }

    @Test
    void shouldNotAddUpTheDelaysOfPolls()
    {
        rig.settle(STANDARD, 1);
        rig.pollDelayNs = LATE_NS - TICK_NS;

        rig.runTo(35 * SECOND - 1);
        rig.assertProbedAt(1, 15 * SECOND, 20 * SECOND, 25 * SECOND, 30 * SECOND);
        rig.runTo(36 * SECOND);
        rig.assertCondemned(1, Verdict.SILENT, 35 * SECOND);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "1, 1"})
    void shouldWaitFromWhenTheProbeLeftOnlyIfItLeftLate(final long beyondNs, final int moved)
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
        };
        rig.runTo(15 * SECOND + LATE_NS + beyondNs);
        rig.probeAction = rig::probeWritten;
        rig.probeWritten(1);
        rig.assertProbedAt(1, 15 * SECOND);
        final long leftNs = 15 * SECOND + moved * (LATE_NS + beyondNs);

        rig.runTo(leftNs + 20 * SECOND - 1);
        rig.assertProbedAt(1, leftNs + 5 * SECOND, leftNs + 10 * SECOND, leftNs + 15 * SECOND);
        rig.runTo(leftNs + 20 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, leftNs + 20 * SECOND);
    }

    @Test
    void shouldNotTakeAnUnwrittenProbeForAQuestion()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
        };
        rig.runTo(40 * SECOND);
        rig.assertProbedAt(1, 15 * SECOND);

        rig.probeAction = rig::probeWritten;
        rig.probeWritten(1);
        rig.runTo(60 * SECOND - 1);
        rig.assertProbedAt(1, 45 * SECOND, 50 * SECOND, 55 * SECOND);
        rig.runTo(60 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 60 * SECOND);
    }

    @Test
    void shouldNotCountAProbeThatLeftAfterThePeerWasHeard()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
        };
        rig.runTo(18 * SECOND);
        rig.heard(1);
        rig.runTo(19 * SECOND);
        rig.probeAction = rig::probeWritten;
        rig.probeWritten(1);
        rig.assertProbedAt(1, 15 * SECOND);

        rig.runTo(53 * SECOND - 1);
        rig.assertProbedAt(1, 33 * SECOND, 38 * SECOND, 43 * SECOND, 48 * SECOND);
        rig.runTo(53 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 53 * SECOND);
    }

    @Test
    void shouldIgnoreAProbeThatWasNotAskedFor()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(SECOND);
        rig.probeWritten(1);
        rig.runTo(16 * SECOND);
        rig.probeWritten(1);
        rig.probeWritten(1);

        rig.runTo(36 * SECOND);
        assertEquals(4, rig.events.stream().filter(TrackerRig.Event::isProbe).count());
        assertEquals(35 * SECOND, rig.events.get(4).deadlineNs());
    }

    @Test
    void shouldExpectAPassivePeerToSpeakUnasked()
    {
        rig.settle(Cadence.passive(4 * SECOND), 1);
        rig.runTo(3 * SECOND);
        rig.heard(1);

        rig.runTo(7 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(7 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, 7 * SECOND);
    }

    @Test
    void shouldNeitherProbeNorJudgeIfOff()
    {
        rig.watch(1, Cadence.OFF);
        rig.heard(1);
        rig.writeBlocked(1, false);

        assertEquals(-7, rig.tracker.nextDeadlineNs(-7));
        rig.runTo(1000 * SECOND);
        rig.assertNothing();
        assertTrue(rig.tracker.isWatched(1));
        rig.tracker.unwatch(1);
        assertFalse(rig.tracker.isWatched(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, MS, 99 * MS, 100 * MS})
    void shouldNotProbeLateThoughTheIdleTimeIsShorterThanTheInterval(final long answerNs)
    {
        final Cadence eager = new Cadence(100 * MS, SECOND, 2);
        rig.settle(eager, 1);
        rig.runTo(100 * MS + TICK_NS);
        rig.assertProbedAt(1, 100 * MS);
        final long heardNs = 100 * MS + TICK_NS + answerNs;
        rig.runTo(heardNs);
        rig.heard(1);

        rig.runTo(heardNs + 100 * MS - 1);
        rig.assertNothing();
        rig.runTo(heardNs + 1100 * MS + TICK_NS);
        rig.assertProbedAt(1, heardNs + 100 * MS, heardNs + 1100 * MS);
        rig.runTo(heardNs + 2100 * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, heardNs + 2100 * MS);
    }

    @Test
    void shouldLookAtNoMoreSlotsThanTheLimit()
    {
        final int[] slots = new int[100];
        for (int i = 0; i < slots.length; i++)
        {
            slots[i] = i;
        }
        rig.settle(Cadence.passive(SECOND), slots);
        rig.runTo(SECOND - 1);
        final long nowNs = rig.tracker.lastHeardNs(0) + SECOND + TICK_NS;
        rig.skipTo(SECOND + TICK_NS);

        for (int polls = 1; polls <= 10; polls++)
        {
            assertTrue(rig.tracker.nextDeadlineNs(nowNs + 1) - nowNs <= 0);
            assertEquals(10, rig.tracker.poll(nowNs, rig, 10));
            assertEquals(10 * polls, rig.events.size());
        }
        assertEquals(0, rig.tracker.poll(nowNs, rig, 10));
        assertEquals(0, rig.tracker.watchedCount());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 17 * SECOND})
    void shouldNotMindWhereTheClockStartsOrOverflows(final long startNs)
    {
        final TrackerRig anyRig = new TrackerRig(startNs);
        anyRig.watch(0, STANDARD);
        anyRig.watch(1, Cadence.passive(20 * SECOND));

        anyRig.runTo(20 * SECOND - 1);
        assertTrue(anyRig.tracker.isWatched(1));
        anyRig.runTo(20 * SECOND + TICK_NS);
        assertFalse(anyRig.tracker.isWatched(1));
        anyRig.runTo(35 * SECOND - 1);
        assertTrue(anyRig.tracker.isWatched(0));
        anyRig.runTo(35 * SECOND + TICK_NS);
        assertFalse(anyRig.tracker.isWatched(0));
    }

    @Test
    void shouldWatchSlotsOfAnyNumber()
    {
        final int[] slots = {0, 1, 15, 16, 17, 1000, 70_000};
        rig.settle(Cadence.passive(SECOND), slots);

        assertEquals(slots.length, rig.tracker.watchedCount());
        assertFalse(rig.tracker.isWatched(2));
        assertFalse(rig.tracker.isWatched(1_000_000));
        rig.runTo(2 * SECOND);
        assertEquals(slots.length, rig.events.size());
        assertEquals(0, rig.tracker.watchedCount());
    }

    @Test
    void shouldWatchASlotOnlyOnceAtATime()
    {
        rig.watch(3, STANDARD);

        assertThrows(IllegalStateException.class, () -> rig.watch(3, STANDARD));
        assertThrows(IllegalStateException.class, () -> rig.cadence(4, STANDARD));
        assertThrows(IllegalStateException.class, () -> rig.cadence(4_000, STANDARD));
        rig.tracker.unwatch(4);
        rig.tracker.unwatch(4_000);
        assertEquals(1, rig.tracker.watchedCount());
        rig.tracker.unwatch(3);
        rig.tracker.unwatch(3);
        assertEquals(0, rig.tracker.watchedCount());
        rig.runTo(100 * SECOND);
        rig.assertNothing();
    }
}
