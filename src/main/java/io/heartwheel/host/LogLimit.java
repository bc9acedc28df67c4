package io.heartwheel.host;

import java.util.concurrent.TimeUnit;

/**
 * Bounds the lines a second that are logged, and counts those left out. An event that logs one line for a connection
 * may happen to all connections at once.
 * <p>
 * Threadsafe.
 */
public final class LogLimit
{
    /** Result of {@link #admit(long)}: the line is not to be logged. */
    public static final int LEAVE_OUT = -1;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final int linesPerSecond;
    private long secondNs;
    private int lines;
    private int leftOut;

    /**
     * Construct a limit.
     *
     * @param linesPerSecond to admit.
     * @param nowNs          the time now.
     */
    public LogLimit(final int linesPerSecond, final long nowNs)
    {
        this.linesPerSecond = linesPerSecond;
        secondNs = nowNs;
    }

    /**
     * Ask whether a line may be logged now.
     *
     * @param nowNs the time now.
     * @return number of lines left out before this one, or {@link #LEAVE_OUT} if this one is to be left out too.
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
     * Count a line as left out that was admitted but could not be written.
     */
    synchronized void leftOut()
    {
        ++leftOut;
    }
}
