package io.heartwheel.host;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

class LogLimitTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /** Soon over the overflow of the clock. */
    private static final long START_NS = Long.MAX_VALUE - SECOND_NS / 2;

    private final LogLimit limit = new LogLimit(Log.LINES_PER_SECOND, START_NS);

    private int admitAll(final int lines, final long nowNs)
    {
        int admitted = 0;
        for (int i = 0; i < lines; i++)
        {
            admitted += LogLimit.LEAVE_OUT == limit.admit(nowNs) ? 0 : 1;
        }
        return admitted;
    }

    @Test
    void shouldAdmitSoManyLinesASecond()
    {
        assertEquals(Log.LINES_PER_SECOND, admitAll(Log.LINES_PER_SECOND + 7, START_NS));
        assertEquals(LogLimit.LEAVE_OUT, limit.admit(START_NS + SECOND_NS - 1));
        assertEquals(Log.LINES_PER_SECOND, admitAll(2 * Log.LINES_PER_SECOND, START_NS + SECOND_NS));
    }

    @Test
    void shouldTellOnceHowManyWereLeftOut()
    {
        admitAll(Log.LINES_PER_SECOND + 7, START_NS);

        assertEquals(7, limit.admit(START_NS + SECOND_NS));
        assertEquals(0, limit.admit(START_NS + SECOND_NS));
    }

    @Test
    void shouldCountWhatWasLeftOutAfterAll()
    {
        assertEquals(0, limit.admit(START_NS));
        limit.leftOut();

        assertEquals(1, limit.admit(START_NS));
    }
}
