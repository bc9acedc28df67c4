package io.heartwheel.fleet;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class EngineClockTest
{
    private static final long MS = 1_000_000;
    private static final long START_NS = Long.MAX_VALUE - 5 * MS;
    private static final long ENGINE_US = 1_700_000_000_000_000L;

    private final EngineClock clock = new EngineClock();

    @Test
    void shouldGoOnFromTheReply()
    {
        clock.sample(START_NS, START_NS + MS, ENGINE_US);
        assertEquals(ENGINE_US, clock.leastUs(START_NS + MS));
        assertEquals(ENGINE_US + 20_000, clock.leastUs(START_NS + 21 * MS));
    }

    @Test
    void shouldKeepTheReplyThatWasFastest()
    {
        clock.sample(START_NS, START_NS + 10 * MS, ENGINE_US + 5_000);
        clock.sample(START_NS + 20 * MS, START_NS + 22 * MS, ENGINE_US + 21_000);
        clock.sample(START_NS + 30 * MS, START_NS + 60 * MS, ENGINE_US + 31_000);
        assertEquals(ENGINE_US + 59_000, clock.leastUs(START_NS + 60 * MS));
    }

    @Test
    void shouldForgetWhatWasSaidBeforeTheClockWentBack()
    {
        clock.sample(START_NS, START_NS + MS, ENGINE_US);
        clock.sample(START_NS + 10 * MS, START_NS + 11 * MS, ENGINE_US - 5_000_000);
        assertEquals(ENGINE_US - 5_000_000, clock.leastUs(START_NS + 11 * MS));
    }

    @Test
    void shouldFollowAClockThatWentForwardAtOnce()
    {
        clock.sample(START_NS, START_NS + MS, ENGINE_US);
        clock.sample(START_NS + 10 * MS, START_NS + 11 * MS, ENGINE_US + 5_000_000);
        assertEquals(ENGINE_US + 5_000_000, clock.leastUs(START_NS + 11 * MS));
    }

    @Test
    void shouldForgetTheNinthLast()
    {
        clock.sample(START_NS, START_NS, ENGINE_US + 1_000);
        for (int i = 1; i <= 8; i++)
        {
            assertEquals(ENGINE_US + 1_000 + 1_000 * (i - 1), clock.leastUs(START_NS + (i - 1) * MS));
            clock.sample(START_NS + (i - 1) * MS, START_NS + i * MS, ENGINE_US + 1_000 * i);
        }
        assertEquals(ENGINE_US + 8_000, clock.leastUs(START_NS + 8 * MS));
    }
}
