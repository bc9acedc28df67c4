package io.heartwheel.host;

import java.util.concurrent.TimeUnit;

/**
 * Lets so many lines a second into a log, and counts the others: what happens to one connection may happen to all.
 * <p>
 * Threadsafe.
 */
public final class LogLimit
{
    public static final int LEAVE_OUT = -1;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final int linesPerSecond;
    private long secondNs;
    private int lines;
    private int leftOut;

    public LogLimit(final int linesPerSecond, final long nowNs)
    {
        this.linesPerSecond = linesPerSecond;
        secondNs = nowNs;
    }

    /**
     * @return how many lines were left out before this one, or {@link #LEAVE_OUT} if it is to be left out too.
     */
    public synchronized int admit(final long nowNs)
    {
        if (nowNs - secondNs >= SECOND_NS)
        {
            secondNs = nowNs;
            lines = 0;
        }
        if (lines >= linesPerSecond)
        {
            ++leftOut;
            return LEAVE_OUT;
        }
        ++lines;
        final int before = leftOut;
        leftOut = 0;
        return before;
    }

    /**
     * A line that was admitted has been left out after all.
     */
    synchronized void leftOut()
    {
        ++leftOut;
    }
}
