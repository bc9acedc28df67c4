package io.heartwheel.host;

import com.sun.management.UnixOperatingSystemMXBean;

import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * How many files, and so sockets, this process may have open.
 */
public final class FileLimit
{
    private static final UnixOperatingSystemMXBean SYSTEM =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;

    private FileLimit()
    {
    }

    /**
     * The limit, {@link Long#MAX_VALUE} where it is not known.
     */
    public static long max()
    {
        return null == SYSTEM ? Long.MAX_VALUE : SYSTEM.getMaxFileDescriptorCount();
    }

    public static long free()
    {
        return null == SYSTEM ? Long.MAX_VALUE : max() - SYSTEM.getOpenFileDescriptorCount();
    }

    public static boolean isCauseOf(final IOException ex)
    {
        // EMFILE and ENFILE of glibc, musl, macOS.
        final String text = String.valueOf(ex.getMessage());
        return text.contains("Too many open files") || text.contains("No file descriptors available");
    }
}
