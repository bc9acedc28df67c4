package io.heartwheel.netty;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The clock of a loop whose time is virtual: that of an embedded channel.
 */
class LoopClockTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LoopClock clock = new LoopClock(channel.eventLoop());

    LoopClockTest()
    {
        channel.freezeTime();
        clock.start();
    }

    @Test
    void shouldTellTheTimeOfItsLoop()
    {
        final long beginNs = clock.sample();
        pass(70);
        assertEquals(70 * MS, clock.sample() - beginNs);
        pass(70);
        assertEquals(140 * MS, clock.sample() - beginNs);
    }

    @Test
    void shouldTellNoStallOfTickThatIsOnTimeOrLittleLate()
    {
        for (int i = 0; i < 100; i++)
        {
            pass(100);
        }
        pass(200);
        assertEquals(0, clock.stalledNs());
        pass(100);
        assertEquals(0, clock.stalledNs());
    }

    @Test
    void shouldTellStallByLateTick()
    {
        pass(201);
        assertEquals(MS, clock.stalledNs());
        assertEquals(clock.sample(), clock.lastStallEndNs());
        assertEquals(clock.sample() + 101 * MS, clock.recoveredNs());

        pass(100);
        pass(6_100);
        assertEquals(MS + 5_900 * MS, clock.stalledNs());
    }

    @Test
    void shouldTellStallBeforeItsTickHadATurn()
    {
        channel.advanceTimeBy(3_000, TimeUnit.MILLISECONDS);

        clock.sample();

        assertEquals(2_800 * MS, clock.stalledNs());
        channel.runScheduledPendingTasks();
        assertEquals(2_800 * MS, clock.stalledNs(), "told once");
    }

    @Test
    void shouldKeepTheLongestRecovery()
    {
        pass(60_100);
        final long recoveredNs = clock.recoveredNs();
        assertEquals(60_000 * MS, recoveredNs - clock.sample());

        pass(400);
        assertEquals(recoveredNs, clock.recoveredNs());
        pass(1_000_000);
        assertEquals(120_000 * MS, clock.recoveredNs() - clock.sample(), "no longer than TCP waits");
    }

    @Test
    void shouldTickOnlyWhileItHasUsers()
    {
        clock.start();
        clock.stop();
        assertTrue(clock.isTicking());
        clock.stop();
        assertFalse(clock.isTicking());

        assertEquals(-1, channel.runScheduledPendingTasks(), "nothing is scheduled");
        clock.start();
        pass(201);
        assertEquals(MS, clock.stalledNs());
    }

    /** Else a stall of the first users would be forgiven those that come later, for as long as the first were there. */
    @Test
    void shouldNotCountTimeAnewForItsNextUsers()
    {
        for (int i = 0; i < 600; i++)
        {
            pass(100);
        }
        pass(1_100);
        clock.stop();
        clock.start();
        pass(201);

        assertTrue(clock.recoveredNs() - clock.sample() <= 1_000 * MS, () -> clock.recoveredNs() + " ns");
    }

    @Test
    void shouldBeOneForEachLoop()
    {
        final EmbeddedChannel other = new EmbeddedChannel();
        final LoopClock first = LoopClock.of(new LocalChannel(), channel.eventLoop());

        assertSame(first, LoopClock.of(new LocalChannel(), channel.eventLoop()));
        assertNotSame(first, LoopClock.of(new LocalChannel(), other.eventLoop()));
    }

    @Test
    void shouldStandStillForEmbeddedChannel()
    {
        final LoopClock still = LoopClock.of(channel, channel.eventLoop());
        still.start();
        pass(100_000);

        assertEquals(0, still.sample());
        assertEquals(0, still.stalledNs());
        assertFalse(still.isTicking());
    }

    private void pass(final long ms)
    {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}
