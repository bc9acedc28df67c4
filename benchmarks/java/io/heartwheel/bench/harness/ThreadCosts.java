package io.heartwheel.bench.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What threads took from the machine, by /proc/PID/task.
 *
 * @param name        of a thread, cut by the kernel to 15 bytes.
 * @param cpuNs       time on a core.
 * @param waitedNs    time for which it could have run and had no core.
 * @param userTicks   ticks in user mode: how {@code cpuNs} divides, not how much it is.
 * @param systemTicks ticks in the kernel.
 * @param wakeUps     how often it went to sleep by itself, and so was woken up.
 */
record ThreadCosts(String name, long cpuNs, long waitedNs, long userTicks, long systemTicks, long wakeUps)
{
    private static final ThreadCosts NONE = new ThreadCosts("", 0, 0, 0, 0, 0);
    private static final String WAKE_UPS = "voluntary_ctxt_switches:";
    /** In the words of stat behind the name. */
    private static final int USER_INDEX = 11;

    /**
     * Of each thread until now, by its id.
     */
    static Map<String, ThreadCosts> of(final long pid) throws IOException
    {
        final Map<String, ThreadCosts> costs = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task")))
        {
            for (final Path task : tasks)
            {
                try
                {
                    costs.put(task.getFileName().toString(), read(task));
                }
                catch (final NoSuchFileException ex)
                {
                    // The thread has just ended.
                }
            }
        }
        return costs;
    }

    /**
     * Of each thread between two looks, by its id.
     */
    static Map<String, ThreadCosts> between(
        final Map<String, ThreadCosts> before, final Map<String, ThreadCosts> after)
    {
        final Map<String, ThreadCosts> costs = new TreeMap<>();
        after.forEach((id, cost) -> costs.put(id, cost.plus(before.getOrDefault(id, NONE), -1)));
        return costs;
    }

    static ThreadCosts sum(final Collection<ThreadCosts> costs)
    {
        return costs.stream().reduce(NONE, (a, b) -> a.plus(b, 1));
    }

    /**
     * The part of the time on a core that was in user mode.
     */
    double userPart()
    {
        final long ticks = userTicks + systemTicks;
        return 0 == ticks ? Double.NaN : (double)userTicks / ticks;
    }

    private ThreadCosts plus(final ThreadCosts other, final int factor)
    {
        return new ThreadCosts(name, cpuNs + factor * other.cpuNs, waitedNs + factor * other.waitedNs,
            userTicks + factor * other.userTicks, systemTicks + factor * other.systemTicks,
            wakeUps + factor * other.wakeUps);
    }

    private static ThreadCosts read(final Path task) throws IOException
    {
        final String[] scheduled = Files.readString(task.resolve("schedstat")).split(" ");
        final String stat = Files.readString(task.resolve("stat"));
        final int nameEnd = stat.lastIndexOf(')');
        final String[] words = stat.substring(nameEnd + 2).split(" ");
        final long wakeUps = Files.readAllLines(task.resolve("status")).stream()
            .filter((line) -> line.startsWith(WAKE_UPS))
            .mapToLong((line) -> Long.parseLong(line.substring(WAKE_UPS.length()).strip()))
            .findFirst().orElseThrow();
        return new ThreadCosts(stat.substring(stat.indexOf('(') + 1, nameEnd), Long.parseLong(scheduled[0]),
            Long.parseLong(scheduled[1]), Long.parseLong(words[USER_INDEX]), Long.parseLong(words[USER_INDEX + 1]),
            wakeUps);
    }
}
