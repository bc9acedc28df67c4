package io.heartwheel.bench.harness;

import com.sun.management.ThreadMXBean;
import io.heartwheel.bench.servers.BenchServer;
import io.heartwheel.bench.servers.Contender;
import io.heartwheel.liveness.Cadence;
import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * As {@link ServerProcess}, which it is apart from so that it can stand behind the jar of another commit on the class
 * path: CONTENDER IDLE_MS INTERVAL_MS COUNT. It tells what a beat costs within the JVM.
 */
final class BeatServerProcess
{
    /** Heartbeats, stalls, selects, bytes allocated by the thread of which the name begins as given. */
    static final String COSTS = "costs";
    /** Connections of each reactor. */
    static final String SPREAD = "spread";

    private BeatServerProcess()
    {
    }

    public static void main(final String[] args) throws Exception
    {
        final Cadence cadence = new Cadence(
            TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[1])),
            TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[2])),
            Integer.parseInt(args[3]));
        final Contender contender = Contender.of(args[0]);
        final BenchServer server = contender.launch(cadence);
        final BenchServer warmUp = contender.launch(Load.WARM_UP_CADENCE);
        System.out.println(
            ServerProcess.LISTENING + " " + server.address().getPort() + " " + warmUp.address().getPort());

        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); null != line; line = in.readLine())
        {
            System.out.println(line + " " + answer(line.split(" "), server, warmUp));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(final String[] words, final BenchServer server, final BenchServer warmUp)
    {
        return switch (words[0])
        {
            case COSTS -> server.heartbeats() + " " + server.stalls() + " " + selects(server) + " " +
                allocatedBytes(words[1]);
            case SPREAD -> server.spread();
            case ServerProcess.CLOSES -> server.closes();
            case ServerProcess.WARM ->
            {
                warmUp.close();
                yield "";
            }
            case ServerProcess.LATENESS ->
            {
                final Histogram latenessNs = server.latenessNs();
                yield null == latenessNs ? "-" : Histograms.encode(latenessNs);
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static long selects(final BenchServer server)
    {
        try
        {
            return server.selects();
        }
        catch (final NoSuchMethodError ex)
        {
            // The jar of another commit may not know the question.
            return -1;
        }
    }

    private static long allocatedBytes(final String name)
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (final ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds()))
        {
            if (null != thread && thread.getThreadName().startsWith(name))
            {
                bytes += Math.max(0, threads.getThreadAllocatedBytes(thread.getThreadId()));
            }
        }
        return bytes;
    }
}
