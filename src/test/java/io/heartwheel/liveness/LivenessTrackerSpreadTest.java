package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.TrackerRig.MS;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Slots that arrive together are not probed together.
 */
class LivenessTrackerSpreadTest
{
    private static final int SLOTS = 1500;
    private static final int EXPECTED_PER_SECOND = SLOTS / 15;

    private final TrackerRig rig = new TrackerRig();

    @Test
    void shouldSpreadTheFirstProbesOverTheIdleTime()
    {
        watchAll();
        rig.runTo(15 * SECOND - 1);

        assertEquals(SLOTS, rig.events.size());
        assertAreSpread(0);
    }

    @Test
    void shouldKeepThemSpread()
    {
        answerProbes();
        watchAll();
        for (int i = 1; i <= 5; i++)
        {
            rig.runTo(15 * i * SECOND);
            rig.events.clear();
        }
        rig.runTo(90 * SECOND);

        assertTrue(rig.events.size() >= SLOTS - 2 && rig.events.size() <= SLOTS + 2);
        assertAreSpread(75 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10 * MS})
    void shouldSpreadThemThoughAllSpeakWhenTheyArrive(final long spokenNs)
    {
        answerProbes();
        watchAll();
        rig.skipTo(spokenNs);
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.heard(slot);
        }
        rig.runTo(30 * SECOND);
        rig.events.clear();
        rig.runTo(45 * SECOND);

        assertTrue(rig.events.size() >= SLOTS - 2 && rig.events.size() <= SLOTS + 2, () -> "" + rig.events.size());
        assertAreSpread(30 * SECOND);
    }

    @Test
    void shouldMakeNoVerdictEarlierByTheSpreadingProbe()
    {
        watchAll();
        rig.runTo(35 * SECOND - 1);
        assertEquals(SLOTS * 5, rig.events.size());
        assertEquals(SLOTS, rig.tracker.watchedCount());
        rig.events.clear();

        rig.runTo(35 * SECOND + TICK_NS);
        assertEquals(SLOTS, rig.events.size());
        for (final TrackerRig.Event event : rig.events)
        {
            assertEquals(Verdict.SILENT, event.verdict());
            assertEquals(35 * SECOND, event.deadlineNs());
        }
        assertEquals(0, rig.tracker.watchedCount());
    }

    @Test
    void shouldNotSpreadAPassiveWatch()
    {
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.watch(slot, Cadence.passive(4 * SECOND));
        }

        rig.runTo(4 * SECOND - 1);
        rig.assertNothing();
    }

    private void watchAll()
    {
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.watch(slot, STANDARD);
        }
    }

    private void answerProbes()
    {
        rig.probeAction = (slot) ->
        {
            rig.probeWritten(slot);
            rig.heard(slot);
        };
    }

    private void assertAreSpread(final long fromNs)
    {
        final int[] perSecond = new int[15];
        for (final TrackerRig.Event event : rig.events)
        {
            assertTrue(event.isProbe());
            perSecond[(int)Math.min(14, (event.nowNs() - fromNs) / SECOND)]++;
        }
        for (int i = 0; i < perSecond.length; i++)
        {
            final int count = perSecond[i];
            final int second = i;
            assertTrue(
                count > EXPECTED_PER_SECOND / 2 && count < EXPECTED_PER_SECOND * 2,
                () -> count + " probes in second " + second + ", expected about " + EXPECTED_PER_SECOND);
        }
    }
}
