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
 * Log lines, through {@link System.Logger}, so that the host's logging takes them; {@link LogLimit} so many a second in
 * the whole process. They are written by a thread of their own, which is there while there are any: a log may block,
 * and the first line that java.util.logging wrote was seen to hold the reactor up for 100 ms, which is a stall.
 * Whatever logging throws stays here: out of file descriptors, it was seen to throw an Error when it looked for the
 * time zone's file.
 */
public final class Log
{
    static final int LINES_PER_SECOND = 50;

    private static final int WAITING_MAX = 256;
    private static final long THREAD_IDLE_S = 10;

    private static final Logger LOGGER = System.getLogger(Log.class.getPackageName());
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

    public static boolean isLoggable(final Level level)
    {
        try
        {
            return LOGGER.isLoggable(level);
        }
        catch (final Throwable ex)
        {
            onFailure();
            return false;
        }
    }

    public static void line(final Level level, final String format, final Object... values)
    {
        if (isLoggable(level))
        {
            write(() -> LOGGER.log(level, format, plain(values)));
        }
    }

    /**
     * One line of text, whatever a peer, a name server or an exception says in it. Numbers are for the format.
     */
    private static Object[] plain(final Object... values)
    {
        return Arrays.stream(values)
            .map((value) -> value instanceof Number ? value : PlainText.of(String.valueOf(value))).toArray();
    }

    public static void error(final Throwable error)
    {
        write(() -> LOGGER.log(Level.ERROR, "error in the reactor", error));
    }

    /**
     * Wait until what was logged before is written.
     */
    public static void awaitWritten() throws Exception
    {
        WRITER.submit(() -> null).get();
    }

    private static void write(final Runnable line)
    {
        try
        {
            final int leftOut = LIMIT.admit(SystemNanoClock.INSTANCE.nanoTime());
            if (LogLimit.LEAVE_OUT != leftOut)
            {
                WRITER.execute(() -> writeNow(line, leftOut));
            }
        }
        catch (final Throwable ex)
        {
            onFailure();
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
        // Nobody is left to be told.
    }
}
