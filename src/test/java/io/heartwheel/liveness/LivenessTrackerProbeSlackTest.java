package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;
import java.util.stream.Collectors;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.Cadence.STRICT;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Probes leave together; verdicts are none the later for it.
 */
class LivenessTrackerProbeSlackTest
{
    private static final long SLACK_NS = 1L << 24;
    /** Half of the slack: where probes gather. */
    private static final long GRID_NS = 1L << 23;
    private static final long START_NS = Long.MAX_VALUE - 20 * SECOND;
    private static final int SLOTS = 1500;

    private final TrackerRig rig = new TrackerRig(START_NS, SLACK_NS);

    private void answerProbes()
    {
        rig.probeAction = (slot) ->
        {
            rig.probeWritten(slot);
            rig.heard(slot);
        };
    }

    @Test
    void shouldSendTogetherWhatIsDueWithinTheSlack()
    {
        answerProbes();
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.watch(slot, STANDARD);
        }
        rig.runTo(15 * SECOND + SLACK_NS);
        rig.events.clear();
        rig.runTo(45 * SECOND);

        final Map<Long, Long> probesAt = rig.events.stream().collect(
            Collectors.groupingBy(TrackerRig.Event::nowNs, Collectors.counting()));
        assertTrue(rig.events.size() > SLOTS, "all are asked");
        assertTrue(probesAt.size() <= 30 * SECOND / GRID_NS + 1, () -> "probes at " + probesAt.size() + " times");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 100, 1499})
    void shouldCondemnOnTimeThoughEachProbeWaited(final int slot)
    {
        answerProbes();
        rig.watch(slot, STANDARD);
        rig.runTo(40 * SECOND);
        rig.events.clear();
        rig.heard(slot);
        final long heardNs = rig.now();
        rig.probeAction = rig::probeWritten;
        rig.runTo(heardNs + STANDARD.detectionNs() - 1);

        assertEquals(STANDARD.count(), rig.events.size());
        for (int i = 0; i < STANDARD.count(); i++)
        {
            final long lateNs =
                rig.events.get(i).nowNs() - heardNs - STANDARD.idleNs() - i * STANDARD.intervalNs();
            assertTrue(lateNs >= 0 && lateNs < SLACK_NS + TICK_NS, rig.events::toString);
        }
        rig.events.clear();
        rig.runTo(heardNs + STANDARD.detectionNs() + TICK_NS);
        rig.assertCondemned(slot, Verdict.SILENT, heardNs + STANDARD.detectionNs());
    }

    @Test
    void shouldNotLetAProbeWaitForMoreThanASmallPartOfItsInterval()
    {
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.watch(slot, STRICT);
            rig.heard(slot);
        }
        rig.runTo(4 * SECOND);

        final long mostNs = STRICT.intervalNs() / 32;
        for (int slot = 0; slot < SLOTS; slot++)
        {
            final int asked = slot;
            final long[] times = rig.events.stream().filter((event) -> event.slot() == asked)
                .mapToLong(TrackerRig.Event::nowNs).toArray();
            final long lateNs = times[times.length - 1] - STRICT.idleNs();
            assertTrue(times.length > 0 && lateNs <= mostNs + TICK_NS, () -> "slot " + asked + " late by " + lateNs);
        }
    }

    @Test
    void shouldLetABurstDissolve()
    {
        answerProbes();
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.watch(slot, STRICT);
        }
        rig.runTo(10 * SECOND);
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.heard(slot);
        }
        final long most = mostProbesAtOnce(STRICT.idleNs());
        assertTrue(most > SLOTS / 4, () -> "no burst, but " + most);

        rig.runTo(rig.now() + 100 * STRICT.idleNs());
        final long mostLater = mostProbesAtOnce(STRICT.idleNs());
        assertTrue(mostLater < most / 2, () -> mostLater + " after " + most);
    }

    private long mostProbesAtOnce(final long forNs)
    {
        rig.events.clear();
        rig.runTo(rig.now() + forNs + SLACK_NS);
        return rig.events.stream().collect(Collectors.groupingBy(TrackerRig.Event::nowNs, Collectors.counting()))
            .values().stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    @Test
    void shouldSendOnTimeWithoutSlack()
    {
        final TrackerRig punctual = new TrackerRig(START_NS, 0).settle(STANDARD, 7);
        punctual.runTo(15 * SECOND + TICK_NS);

        punctual.assertProbedAt(7, 15 * SECOND);
    }

    @Test
    void shouldNotWaitWhenThatWouldBeForNothing()
    {
        final TrackerRig least = new TrackerRig(START_NS, 1).settle(STANDARD, 7);
        least.runTo(15 * SECOND + TICK_NS);

        least.assertProbedAt(7, 15 * SECOND);
    }
}
