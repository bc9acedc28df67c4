package io.heartwheel.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * How far something counted has come: one line that is written over and over on a terminal, else a line each 10 %.
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
     * Is standard output seen by a person, on a terminal that can be drawn on?
     */
    static boolean isOutTerminal()
    {
        return isTerminal(1) && isDrawable(System.getenv());
    }

    /**
     * Is standard error seen by a person, on a terminal that can be drawn on?
     */
    public static boolean isErrTerminal()
    {
        return isTerminal(2) && isDrawable(System.getenv());
    }

    /**
     * Asked of the system, as {@link System#console()} tells of standard input too, and from Java 22 on is there in any
     * case.
     */
    private static boolean isTerminal(final int descriptor)
    {
        final String target = target(descriptor);
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || "/dev/console".equals(target);
    }

    /**
     * Is standard output a terminal that is no more, as its window was closed?
     */
    static boolean isOutGone()
    {
        final String target = target(1);
        return target.startsWith("/dev/pts/") && (target.endsWith(" (deleted)") || !Files.exists(Path.of(target)));
    }

    /**
     * What a file is, or nothing where the system does not say.
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
     * Not every terminal can be drawn on, and a build keeps what it is shown line by line.
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
     * Leave the line to what follows.
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
