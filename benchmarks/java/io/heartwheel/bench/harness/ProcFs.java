package io.heartwheel.bench.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads what Linux tells of a process: /proc.
 */
public final class ProcFs
{
    private static final long SAMPLE_MS = 500;
    private static final long TIME_WAIT_MS = 70_000;
    private static final int WAITING_PORTS_MAX = 1_000;
    /** The state as /proc/net/tcp has it. */
    private static final String TIME_WAIT = "06";

    private ProcFs()
    {
    }

    /**
     * CPU time of each thread, by its id: all of them, garbage collector and compiler included.
     */
    public static Map<String, Long> cpuNs(final long pid) throws IOException
    {
        final Map<String, Long> cpuNs = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task")))
        {
            for (final Path task : tasks)
            {
                try
                {
                    final String schedstat = Files.readString(task.resolve("schedstat"));
                    cpuNs.put(task.getFileName().toString(),
                        Long.parseLong(schedstat.substring(0, schedstat.indexOf(' '))));
                }
                catch (final NoSuchFileException ex)
                {
                    // The thread has just ended.
                }
            }
        }
        return cpuNs;
    }

    /**
     * CPU time that passed between two looks.
     */
    public static long cpuNsBetween(final Map<String, Long> before, final Map<String, Long> after)
    {
        return after.entrySet().stream()
            .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
            .sum();
    }

    /**
     * Wait until few local ports are in TIME_WAIT: while many are, clients search long for a free one. Connections that
     * a server closed first wait at its port, all at one, and are in nobody's way.
     */
    public static void awaitFreePorts() throws IOException, InterruptedException
    {
        for (long leftMs = TIME_WAIT_MS; leftMs > 0 && waitingPorts() > WAITING_PORTS_MAX; leftMs -= SAMPLE_MS)
        {
            Thread.sleep(SAMPLE_MS);
        }
    }

    private static long waitingPorts() throws IOException
    {
        long ports = 0;
        for (final String family : List.of("tcp", "tcp6"))
        {
            try (Stream<String> sockets = Files.lines(Path.of("/proc/net", family)))
            {
                // sl, local address, remote address, state
                ports += sockets.map((line) -> line.strip().split("\\s+")).filter((words) -> TIME_WAIT.equals(words[3]))
                    .map((words) -> words[1]).distinct().count();
            }
        }
        return ports;
    }

    public static int descriptors(final long pid) throws IOException
    {
        return entries(Path.of("/proc/" + pid + "/fd"));
    }

    public static int threads(final long pid) throws IOException
    {
        return entries(Path.of("/proc/" + pid + "/task"));
    }

    private static int entries(final Path folder) throws IOException
    {
        try (Stream<Path> paths = Files.list(folder))
        {
            return (int)paths.count();
        }
    }

    /**
     * Memory that is resident for as long as given: what the compiler of a JVM takes for a moment is left out.
     */
    static long leastRssBytes(final long pid, final long ms) throws IOException, InterruptedException
    {
        long leastBytes = Long.MAX_VALUE;
        for (long leftMs = ms; leftMs > 0; leftMs -= SAMPLE_MS)
        {
            Thread.sleep(Math.min(SAMPLE_MS, leftMs));
            leastBytes = Math.min(leastBytes, rssBytes(pid));
        }
        return leastBytes;
    }

    /**
     * Memory that is resident now.
     */
    public static long rssBytes(final long pid) throws IOException
    {
        for (final String line : Files.readAllLines(Path.of("/proc/" + pid + "/status")))
        {
            if (line.startsWith("VmRSS:"))
            {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS of " + pid);
    }
}
