package io.heartwheel.bench.soak;

import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.ProcFs;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.ServerProcess;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * The state of a server at one moment.
 *
 * @param seconds     time since the start.
 * @param rssMb       resident memory.
 * @param heapMb      heap in use, with garbage.
 * @param descriptors number of open files.
 * @param threads     number of threads of the process.
 * @param connections number of open connections.
 * @param opened      number of connections accepted so far.
 * @param cpuNs       CPU time of each thread so far.
 * @param cpuPercent  CPU in percent of a core since the previous sample.
 */
public record SoakSample(
    double seconds,
    double rssMb,
    double heapMb,
    int descriptors,
    int threads,
    long connections,
    long opened,
    Map<String, Long> cpuNs,
    double cpuPercent)
{
    public static final String CSV_HEADER = "seconds,rss_mb,heap_mb,descriptors,threads,connections,opened,cpu_percent";

    /**
     * Look at a server.
     *
     * @param heapQuestion how the heap is asked for.
     * @param before       or null.
     */
    static SoakSample of(
        final ChildProcess server, final String heapQuestion, final double seconds, final SoakSample before)
        throws IOException, InterruptedException
    {
        final long heapBytes = Long.parseLong(server.ask(heapQuestion, Processes.ANSWER_WAIT_MS));
        final Map<String, Long> cpuNs = ProcFs.cpuNs(server.pid());
        final double cpuPercent = null == before ? 0 :
            ProcFs.cpuNsBetween(before.cpuNs, cpuNs) / 1e7 / Math.max(0.001, seconds - before.seconds);
        return new SoakSample(
            seconds,
            ProcFs.rssBytes(server.pid()) / 1e6,
            heapBytes / 1e6,
            ProcFs.descriptors(server.pid()),
            ProcFs.threads(server.pid()),
            Long.parseLong(server.ask(ServerProcess.OPEN, Processes.ANSWER_WAIT_MS)),
            Long.parseLong(server.ask(ServerProcess.COUNTS, Processes.ANSWER_WAIT_MS).split(" ")[1]),
            cpuNs,
            cpuPercent);
    }

    String csv()
    {
        return String.format(Locale.ROOT, "%.1f,%.1f,%.2f,%d,%d,%d,%d,%.1f",
            seconds, rssMb, heapMb, descriptors, threads, connections, opened, cpuPercent);
    }
}
