package io.heartwheel.wheel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TimingWheelTest
{
    private static final long TICK_NS = 1024;
    private static final int SPOKES = 64;
    private static final long TURN_NS = SPOKES * TICK_NS;
    private static final long START_NS = 12_345;
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final long EMPTY_NS = -77;

    private final TimingWheel wheel = new TimingWheel(START_NS, TICK_NS, SPOKES, 8);
    private final List<Integer> expired = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, TICK_NS - 1, TICK_NS, TICK_NS + 1, 5 * TICK_NS - 1, 5 * TICK_NS, TURN_NS - 1, TURN_NS,
        TURN_NS + 1, 3 * TURN_NS + 7 * TICK_NS + 1, 1000 * TURN_NS})
    void shouldExpireAtTheTickTheDeadlineRoundsUpTo(final long delayNs)
    {
        final long deadlineNs = START_NS + delayNs;
        final long tickNs = START_NS + (delayNs + TICK_NS - 1) / TICK_NS * TICK_NS;

        for (final long beforeNs : new long[]{tickNs - TICK_NS, deadlineNs - 1, tickNs - 1})
        {
            wheel.schedule(3, deadlineNs);
            assertEquals(List.of(), poll(beforeNs), () -> "early by " + (deadlineNs - beforeNs));
            assertTrue(wheel.isScheduled(3));
        }
        assertEquals(List.of(3), poll(tickNs));
        assertFalse(wheel.isScheduled(3));
        assertEquals(List.of(), poll(tickNs + 1));
        assertEquals(List.of(), poll(tickNs + 10 * TURN_NS));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 1000 * TURN_NS})
    void shouldExpireThoughPolledLate(final long lateNs)
    {
        wheel.schedule(0, START_NS + 10 * TICK_NS);

        assertEquals(List.of(0), poll(START_NS + 10 * TICK_NS + lateNs));
    }

    @Test
    void shouldPassOverADeadlineTurnsAwayOncePerTurn()
    {
        final long deadlineNs = START_NS + 4 * TURN_NS + 9 * TICK_NS;
        wheel.schedule(1, deadlineNs);

        for (long nowNs = START_NS; nowNs < deadlineNs; nowNs += TICK_NS / 2)
        {
            assertEquals(List.of(), poll(nowNs));
            assertTrue(wheel.nextDeadlineNs(EMPTY_NS) - nowNs > 0, "would spin");
            assertTrue(wheel.nextDeadlineNs(EMPTY_NS) - deadlineNs <= 0, "would oversleep");
        }
        assertEquals(List.of(1), poll(deadlineNs));
    }

    @Test
    void shouldExpireOnlyTheDueOfSlotsThatShareASpoke()
    {
        for (int turn = 0; turn < 4; turn++)
        {
            wheel.schedule(turn, START_NS + 5 * TICK_NS + turn * TURN_NS);
        }

        for (int turn = 0; turn < 4; turn++)
        {
            assertEquals(List.of(turn), poll(START_NS + 5 * TICK_NS + turn * TURN_NS));
            assertEquals(3 - turn, wheel.scheduledCount());
        }
    }

    @Test
    void shouldExpireInOrderOfTicks()
    {
        for (int slot = 0; slot < 7; slot++)
        {
            wheel.schedule(slot, START_NS + (slot * 5 % 7 + 1) * TICK_NS);
        }

        assertEquals(List.of(0, 3, 6, 2, 5, 1, 4), poll(START_NS + 10 * TICK_NS));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -TICK_NS, -1000 * TURN_NS})
    void shouldExpireAPassedDeadlineAtTheNextTick(final long delayNs)
    {
        final long nowNs = START_NS + 100 * TICK_NS;
        poll(nowNs);

        wheel.schedule(2, nowNs + delayNs);

        assertEquals(nowNs + TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        assertEquals(List.of(), poll(nowNs + TICK_NS - 1));
        assertEquals(List.of(2), poll(nowNs + TICK_NS));
    }

    @Test
    void shouldExpireAtOnceWhatWasDueBeforeTheFirstPoll()
    {
        wheel.schedule(0, START_NS);
        wheel.schedule(1, START_NS - 5 * TICK_NS);

        assertEquals(Set.of(0, 1), Set.copyOf(poll(START_NS)));
    }

    @Test
    void shouldNotExpireWhatWasCancelled()
    {
        wheel.schedule(0, START_NS + TICK_NS);
        wheel.schedule(1, START_NS + TICK_NS);
        wheel.schedule(2, START_NS + TICK_NS);

        assertTrue(wheel.cancel(1));
        assertFalse(wheel.cancel(1));
        assertFalse(wheel.cancel(5));
        assertFalse(wheel.cancel(1_000_000));

        assertFalse(wheel.isScheduled(1));
        assertEquals(2, wheel.scheduledCount());
        assertEquals(Set.of(0, 2), Set.copyOf(poll(START_NS + TICK_NS)));
    }

    @ParameterizedTest
    @CsvSource({"0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"})
    void shouldCancelInAnyOrder(final int first, final int second, final int third)
    {
        for (int slot = 0; slot < 3; slot++)
        {
            wheel.schedule(slot, START_NS + TICK_NS);
        }

        wheel.cancel(first);
        assertEquals(START_NS + TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        wheel.cancel(second);
        assertEquals(START_NS + TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        wheel.cancel(third);

        assertEquals(EMPTY_NS, wheel.nextDeadlineNs(EMPTY_NS));
        assertEquals(List.of(), poll(START_NS + TURN_NS));
    }

    @Test
    void shouldReplaceADeadline()
    {
        wheel.schedule(0, START_NS + TICK_NS);
        wheel.schedule(0, START_NS + 20 * TICK_NS);
        wheel.schedule(1, START_NS + 20 * TICK_NS);
        wheel.schedule(1, START_NS + TICK_NS);

        assertEquals(2, wheel.scheduledCount());
        assertEquals(START_NS + 20 * TICK_NS, wheel.deadlineNs(0));
        assertEquals(START_NS + TICK_NS, wheel.deadlineNs(1));
        assertEquals(List.of(1), poll(START_NS + 19 * TICK_NS));
        assertEquals(List.of(0), poll(START_NS + 20 * TICK_NS));
        assertEquals(0, wheel.scheduledCount());
    }

    @Test
    void shouldTellTheNextDeadline()
    {
        assertEquals(EMPTY_NS, wheel.nextDeadlineNs(EMPTY_NS));

        wheel.schedule(0, START_NS + 40 * TICK_NS + 1);
        assertEquals(START_NS + 41 * TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        wheel.schedule(1, START_NS + 7 * TICK_NS);
        assertEquals(START_NS + 7 * TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        wheel.schedule(2, START_NS + TURN_NS + 3 * TICK_NS);
        assertEquals(START_NS + 3 * TICK_NS, wheel.nextDeadlineNs(EMPTY_NS), "a whole turn early");

        wheel.cancel(1);
        poll(START_NS + 3 * TICK_NS);
        assertEquals(START_NS + 41 * TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        poll(START_NS + 41 * TICK_NS);
        assertEquals(START_NS + TURN_NS + 3 * TICK_NS, wheel.nextDeadlineNs(EMPTY_NS));
        poll(START_NS + TURN_NS + 3 * TICK_NS);
        assertEquals(EMPTY_NS, wheel.nextDeadlineNs(EMPTY_NS));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256})
    void shouldTellTheNextDeadlineAcrossEveryPairOfSpokes(final int spokes)
    {
        final TimingWheel anyWheel = new TimingWheel(START_NS, TICK_NS, spokes, 1);
        for (int from = 0; from < 2 * spokes; from++)
        {
            final long nowNs = START_NS + from * TICK_NS;
            anyWheel.poll(nowNs, this::onExpired, NO_LIMIT);
            for (int ticks = 1; ticks <= spokes; ticks++)
            {
                anyWheel.schedule(0, nowNs + ticks * TICK_NS);
                assertEquals(nowNs + ticks * TICK_NS, anyWheel.nextDeadlineNs(EMPTY_NS));
            }
            anyWheel.cancel(0);
        }
        assertEquals(List.of(), expired);
    }

    @Test
    void shouldCatchUpAfterALongStall()
    {
        for (int slot = 0; slot < 1000; slot++)
        {
            wheel.schedule(slot, START_NS + slot * 37 * TICK_NS + 1);
        }
        final long nowNs = START_NS + 500 * 37 * TICK_NS;

        assertEquals(500, poll(nowNs).size());
        assertEquals(500, wheel.scheduledCount());
        for (int slot = 0; slot < 1000; slot++)
        {
            assertEquals(slot >= 500, wheel.isScheduled(slot));
        }
        assertEquals(List.of(500), poll(nowNs + TICK_NS));
    }

    @Test
    void shouldNotExpireTwiceWhenTheTimeStandsStillOrGoesBack()
    {
        wheel.schedule(0, START_NS + 5 * TICK_NS);
        wheel.schedule(1, START_NS + 9 * TICK_NS);

        assertEquals(List.of(0), poll(START_NS + 8 * TICK_NS));
        assertEquals(List.of(), poll(START_NS + 8 * TICK_NS));
        assertEquals(List.of(), poll(START_NS - 8 * TICK_NS));
        assertEquals(List.of(1), poll(START_NS + 9 * TICK_NS));
    }

    @Test
    void shouldGrowAndKeepWhatIsScheduled()
    {
        final TimingWheel small = new TimingWheel(START_NS, TICK_NS, SPOKES, 0);
        for (int slot = 0; slot < 5000; slot += 7)
        {
            assertFalse(small.isScheduled(slot));
            small.schedule(slot, START_NS + slot * TICK_NS);
        }

        small.poll(START_NS + 5000 * TICK_NS, this::onExpired, NO_LIMIT);

        assertEquals(715, expired.size());
        assertEquals(715, Set.copyOf(expired).size());
        assertTrue(expired.stream().allMatch(slot -> 0 == slot % 7));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 5 * TICK_NS, Long.MIN_VALUE, -1, -3 * TICK_NS})
    void shouldNotMindThatTheClockOverflows(final long startNs)
    {
        final TimingWheel anyWheel = new TimingWheel(startNs, TICK_NS, SPOKES, 8);
        final long[] delaysNs = {TICK_NS, 4 * TICK_NS, 5 * TICK_NS, 6 * TICK_NS, 3 * TURN_NS};
        for (int slot = 0; slot < delaysNs.length; slot++)
        {
            anyWheel.schedule(slot, startNs + delaysNs[slot]);
        }

        for (int slot = 0; slot < delaysNs.length; slot++)
        {
            anyWheel.poll(startNs + delaysNs[slot] - 1, this::onExpired, NO_LIMIT);
            assertEquals(slot, expired.size());
            assertTrue(anyWheel.nextDeadlineNs(EMPTY_NS) - (startNs + delaysNs[slot]) <= 0);
            anyWheel.poll(startNs + delaysNs[slot], this::onExpired, NO_LIMIT);
            assertEquals(slot, expired.get(slot));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, TICK_NS, 1L << 40})
    void shouldKeepADeadlineAtTheEndOfItsSpan(final long tickNs)
    {
        final TimingWheel anyWheel = new TimingWheel(START_NS, tickNs, SPOKES, 8);
        anyWheel.schedule(0, START_NS + TimingWheel.MAX_SPAN_NS);
        anyWheel.schedule(1, START_NS - TimingWheel.MAX_SPAN_NS);

        anyWheel.poll(START_NS + 10 * tickNs, this::onExpired, NO_LIMIT);

        assertEquals(List.of(1), expired);
        assertTrue(anyWheel.isScheduled(0));
    }

    @Test
    void shouldRejectBadArguments()
    {
        for (final long tickNs : new long[]{0, -1, 3, TICK_NS + 1, Long.MIN_VALUE})
        {
            rejects("tickNs=" + tickNs, () -> new TimingWheel(0, tickNs, SPOKES, 0));
        }
        for (final int spokes : new int[]{0, -64, 1, 32, 65, 96, Integer.MIN_VALUE})
        {
            rejects("spokes=" + spokes, () -> new TimingWheel(0, TICK_NS, spokes, 0));
        }
        for (final int capacity : new int[]{-1, TimingWheel.MAX_CAPACITY + 1})
        {
            rejects("initialCapacity=" + capacity, () -> new TimingWheel(0, TICK_NS, SPOKES, capacity));
        }
        for (final int slot : new int[]{TimingWheel.MAX_CAPACITY, Integer.MAX_VALUE})
        {
            rejects("slot=" + slot, () -> wheel.schedule(slot, START_NS));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> wheel.schedule(-1, START_NS));
        assertEquals(0, wheel.scheduledCount());
    }

    @Test
    void shouldLoseOnlyTheSlotWhoseHandlerThrew()
    {
        for (int slot = 0; slot < 6; slot++)
        {
            wheel.schedule(slot, START_NS + (1 + slot / 3) * TICK_NS);
        }
        final RuntimeException failure = new RuntimeException("expected");

        for (int i = 0; i < 6; i++)
        {
            final int count = i + 1;
            assertSame(failure, assertThrows(RuntimeException.class, () -> wheel.poll(
                START_NS + 2 * TICK_NS,
                (slot, nowNs) ->
                {
                    expired.add(slot);
                    throw failure;
                },
                NO_LIMIT)));
            assertEquals(count, expired.size());
            assertEquals(6 - count, wheel.scheduledCount());
        }
        assertEquals(List.of(), poll(START_NS + TURN_NS));
        assertEquals(EMPTY_NS, wheel.nextDeadlineNs(EMPTY_NS));
    }

    private void onExpired(final int slot, final long nowNs)
    {
        expired.add(slot);
    }

    private List<Integer> poll(final long nowNs)
    {
        expired.clear();
        final int count = wheel.poll(
            nowNs,
            (slot, givenNs) ->
            {
                assertEquals(nowNs, givenNs);
                expired.add(slot);
            },
            NO_LIMIT);
        assertEquals(expired.size(), count);
        return List.copyOf(expired);
    }

    private static void rejects(final String part, final Runnable action)
    {
        final String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
