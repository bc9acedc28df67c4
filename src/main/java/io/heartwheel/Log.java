package io.heartwheel;

import org.agrona.concurrent.SystemNanoClock;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Log lines, through {@link System.Logger}, so that the host's logging takes them; {@link LogLimit} so many a second in
 * the whole process. Whatever that throws stays here: out of file descriptors, java.util.logging was seen to throw an
 * Error when it looked for the time zone's file.
 */
final class Log
{
    private static final Logger LOGGER = System.getLogger(Log.class.getPackageName());
    private static final LogLimit LIMIT = new LogLimit(SystemNanoClock.INSTANCE.nanoTime());

    private Log()
    {
    }

    static boolean isLoggable(final Level level)
    {
        return LOGGER.isLoggable(level);
    }

    static void line(final Level level, final String format, final Object... values)
    {
        try
        {
            if (isLoggable(level) && isAdmitted())
            {
                LOGGER.log(level, format, values);
            }
        }
        catch (final Throwable ex)
        {
            onFailure();
        }
    }

    static void error(final Throwable error)
    {
        try
        {
            if (isAdmitted())
            {
                LOGGER.log(Level.ERROR, "error in the reactor", error);
            }
        }
        catch (final Throwable ex)
        {
            onFailure();
        }
    }

    private static boolean isAdmitted()
    {
        final int leftOut = LIMIT.admit(SystemNanoClock.INSTANCE.nanoTime());
        if (leftOut > 0)
        {
            LOGGER.log(Level.WARNING, "{0} lines were left out, above {1} a second",
                leftOut, LogLimit.LINES_PER_SECOND);
        }
        return LogLimit.LEAVE_OUT != leftOut;
    }

    private static void onFailure()
    {
        // Nobody is left to be told.
    }
}
