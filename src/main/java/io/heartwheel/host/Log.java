package io.heartwheel.host;

import io.heartwheel.wire.PlainText;
import org.agrona.concurrent.SystemNanoClock;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes log lines through {@link System.Logger}, so that the host's logging receives them. {@link LogLimit} bounds the
 * lines a second in the whole process.
 * <p>
 * A thread of its own writes the lines, because a log may block. The first line of java.util.logging was seen to hold
 * the reactor up for 100 ms, which is a stall. The thread exists only while there are lines to write.
 * <p>
 * Nothing that is thrown leaves this class, be it by the host's logging, while that is loaded, or for lack of memory.
 * So the reactor thread may log anywhere. Without file descriptors, logging was seen to throw an Error when it looked
 * for the file of the time zone.
 * <p>
 * Threadsafe.
 */
public final class Log
{
    static final int LINES_PER_SECOND = 50;

    private static final int WAITING_MAX = 256;
    private static final long THREAD_IDLE_S = 10;

    /** Null if logging cannot be loaded: nothing is logged then. */
    private static final Logger LOGGER = logger();
    private static final LogLimit LIMIT = new LogLimit(LINES_PER_SECOND, SystemNanoClock.INSTANCE.nanoTime());
    private static final ThreadPoolExecutor WRITER = new ThreadPoolExecutor(
        1, 1, THREAD_IDLE_S, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), Log::thread,
        (line, writer) -> LIMIT.leftOut());

    static
    {
        WRITER.allowCoreThreadTimeOut(true);
    }

    private Log()
    {
    }

    private static Logger logger()
    {
        try
        {
            return System.getLogger("io.heartwheel");
        }
        catch (final Throwable ex)
        {
            onFailure();
            return null;
        }
    }

    /**
     * Would a line of this level be logged?
     *
     * @param level of the line.
     * @return false if not, or if logging itself fails.
     */
    public static boolean isLoggable(final Level level)
    {
        try
        {
            return null != LOGGER && LOGGER.isLoggable(level);
        }
        catch (final Throwable ex)
        {
            onFailure();
            return false;
        }
    }

    /**
     * Log one line. Does not block.
     *
     * @param level  of the line.
     * @param format with {@code {0}} and so on in place of the values.
     * @param values in order.
     */
    public static void line(final Level level, final String format, final Object... values)
    {
        try
        {
            if (isLoggable(level))
            {
                write(() -> LOGGER.log(level, format, plain(values)));
            }
        }
        catch (final Throwable ex)
        {
            onFailure();
        }
    }

    /**
     * Values made safe to print on one line, as their text may come from a peer or a name server. Numbers stay numbers,
     * for the format to group their digits.
     */
    private static Object[] plain(final Object... values)
    {
        return Arrays.stream(values)
            .map((value) -> value instanceof Number ? value : PlainText.of(String.valueOf(value))).toArray();
    }

    /**
     * Log an error with its stack trace. Does not block.
     *
     * @param error that was thrown.
     */
    public static void error(final Throwable error)
    {
        try
        {
            if (isLoggable(Level.ERROR))
            {
                write(() -> LOGGER.log(Level.ERROR, "error in the reactor", error));
            }
        }
        catch (final Throwable ex)
        {
            onFailure();
        }
    }

    /**
     * Wait until all lines that were logged before are written.
     *
     * @throws Exception if the wait is interrupted.
     */
    public static void awaitWritten() throws Exception
    {
        WRITER.submit(() -> null).get();
    }

    private static void write(final Runnable line)
    {
        final int leftOut = LIMIT.admit(SystemNanoClock.INSTANCE.nanoTime());
        if (LogLimit.LEAVE_OUT != leftOut)
        {
            WRITER.execute(() -> writeNow(line, leftOut));
        }
    }

    private static void writeNow(final Runnable line, final int leftOut)
    {
        try
        {
            if (leftOut > 0)
            {
                LOGGER.log(Level.WARNING, "{0} lines were left out", leftOut);
            }
            line.run();
        }
        catch (final Throwable ex)
        {
            onFailure();
        }
    }

    private static Thread thread(final Runnable task)
    {
        final Thread thread = new Thread(task, "heartwheel-log");
        thread.setDaemon(true);
        return thread;
    }

    private static void onFailure()
    {
        // There is no other place to report it.
    }
}
