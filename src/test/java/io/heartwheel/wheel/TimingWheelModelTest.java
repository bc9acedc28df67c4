package io.heartwheel.wheel;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * A million random operations against a sorted set. The clock overflows in the middle.
 */
class TimingWheelModelTest
{
    private static final int RUNS = 8;
    private static final int OPERATIONS_PER_RUN = 125_000;
    private static final int SLOTS = 1 << 9;
    private static final long UNSCHEDULED = Long.MIN_VALUE;

    private final Seed seed = Seed.next();
    private final SplittableRandom random = seed.random();

    private int run;
    private int operation;
    private long tickNs;
    private long turnTicks;
    private long startNs;
    private TimingWheel wheel;

    /**
     * Of each slot: its deadline, and the tick by which it has to expire. It may not before the one its deadline rounds
     * up to; the two differ only for a passed deadline that is scheduled while ticks are left to be served.
     */
    private final long[] deadlinesNs = new long[SLOTS];
    private final long[] lastTicks = new long[SLOTS];
    private final boolean[] exact = new boolean[SLOTS];
    private final TreeSet<Long> byLastTick = new TreeSet<>();

    /**
     * Times count from the start, so that the model has no overflow.
     */
    private long nowNs;
    private long highestTick;
    private boolean isBehind;
    private long expiredCount;

    @Test
    void shouldDoWhatTheModelDoes()
    {
        for (run = 0; run < RUNS; run++)
        {
            setUp();
            for (operation = 0; operation < OPERATIONS_PER_RUN; operation++)
            {
                step();
            }
            assertTrue(startNs > 0 && startNs + nowNs < 0, () -> "no overflow in the middle: " + where());
        }
        assertTrue(expiredCount > 50_000, () -> "only " + expiredCount + " expired: " + where());
    }

    private void setUp()
    {
        tickNs = 1L << random.nextInt(21);
        turnTicks = 64L << random.nextInt(4);
        startNs = Long.MAX_VALUE - OPERATIONS_PER_RUN / 4 * tickNs;
        wheel = new TimingWheel(startNs, tickNs, (int)turnTicks, random.nextInt(SLOTS));
        byLastTick.clear();
        for (int slot = 0; slot < SLOTS; slot++)
        {
            lastTicks[slot] = UNSCHEDULED;
        }
        nowNs = 0;
        highestTick = -1;
        isBehind = false;
    }

    private void step()
    {
        final int kind = random.nextInt(100);
        if (kind < 50)
        {
            schedule(randomSlot(), false);
        }
        else if (kind < 60)
        {
            cancel(randomSlot());
        }
        else
        {
            nowNs += randomAdvanceNs();
            poll(random.nextInt(3) > 0 ? Integer.MAX_VALUE : random.nextInt(12));
        }

        assertEquals(byLastTick.size(), wheel.scheduledCount(), this::where);
        final int slot = randomSlot();
        assertEquals(isInModel(slot), wheel.isScheduled(slot), this::where);
        if (isInModel(slot))
        {
            assertEquals(startNs + deadlinesNs[slot], wheel.deadlineNs(slot), this::where);
        }
        checkNextDeadline();
    }

    private void schedule(final int slot, final boolean isInHandler)
    {
        final long deadlineNs = nowNs + randomDelayNs();
        wheel.schedule(slot, startNs + deadlineNs);

        removeFromModel(slot);
        final long tick = tickOf(deadlineNs);
        deadlinesNs[slot] = deadlineNs;
        lastTicks[slot] = Math.max(tick, highestTick + 1);
        exact[slot] = tick > highestTick || !isBehind && !isInHandler;
        byLastTick.add(key(slot));
    }

    private void cancel(final int slot)
    {
        assertEquals(isInModel(slot), wheel.cancel(slot), this::where);
        removeFromModel(slot);
    }

