package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.Cadence.STRICT;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A peer with a zero window is condemned at last, and a peer that makes progress is not.
 */
class LivenessTrackerWriteStallTest
{
    private final TrackerRig rig = new TrackerRig();

    @Test
    void shouldCondemnWhoTalksButTakesNothing()
    {
        rig.settle(STANDARD, 1);
        rig.runTo(2 * SECOND);
        rig.writeBlocked(1, false);
        talkTo(37 * SECOND - 1);
        rig.assertNothing();

        rig.runTo(37 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 37 * SECOND);
    }

    @Test
    void shouldNotCountFromALaterReportWithoutProgress()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        for (int i = 1; i < 35; i++)
        {
            talkTo(i * SECOND);
            rig.writeBlocked(1, false);
        }
        rig.assertNothing();

        rig.runTo(35 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 35 * SECOND);
    }

    @Test
    void shouldCountAnewFromAnyProgress()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, true);
        for (int i = 1; i <= 20; i++)
        {
            talkTo(i * 30 * SECOND);
            rig.writeBlocked(1, true);
        }
        talkTo(635 * SECOND - 1);
        rig.assertNothing();

        rig.runTo(635 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 635 * SECOND);
    }

    @Test
    void shouldCountFromTheTryAtWhichRoomWasFoundUnannounced()
    {
        final List<Long> triesNs = new ArrayList<>();
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = (slot) ->
        {
            triesNs.add(rig.now());
            rig.writeBlocked(slot, 3 == triesNs.size());
        };
        talkTo(triesEndNs() - 1);
        rig.assertNothing();

        rig.runTo(triesEndNs() + 3 * TICK_NS);
        assertEquals(Verdict.WRITE_STALLED, rig.events.get(0).verdict());
        assertEquals(triesNs.get(2) + STANDARD.detectionNs(), rig.events.get(0).deadlineNs());
        for (int i = 0; i < 10; i++)
        {
            final long ideallyNs = (i + 1) * STANDARD.graceNs();
            assertTrue(triesNs.get(i) >= ideallyNs && triesNs.get(i) <= ideallyNs + (i + 1) * TICK_NS,
                triesNs::toString);
        }
    }

    @Test
    void shouldJudgeExactlyWhenTheTimeIsUp()
    {
        final Cadence ofTicks = new Cadence(1 << 30, 1 << 30, 1);
        rig.settle(ofTicks, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = rig::heard;
        rig.runTo(ofTicks.detectionNs());
        rig.assertCondemned(1, Verdict.WRITE_STALLED, ofTicks.detectionNs());
    }

    @Test
    void shouldAddTimeForAStallAgainAfterProgress()
    {
        rig.settle(STANDARD, 1);
        rig.unsentAction = rig::heard;
        rig.writeBlocked(1, false);
        rig.runTo(34 * SECOND);
        rig.stalled();
        rig.runTo(36 * SECOND);
        rig.writeBlocked(1, true);
        rig.runTo(70 * SECOND);
        rig.stalled();
        rig.runTo(75 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(75 * SECOND + TICK_NS);
        assertSame(Verdict.WRITE_STALLED, rig.events.get(0).verdict());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5 * SECOND, 14 * SECOND, 32 * SECOND})
    void shouldCondemnWhoAsksForACadenceAgainAndAgainButTakesNothing(final long everyNs)
    {
        rig.settle(STANDARD, 1);
        rig.runTo(2 * SECOND);
        rig.writeBlocked(1, false);
        final int times = (int)Math.min(1_000, 34 * SECOND / everyNs);
        for (int i = 1; i <= times; i++)
        {
            rig.runTo(2 * SECOND + i * everyNs);
            rig.heard(1);
            rig.cadence(1, STANDARD);
        }
        talkTo(37 * SECOND - 1);
        assertTrue(rig.tracker.isWatched(1));

        rig.events.clear();
        rig.runTo(37 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 37 * SECOND);
    }

    @Test
    void shouldTryAgainOncePerIntervalThoughThePeerAsksForACadenceMoreOften()
    {
        final List<Long> triesNs = new ArrayList<>();
        rig.settle(STANDARD, 1);
        rig.unsentAction = (slot) -> triesNs.add(rig.now());
        rig.writeBlocked(1, false);
        for (int i = 1; i <= 34; i++)
        {
            rig.runTo(i * SECOND);
            rig.heard(1);
            rig.cadence(1, STANDARD);
        }
        assertEquals(6, triesNs.size(), triesNs::toString);
        assertTrue(triesNs.get(5) <= 30 * SECOND + 6 * TICK_NS, triesNs::toString);
    }

    @Test
    void shouldCondemnWhoAsksForLongAndShortCadencesInTurnByTheLongest()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = rig::heard;
        final long boundNs = STANDARD.detectionNs() + STANDARD.graceNs() + STRICT.detectionNs();
        while (rig.tracker.isWatched(1) && rig.now() < 2 * boundNs)
        {
            rig.heard(1);
            rig.cadence(1, 0 == rig.now() / SECOND % 2 ? STANDARD : STRICT);
            rig.runTo(rig.now() + SECOND);
        }
        assertFalse(rig.tracker.isWatched(1));
        assertTrue(rig.now() < boundNs, () -> rig.now() + " ns");
    }

    @Test
    void shouldNotGiveTheStallAgainToWhoAsksForACadence()
    {
        rig.settle(STANDARD, 1);
        rig.unsentAction = rig::heard;
        rig.writeBlocked(1, false);
        rig.runTo(34 * SECOND);
        rig.stalled();
        rig.runTo(36 * SECOND);
        rig.heard(1);
        rig.cadence(1, STANDARD);
        rig.stalled();
        rig.runTo(39 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(39 * SECOND + TICK_NS);
        assertSame(Verdict.WRITE_STALLED, rig.events.get(0).verdict());
    }

    private static long triesEndNs()
    {
        return 3 * STANDARD.graceNs() + STANDARD.detectionNs();
    }

    @Test
    void shouldNotJudgeASlotThatIsForgottenWhenItsBytesAreTriedAgain()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = (slot) -> rig.tracker.unwatch(slot);
        rig.runTo(500 * SECOND);
        rig.assertNothing();
        assertEquals(0, rig.wheel.scheduledCount());
    }

    @Test
    void shouldNotCondemnWhoTookAllBytes()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        talkTo(35 * SECOND - 1);
        rig.tracker.writeDrained(1);

        talkTo(500 * SECOND);
        rig.assertNothing();
    }

    @Test
    void shouldCountANewBlockFromItsOwnBegin()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        talkTo(30 * SECOND);
        rig.tracker.writeDrained(1);
        rig.writeBlocked(1, false);
        talkTo(65 * SECOND - 1);
        rig.assertNothing();

        rig.runTo(65 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 65 * SECOND);
    }

    @Test
    void shouldLookNoLaterThoughThePeerIsNextDueAfterTheBlock()
    {
        // The wheel holds a deadline that is later than that of the block.
        final Cadence passive = Cadence.passive(10 * SECOND);
        rig.settle(passive, 1);
        rig.writeBlocked(1, false);
        rig.runTo(9 * SECOND);
        rig.heard(1);

        rig.runTo(10 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 10 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 14, 16, 22, 33})
    void shouldCondemnTheDeadByWhicheverTimeIsUpFirst(final int blockedAt)
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
            if (rig.now() < blockedAt * SECOND)
            {
                rig.probeWritten(slot);
            }
        };
        rig.runTo(blockedAt * SECOND);
        rig.writeBlocked(1, true);

        rig.runTo(200 * SECOND);

        final TrackerRig.Event verdict = rig.events.get(rig.events.size() - 1);
        // Blocked after the last probe was written: that probe was a question, and stays unanswered.
        final boolean isSilent = blockedAt > 30;
        assertSame(isSilent ? Verdict.SILENT : Verdict.WRITE_STALLED, verdict.verdict());
        assertEquals((isSilent ? 35 : 35 + blockedAt) * SECOND, verdict.deadlineNs());
        assertTrue(!rig.tracker.isWatched(1));
    }

    @Test
    void shouldCondemnWhoseProbeCannotBeWrittenForTheDetectionTime()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) -> rig.writeBlocked(slot, false);
        rig.runTo(50 * SECOND - 1);
        rig.assertProbedAt(1, 15 * SECOND);

        rig.runTo(50 * SECOND + 2 * TICK_NS);
        assertEquals(1, rig.events.size());
        assertSame(Verdict.WRITE_STALLED, rig.events.get(0).verdict());
    }

    @Test
    void shouldAskAgainWhenTheLastLookFindsProgress()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        talkTo(35 * SECOND - 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.writeBlocked(slot, true);
            return false;
        };
        rig.runTo(36 * SECOND);
        final long progressNs = rig.events.get(0).nowNs();
        assertEquals(1, rig.events.size());
        rig.events.clear();
        rig.lastLook = (slot, verdict) -> true;

        talkTo(progressNs + 35 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(progressNs + 35 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, progressNs + 35 * SECOND);
    }

    @Test
    void shouldNotCondemnWhoTakesBytesThoughTheProbeStillWaitsBehindThem()
    {
        // A long frame is half written over a slow line: the probe may not overtake it, but there is progress.
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
        };
        rig.writeBlocked(1, true);
        for (int i = 1; i <= 20; i++)
        {
            rig.runTo(i * 5 * SECOND);
            rig.writeBlocked(1, true);
        }
        rig.assertProbedAt(1, 15 * SECOND);

        rig.runTo(135 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 135 * SECOND);
    }

    @Test
    void shouldNotTakeAStallForALackOfProgressThatThereWas()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
        };
        rig.runTo(15 * SECOND + TICK_NS);
        rig.assertProbedAt(1, 15 * SECOND);
        rig.writeBlocked(1, false);
        rig.runTo(48 * SECOND);
        rig.writeBlocked(1, true);
        rig.runTo(49 * SECOND);
        rig.stalled();

        rig.runTo(83 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(83 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.WRITE_STALLED, 83 * SECOND);
    }

    @Test
    void shouldNotCountQuestionsFromBeforeABlockedPeerWasHeard()
    {
        // Three probes written, the fourth not; then heard; then the wait for progress made longer after a stall.
        rig.settle(STANDARD, 1);
        rig.runTo(29 * SECOND);
        rig.probeAction = (slot) ->
        {
        };
        rig.writeBlocked(1, false);
        rig.runTo(33 * SECOND);
        rig.assertProbedAt(1, 15 * SECOND, 20 * SECOND, 25 * SECOND, 30 * SECOND);
        rig.heard(1);
        rig.runTo(64 * SECOND - 1);
        rig.stalled();
        rig.runTo(65 * SECOND);
        assertTrue(rig.tracker.isWatched(1), "condemned without the attention it is owed");

        rig.probeAction = rig::probeWritten;
        rig.tracker.writeDrained(1);
        rig.probeWritten(1);
        rig.runTo(71 * SECOND);

        assertTrue(rig.tracker.isWatched(1), "condemned after one question");
        rig.runTo(100 * SECOND);
        assertSame(Verdict.SILENT, rig.events.get(rig.events.size() - 1).verdict());
    }

    private void talkTo(final long toNs)
    {
        while (rig.now() < toNs)
        {
            rig.runTo(Math.min(toNs, rig.now() + SECOND));
            rig.heard(1);
        }
    }
}
