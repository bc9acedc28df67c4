package io.heartwheel.host;

import com.sun.management.UnixOperatingSystemMXBean;

import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * Tells how many files, and therefore sockets, this process may have open.
 */
public final class FileLimit
{
    private static final UnixOperatingSystemMXBean SYSTEM = system();

    private FileLimit()
    {
    }

    private static UnixOperatingSystemMXBean system()
    {
        try
        {
            return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;
        }
        catch (final LinkageError ex)
        {
            // A runtime made by jlink may be without the modules of management.
            return null;
        }
    }

    /**
     * Number of files that may be open at a time.
     *
     * @return the limit, or {@link Long#MAX_VALUE} where it is not known.
     */
    public static long max()
    {
        return null == SYSTEM ? Long.MAX_VALUE : SYSTEM.getMaxFileDescriptorCount();
    }

    /**
     * Number of files that may still be opened.
     *
     * @return the number, or {@link Long#MAX_VALUE} where it is not known.
     */
    public static long free()
    {
        return null == SYSTEM ? Long.MAX_VALUE : max() - SYSTEM.getOpenFileDescriptorCount();
    }

    /**
     * Did an operation fail for want of file descriptors?
     *
     * @param ex that it threw.
     * @return true if its message says so.
     */
    public static boolean isCauseOf(final IOException ex)
    {
        // EMFILE and ENFILE of glibc, musl, macOS.
        final String text = String.valueOf(ex.getMessage());
        return text.contains("Too many open files") || text.contains("No file descriptors available");
    }
}
