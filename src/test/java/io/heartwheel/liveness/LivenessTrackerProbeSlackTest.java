package io.heartwheel.liveness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import static io.heartwheel.liveness.Cadence.STANDARD;
import static io.heartwheel.liveness.Cadence.STRICT;
import static io.heartwheel.liveness.TrackerRig.SECOND;
import static io.heartwheel.liveness.TrackerRig.TICK_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Neighbouring slots are asked together. Verdicts are none the later for it.
 */
class LivenessTrackerProbeSlackTest
{
    private static final long SLACK_NS = 1L << 24;
    private static final int GROUP = 64;
    private static final long PERIOD_NS = STANDARD.idleNs() + SLACK_NS / 2;
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
    void shouldAskNeighboursTogether()
    {
        answerProbes();
        for (int slot = 0; slot < SLOTS; slot++)
        {
            rig.skipTo(rig.now() + slot % 7);
            rig.watch(slot, STANDARD);
        }
        rig.runTo(PERIOD_NS);
        rig.events.clear();
        rig.runTo(4 * PERIOD_NS);

        assertEquals(3 * SLOTS, rig.events.size());
        final Map<Integer, Set<Long>> timesOfGroups = rig.events.stream().collect(Collectors.groupingBy(
            (event) -> event.slot() / GROUP, Collectors.mapping(TrackerRig.Event::nowNs, Collectors.toSet())));
        timesOfGroups.values().forEach((times) -> assertEquals(3, times.size()));
        assertEquals(3 * timesOfGroups.size(), timesOfGroups.values().stream().flatMap(Set::stream).distinct().count());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, SLACK_NS / 2 - TICK_NS})
    void shouldKeepItsTurnThoughAnAnswerTakesLong(final long roundTripNs)
    {
        assertEquals(PERIOD_NS, roundNs(roundTripNs), TICK_NS);
    }

    @Test
    void shouldMissItsTurnWhenAnAnswerTakesLonger()
    {
        final long roundTripNs = SLACK_NS / 2 + TICK_NS;
        assertEquals(STANDARD.idleNs() + SLACK_NS + roundTripNs, roundNs(roundTripNs), SLACK_NS / 4.0 + TICK_NS);
    }

    /** {@return time from one probe to the next of a peer that answers each} */
    private long roundNs(final long roundTripNs)
    {
        rig.watch(0, STANDARD);
        long[] askedNs = new long[2];
        for (int i = 0; i < 5; i++)
        {
            rig.events.clear();
            while (rig.events.isEmpty())
            {
                rig.runTo(rig.now() + TICK_NS);
            }
            askedNs = new long[]{askedNs[1], rig.now()};
            rig.runTo(rig.now() + roundTripNs);
            rig.heard(0);
        }
        return askedNs[1] - askedNs[0];
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5 * SECOND, 10 * SECOND})
    void shouldBringBackASlotThatItsOwnWordsHaveMoved(final long spokenNs)
    {
        answerProbes();
        for (int slot = 0; slot < GROUP; slot++)
        {
            rig.watch(slot, STANDARD);
        }
        rig.runTo(3 * PERIOD_NS + spokenNs);
        rig.heard(7);
        for (int i = 0; i < 4 * STANDARD.idleNs() / SLACK_NS; i++)
        {
            rig.runTo(rig.now() + PERIOD_NS);
        }
        rig.events.clear();
        rig.runTo(rig.now() + PERIOD_NS);

        assertEquals(1, rig.events.stream().map(TrackerRig.Event::nowNs).distinct().count(), rig.events::toString);
        assertEquals(GROUP, rig.events.size());
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
        final long most = mostProbesWithinTheSlack();
        assertTrue(most > SLOTS / 2, () -> "no burst, but " + most);

        rig.runTo(rig.now() + 4 * STRICT.idleNs() / SLACK_NS * (STRICT.idleNs() + SLACK_NS));
        final long mostLater = mostProbesWithinTheSlack();
        assertTrue(mostLater <= 2 * GROUP, () -> mostLater + " after " + most);
    }

    private long mostProbesWithinTheSlack()
    {
        rig.events.clear();
        rig.runTo(rig.now() + STRICT.idleNs() + SLACK_NS);
        return rig.events.stream()
            .collect(Collectors.groupingBy((event) -> event.nowNs() / SLACK_NS, Collectors.counting()))
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
