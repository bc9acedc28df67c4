package io.heartwheel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Log lines, through {@link System.Logger}, so that the host's logging takes them. Whatever that throws stays here:
 * out of file descriptors, java.util.logging was seen to throw an Error when it looked for the time zone's file.
 */
final class Log
{
    private static final Logger LOGGER = System.getLogger(Log.class.getPackageName());

    private Log()
    {
    }

    static void line(final Level level, final String format, final Object... values)
    {
        try
        {
            LOGGER.log(level, format, values);
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
            LOGGER.log(Level.ERROR, "error in the reactor", error);
        }
        catch (final Throwable ex)
        {
            onFailure();
        }
    }

    private static void onFailure()
    {
        // Nobody is left to be told.
    }
}
