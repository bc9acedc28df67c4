package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.Cadence.STRICT;
import static io.heartwheel.liveness.TrackerRig.MS;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Calls of the handler to the tracker that is calling it, and the result of its last look.
 */
class LivenessTrackerHandlerTest
{
    private final TrackerRig rig = new TrackerRig();

    @Test
    void shouldStartAllOverWhenTheLastLookHearsThePeer()
    {
        rig.settle(STANDARD, 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.heard(slot);
            return false;
        };
        rig.runTo(36 * SECOND);
        final long heardNs = rig.events.get(4).nowNs();
        rig.events.clear();
        rig.lastLook = (slot, verdict) -> true;

        rig.runTo(heardNs + 35 * SECOND - 1);
        rig.assertProbedAt(
            1, heardNs + 15 * SECOND, heardNs + 20 * SECOND, heardNs + 25 * SECOND, heardNs + 30 * SECOND);
        rig.runTo(heardNs + 35 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, heardNs + 35 * SECOND);
    }

    @Test
    void shouldNotForgetASlotThatTheLastLookWatchesByAnotherCadence()
    {
        rig.settle(STANDARD, 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.cadence(slot, STRICT);
            return false;
        };
        rig.runTo(36 * SECOND);
        assertTrue(rig.tracker.isWatched(1));
        assertEquals(STRICT, rig.tracker.cadence(1));
    }

    @Test
    void shouldNotForgetASlotWhoseUnsentBytesMakeTheHandlerThrow()
    {
        rig.settle(STANDARD, 1);
        rig.writeBlocked(1, false);
        rig.unsentAction = (slot) ->
        {
            throw new IllegalStateException("on purpose");
        };
        assertThrows(IllegalStateException.class, () -> rig.runTo(35 * SECOND));
        rig.unsentAction = (slot) -> rig.tracker.isWatched(slot);
        rig.runTo(35 * SECOND + TICK_NS);
        assertFalse(rig.tracker.isWatched(1));
    }

    @Test
    void shouldLookOnceMoreAtTheNextTickWhenTheLastLookSpares()
    {
        rig.settle(STANDARD, 1);
        final int[] looks = {0};
        rig.lastLook = (slot, verdict) -> ++looks[0] == 3;

        rig.runTo(36 * SECOND);

        assertEquals(3, looks[0]);
        assertFalse(rig.tracker.isWatched(1));
        assertEquals(7, rig.events.size());
        assertTrue(rig.events.get(6).nowNs() < 35 * SECOND + 4 * TICK_NS);
    }

    @Test
    void shouldTakeTheLastLookOfAPassivePeer()
    {
        rig.settle(Cadence.passive(4 * SECOND), 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.heard(slot);
            return false;
        };

        rig.runTo(9 * SECOND);

        assertEquals(2, rig.events.size());
        assertEquals(rig.events.get(0).nowNs() + 4 * SECOND, rig.events.get(1).deadlineNs());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldForgetASlotThatIsUnwatchedInItsLastLook(final boolean isCondemned)
    {
        rig.settle(STANDARD, 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.tracker.unwatch(slot);
            return false;
        };

        rig.runTo(100 * SECOND);

        assertEquals(5, rig.events.size());
        assertEquals(0, rig.tracker.watchedCount());
        assertEquals(0, rig.wheel.scheduledCount());
    }

    @Test
    void shouldWatchTheNextTenantWhoseWatchBeginsInTheLastLookAtTheOneBefore()
    {
        rig.settle(STANDARD, 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.tracker.unwatch(slot);
            rig.watch(slot, Cadence.passive(50 * SECOND));
            return false;
        };
        rig.runTo(36 * SECOND);
        final long watchedNs = rig.events.get(4).nowNs();
        rig.events.clear();
        rig.lastLook = (slot, verdict) -> true;

        assertEquals(1, rig.tracker.watchedCount());
        rig.runTo(watchedNs + 50 * SECOND - 1);
        rig.assertNothing();
        rig.runTo(watchedNs + 50 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, watchedNs + 50 * SECOND);
    }

    @Test
    void shouldForgetASlotThatIsUnwatchedWhenItsProbeIsDue()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = rig.tracker::unwatch;

        rig.runTo(100 * SECOND);

        rig.assertProbedAt(1, 15 * SECOND);
        assertEquals(0, rig.tracker.watchedCount());
        assertEquals(0, rig.wheel.scheduledCount());
    }