    private void poll(final int limit)
    {
        final long nowTick = nowNs / tickNs;
        highestTick = Math.max(highestTick, nowTick);
        final int[] count = {0};

        final int expired = wheel.poll(
            startNs + nowNs,
            (slot, givenNs) ->
            {
                ++count[0];
                assertEquals(startNs + nowNs, givenNs, this::where);
                onExpired(slot, nowTick);
            },
            limit);

        assertEquals(count[0], expired, this::where);
        assertTrue(expired <= limit, this::where);
        expiredCount += expired;
        final boolean isLeft = !byLastTick.isEmpty() && byLastTick.first() / SLOTS <= nowTick;
        if (isLeft && Integer.MAX_VALUE == limit)
        {
            fail("late: slot " + byLastTick.first() % SLOTS + ", " + where());
        }
        isBehind = Integer.MAX_VALUE != limit;
    }

    private void onExpired(final int slot, final long nowTick)
    {
        assertTrue(isInModel(slot), () -> "not scheduled: slot " + slot + ", " + where());
        assertTrue(deadlinesNs[slot] <= nowNs, () -> "early: slot " + slot + ", " + where());
        assertTrue(lastTicks[slot] <= nowTick || !exact[slot], () -> "early tick: slot " + slot + ", " + where());
        removeFromModel(slot);

        final int kind = random.nextInt(10);
        if (kind < 3)
        {
            schedule(slot, true);
        }
        else if (kind < 5)
        {
            schedule(randomSlot(), true);
        }
        else if (kind < 7)
        {
            cancel(randomSlot());
        }
        else if (kind < 8 && !byLastTick.isEmpty())
        {
            // One that is due in this very poll, as a rule.
            cancel((int)(byLastTick.first() % SLOTS));
        }
    }

    private void checkNextDeadline()
    {
        final long emptyNs = random.nextLong();
        final long nextNs = wheel.nextDeadlineNs(emptyNs);
        if (byLastTick.isEmpty())
        {
            assertEquals(emptyNs, nextNs, this::where);
        }
        else
        {
            // What is overdue may be found at any time that has passed.
            final long latestNs = Math.max(byLastTick.first() / SLOTS * tickNs, nowNs);
            assertTrue(nextNs - startNs <= latestNs, () -> "oversleeps: " + where());
            assertTrue(isBehind || nextNs - startNs > nowNs || highestTick < 0, () -> "spins: " + where());
            assertEquals(0, (nextNs - startNs) % tickNs, this::where);
        }
    }

    /**
     * Of half a tick per operation on average, as more than half of them do not advance.
     */
    private long randomAdvanceNs()
    {
        final int kind = random.nextInt(1000);
        if (kind < 2)
        {
            return random.nextLong(4 * turnTicks * tickNs);
        }
        return kind < 300 ? 0 : random.nextLong(3 * tickNs);
    }

    private long randomDelayNs()
    {
        return switch (random.nextInt(8))
        {
            case 0 -> -random.nextLong(turnTicks * tickNs);
            case 1 -> random.nextLong(-2, 3) * tickNs + random.nextLong(-1, 2);
            case 2 -> random.nextLong(5 * turnTicks * tickNs);
            case 3 -> random.nextLong(-2, 3) + turnTicks * tickNs;
            default -> random.nextLong(turnTicks * tickNs);
        };
    }

    private int randomSlot()
    {
        return random.nextInt(SLOTS);
    }

    private long tickOf(final long deadlineNs)
    {
        return Math.floorDiv(deadlineNs + tickNs - 1, tickNs);
    }

    private long key(final int slot)
    {
        return lastTicks[slot] * SLOTS + slot;
    }

    private boolean isInModel(final int slot)
    {
        return UNSCHEDULED != lastTicks[slot];
    }

    private void removeFromModel(final int slot)
    {
        if (isInModel(slot))
        {
            byLastTick.remove(key(slot));
            lastTicks[slot] = UNSCHEDULED;
        }
    }

    private String where()
    {
        return seed + ", run " + run + ", operation " + operation + ", tick " + tickNs + " ns, " + turnTicks +
            " spokes, now " + nowNs + " ns after the start";
    }
}
