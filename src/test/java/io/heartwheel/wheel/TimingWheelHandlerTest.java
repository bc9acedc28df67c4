package io.heartwheel.wheel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Calls of handlers to the wheel that is calling them, and the end of a poll.
 */
class TimingWheelHandlerTest
{
    private static final long TICK_NS = 1024;
    private static final int SPOKES = 64;
    private static final long TURN_NS = SPOKES * TICK_NS;
    private static final long START_NS = -5_000;
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final long EMPTY_NS = 99;

    private final TimingWheel wheel = new TimingWheel(START_NS, TICK_NS, SPOKES, 0);
    private final List<Integer> expired = new ArrayList<>();

    @Test
    void shouldSeeItsOwnSlotAsNoLongerScheduled()
    {
        scheduleInTick(1, 3);

        wheel.poll(
            START_NS + TICK_NS,
            (slot, nowNs) ->
            {
                expired.add(slot);
                assertFalse(wheel.isScheduled(slot));
                assertFalse(wheel.cancel(slot));
                assertEquals(3 - expired.size(), wheel.scheduledCount());
            },
            NO_LIMIT);

        assertEquals(3, expired.size());
    }

    @Test
    void shouldCancelOtherSlotsOfTheTickBeingServed()
    {
        scheduleInTick(1, 10);

        wheel.poll(
            START_NS + TICK_NS,
            (slot, nowNs) ->
            {
                expired.add(slot);
                for (int other = 0; other < 10; other++)
                {
                    assertEquals(!expired.contains(other) && 1 == expired.size(), wheel.cancel(other));
                }
            },
            NO_LIMIT);

        assertEquals(1, expired.size());
        assertEquals(0, wheel.scheduledCount());
        assertEquals(EMPTY_NS, wheel.nextDeadlineNs(EMPTY_NS));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, TICK_NS, 2 * TICK_NS, TURN_NS, 3 * TURN_NS})
    void shouldScheduleOtherSlotsOfTheTickBeingServedAnew(final long delayNs)
    {
        scheduleInTick(1, 10);
        final long nowNs = START_NS + TICK_NS;

        poll(nowNs, (slot) ->
        {
            for (int other = 0; other < 10; other++)
            {
                wheel.schedule(other, nowNs + delayNs);
            }
        });

        assertEquals(1, expired.size());
        assertEquals(10, wheel.scheduledCount());
        assertEquals(0, wheel.poll(nowNs + delayNs - 1, this::onExpired, NO_LIMIT));
        assertEquals(10, wheel.poll(nowNs + Math.max(delayNs, TICK_NS), this::onExpired, NO_LIMIT));
    }

    @Test
    void shouldExpireOnceMoreOnlyAtTheNextTickWhatIsScheduledForThePastInsideIt()
    {
        scheduleInTick(1, 4);
        final long nowNs = START_NS + TICK_NS;

        poll(nowNs, (slot) -> wheel.schedule(slot, nowNs - 10 * TICK_NS));

        assertEquals(Set.of(0, 1, 2, 3), new HashSet<>(expired));
        assertEquals(4, expired.size());
        assertEquals(nowNs + TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        assertEquals(4, wheel.poll(nowNs + TICK_NS, this::onExpired, NO_LIMIT));
    }

    @Test
    void shouldEndThoughTheHandlerAlwaysSchedulesForThePastAfterALongStall()
    {
        wheel.schedule(0, START_NS + TICK_NS);
        final long nowNs = START_NS + 100 * TURN_NS;

        poll(nowNs, (slot) -> wheel.schedule(slot, START_NS));

        assertTrue(expired.size() <= 100 * SPOKES, () -> expired.size() + " times");
        assertTrue(wheel.nextDeadlineNs(EMPTY_NS) - nowNs > 0);
    }

    @Test
    void shouldServeInTheSamePollWhatAHandlerSchedulesForATickStillToBeServed()
    {
        wheel.schedule(0, START_NS + TICK_NS);
        wheel.schedule(1, START_NS + 5 * TICK_NS);

        poll(START_NS + 5 * TICK_NS, (slot) ->
        {
            if (0 == slot)
            {
                wheel.schedule(2, START_NS + 4 * TICK_NS);
                wheel.schedule(3, START_NS + 6 * TICK_NS);
            }
        });

        assertEquals(List.of(0, 2, 1), expired);
        assertTrue(wheel.isScheduled(3));
    }

    @Test
    void shouldGrowInsideAHandler()
    {
        scheduleInTick(1, 16);

        poll(START_NS + TICK_NS, (slot) -> wheel.schedule(1000 * (slot + 1), START_NS + 2 * TICK_NS));

        assertEquals(16, expired.size());
        assertEquals(16, wheel.poll(START_NS + 2 * TICK_NS, this::onExpired, NO_LIMIT));
    }

    @Test
    void shouldTellTheNextDeadlineInsideAHandler()
    {
        scheduleInTick(1, 2);
        wheel.schedule(2, START_NS + 9 * TICK_NS);
        final List<Long> told = new ArrayList<>();

        poll(START_NS + TICK_NS, (slot) -> told.add(wheel.nextDeadlineNs(EMPTY_NS)));

        assertEquals(List.of(START_NS + TICK_NS, START_NS + 9 * TICK_NS), told);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 29, 30, 31})
    void shouldStopAtTheLimitAndGoOnFromThere(final int limit)
    {
        for (int slot = 0; slot < 30; slot++)
        {
            wheel.schedule(slot, START_NS + (1 + slot / 10) * TICK_NS);
        }
        final long nowNs = START_NS + 3 * TICK_NS;

        while (wheel.scheduledCount() > 0)
        {
            final int before = expired.size();
            assertTrue(wheel.nextDeadlineNs(nowNs + 1) - nowNs <= 0, "must not park with slots due");
            assertEquals(Math.min(limit, 30 - before), wheel.poll(nowNs, this::onExpired, limit));
        }

        assertEquals(30, expired.size());
        assertEquals(30, new HashSet<>(expired).size());
        assertEquals(EMPTY_NS, wheel.nextDeadlineNs(EMPTY_NS));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void shouldDoNothingWithoutALimitToSpend(final int limit)
    {
        scheduleInTick(1, 3);

        assertEquals(0, wheel.poll(START_NS + TICK_NS, this::onExpired, limit));

        assertEquals(3, wheel.poll(START_NS + TICK_NS, this::onExpired, NO_LIMIT));
    }

    @Test
    void shouldCountWhatItPassesOverTowardsTheLimit()
    {
        for (int slot = 0; slot < 100; slot++)
        {
            wheel.schedule(slot, START_NS + TICK_NS + TURN_NS);
        }
        wheel.schedule(100, START_NS + 2 * TICK_NS);
        final long nowNs = START_NS + 2 * TICK_NS;

        for (int i = 0; i < 10; i++)
        {
            assertEquals(0, wheel.poll(nowNs, this::onExpired, 10));
            assertTrue(wheel.nextDeadlineNs(EMPTY_NS) - nowNs <= 0);
        }
        assertEquals(1, wheel.poll(nowNs, this::onExpired, 10));
        assertEquals(List.of(100), expired);
        assertEquals(100, wheel.poll(nowNs + TURN_NS, this::onExpired, NO_LIMIT));
    }

    @Test
    void shouldTakeScheduleAndCancelBetweenTwoPartsOfOneTick()
    {
        scheduleInTick(1, 10);
        final long nowNs = START_NS + TICK_NS;
        wheel.poll(nowNs, this::onExpired, 5);
        final List<Integer> left = new ArrayList<>();
        for (int slot = 0; slot < 10; slot++)
        {
            if (wheel.isScheduled(slot))
            {
                left.add(slot);
            }
        }

        wheel.cancel(left.get(0));
        wheel.schedule(left.get(1), nowNs + 3 * TICK_NS);
        wheel.schedule(20, nowNs);
        expired.clear();
        wheel.poll(nowNs, this::onExpired, NO_LIMIT);

        assertEquals(new HashSet<>(left.subList(2, 5)), new HashSet<>(expired));
        assertEquals(3, expired.size());
        assertEquals(nowNs + TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        assertEquals(2, wheel.poll(nowNs + 3 * TICK_NS, this::onExpired, NO_LIMIT));
    }

    private void scheduleInTick(final int tick, final int count)
    {
        for (int slot = 0; slot < count; slot++)
        {
            wheel.schedule(slot, START_NS + tick * TICK_NS);
        }
    }

    private void onExpired(final int slot, final long nowNs)
    {
        expired.add(slot);
    }

    private void poll(final long nowNs, final IntConsumer action)
    {
        wheel.poll(
            nowNs,
            (slot, givenNs) ->
            {
                expired.add(slot);
                action.accept(slot);
            },
            NO_LIMIT);
    }
}