    @Test
    void shouldForgetASlotThatIsUnwatchedWhenItIsProbedToSpread()
    {
        rig.probeAction = rig.tracker::unwatch;
        rig.watch(1, STANDARD);

        rig.runTo(100 * SECOND);

        assertEquals(1, rig.events.size());
        assertEquals(0, rig.tracker.watchedCount());
        assertEquals(0, rig.wheel.scheduledCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWatchTheNextTenantFromItsOwnStart(final boolean isWritten)
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
            rig.probeAction = rig::probeWritten;
            rig.tracker.unwatch(slot);
            rig.watch(slot, STRICT);
            if (isWritten)
            {
                rig.probeWritten(slot);
            }
        };
        rig.runTo(15 * SECOND + TICK_NS);
        final long watchedNs = rig.events.get(0).nowNs();

        rig.runTo(watchedNs + 7500 * MS - 1);
        assertTrue(rig.tracker.isWatched(1));
        rig.runTo(watchedNs + 7500 * MS + TICK_NS);
        assertFalse(rig.tracker.isWatched(1));
        assertEquals(watchedNs + 7500 * MS, rig.events.get(rig.events.size() - 1).deadlineNs());
    }

    @Test
    void shouldTakeAnotherCadenceWhenAProbeIsDue()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) ->
        {
            rig.probeAction = rig::probeWritten;
            rig.cadence(slot, STRICT);
            rig.probeWritten(slot);
        };
        rig.runTo(15 * SECOND + TICK_NS);
        final long changedNs = rig.events.get(0).nowNs();
        rig.events.clear();

        rig.runTo(changedNs + 7500 * MS - 1);
        rig.assertProbedAt(1, changedNs + 3 * SECOND, changedNs + 4500 * MS, changedNs + 6 * SECOND);
        rig.runTo(changedNs + 7500 * MS + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, changedNs + 7500 * MS);
    }

    @Test
    void shouldTakeAnotherCadenceThatTheLastLookReads()
    {
        rig.settle(STANDARD, 1);
        rig.lastLook = (slot, verdict) ->
        {
            rig.heard(slot);
            rig.cadence(slot, Cadence.passive(4 * SECOND));
            return false;
        };
        rig.runTo(35 * SECOND + TICK_NS);
        final long changedNs = rig.events.get(4).nowNs();
        rig.events.clear();
        rig.lastLook = (slot, verdict) -> true;

        rig.runTo(changedNs + 4 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, changedNs + 4 * SECOND);
    }

    @Test
    void shouldUnwatchOtherSlotsThatAreDueAtTheSameTime()
    {
        rig.settle(STANDARD, 1, 2, 3);
        rig.lastLook = (slot, verdict) ->
        {
            for (int other = 1; other <= 3; other++)
            {
                if (other != slot)
                {
                    rig.tracker.unwatch(other);
                }
            }
            return true;
        };

        rig.runTo(100 * SECOND);

        assertEquals(1, rig.events.stream().filter((event) -> !event.isProbe()).count());
        assertEquals(0, rig.tracker.watchedCount());
    }

    @Test
    void shouldHearOtherSlotsThatAreDueAtTheSameTime()
    {
        rig.settle(STANDARD, 1, 2, 3);
        rig.lastLook = (slot, verdict) ->
        {
            rig.heard(1, 2, 3);
            return true;
        };

        rig.runTo(35 * SECOND + TICK_NS);

        assertEquals(1, rig.events.stream().filter((event) -> !event.isProbe()).count());
        assertEquals(2, rig.tracker.watchedCount());
    }

    @Test
    void shouldCountAProbeThatIsWrittenInTheLastLook()
    {
        rig.settle(STANDARD, 1);
        rig.probeAction = (slot) -> rig.writeBlocked(slot, false);
        rig.lastLook = (slot, verdict) ->
        {
            // The window opened at last: the kernel takes all, the probe included.
            rig.tracker.writeDrained(slot);
            rig.probeWritten(slot);
            return false;
        };
        rig.runTo(50 * SECOND + TICK_NS);
        assertEquals(2, rig.events.size());
        final long writtenNs = rig.events.get(1).nowNs();
        rig.events.clear();
        rig.probeAction = rig::probeWritten;
        rig.lastLook = (slot, verdict) -> true;

        rig.runTo(writtenNs + 20 * SECOND - 1);
        rig.assertProbedAt(1, writtenNs + 5 * SECOND, writtenNs + 10 * SECOND, writtenNs + 15 * SECOND);
        rig.runTo(writtenNs + 20 * SECOND + TICK_NS);
        rig.assertCondemned(1, Verdict.SILENT, writtenNs + 20 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnJudgingASlotWhoseHandlerThrew(final boolean isProbe)
    {
        rig.settle(STANDARD, 1);
        final IllegalStateException failure = new IllegalStateException("expected");
        if (isProbe)
        {
            rig.probeAction = (slot) ->
            {
                throw failure;
            };
        }
        else
        {
            rig.lastLook = (slot, verdict) ->
            {
                throw failure;
            };
        }
        assertThrows(IllegalStateException.class, () -> rig.runTo(100 * SECOND));
        rig.probeAction = rig::probeWritten;
        rig.lastLook = (slot, verdict) -> true;

        rig.runTo(rig.now() + 100 * SECOND);

        assertFalse(rig.tracker.isWatched(1), "condemned or unwatched, but not forgotten");
    }
}
