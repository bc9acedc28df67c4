package io.heartwheel.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Shows the progress of a count: on a terminal one line that is overwritten, elsewhere a new line each 10 %.
 */
public final class ProgressBar
{
    private static final int WIDTH = 40;

    private final PrintWriter out;
    private final String what;
    private final boolean isTerminal;
    private int lastStep;

    public ProgressBar(final PrintWriter out, final String what, final boolean isTerminal)
    {
        this.out = out;
        this.what = what;
        this.isTerminal = isTerminal;
    }

    /**
     * Is standard output a terminal that can be drawn on?
     */
    static boolean isOutTerminal()
    {
        return isTerminal(1) && isDrawable(System.getenv());
    }

    /**
     * Is standard error a terminal that can be drawn on?
     */
    public static boolean isErrTerminal()
    {
        return isTerminal(2) && isDrawable(System.getenv());
    }

    /**
     * Ask the system about one stream. {@link System#console()} depends on standard input too, and since Java 22 it is
     * never null.
     */
    private static boolean isTerminal(final int descriptor)
    {
        final String target = target(descriptor);
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || "/dev/console".equals(target);
    }

    /**
     * Was standard output a terminal whose window has been closed?
     */
    static boolean isOutGone()
    {
        final String target = target(1);
        return target.startsWith("/dev/pts/") && (target.endsWith(" (deleted)") || !Files.exists(Path.of(target)));
    }

    /**
     * Path of the file that a descriptor refers to, or an empty text where the system does not tell.
     */
    private static String target(final int descriptor)
    {
        try
        {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        }
        catch (final IOException | UnsupportedOperationException ex)
        {
            return "";
        }
    }

    /**
     * Can the terminal be drawn on? Some cannot, and the log of a CI build keeps every line.
     */
    static boolean isDrawable(final Map<String, String> environment)
    {
        final String kind = environment.getOrDefault("TERM", "");
        final String build = environment.getOrDefault("CI", "");
        return !kind.isEmpty() && !"dumb".equals(kind) && (build.isEmpty() || "false".equals(build));
    }

    public void show(final int done, final int total)
    {
        final int step = (int)((long)done * (isTerminal ? 100 : 10) / total);
        if (step != lastStep)
        {
            lastStep = step;
            if (isTerminal)
            {
                final int filled = (int)((long)done * WIDTH / total);
                out.printf(Locale.ROOT, "\r%s [%s%s] %,d of %,d",
                    what, "#".repeat(filled), ".".repeat(WIDTH - filled), done, total);
            }
            else
            {
                out.printf(Locale.ROOT, "%s: %,d of %,d%n", what, done, total);
            }
            out.flush();
        }
    }

    /**
     * End the line, so that other output begins on a new one.
     */
    public void end()
    {
        if (isTerminal && lastStep > 0)
        {
            out.println();
            out.flush();
        }
    }
}
