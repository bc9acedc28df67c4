package io.heartwheel.bench.harness;

import io.heartwheel.bench.servers.BenchServer;
import io.heartwheel.bench.servers.Contender;
import io.heartwheel.liveness.Cadence;
import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Runs one contender in a process of its own: CONTENDER IDLE_MS INTERVAL_MS COUNT. It prints the port of the server,
 * and the port of a second server of the same kind, which serves to warm up the JVM. It answers each line of input with
 * one line, and ends with its input.
 */
public final class ServerProcess
{
    public static final String LISTENING = "listening";
    public static final String COUNTS = "counts";
    static final String LATENESS = "lateness";
    public static final String WARM = "warm";
    /** How many were closed for which reason. */
    public static final String CLOSES = "closes";
    /** The connections closed since the last call, each with its reason. */
    public static final String CLOSED = "closed";
    public static final String OPEN = "open";
    /** Bytes of the heap in use, garbage among them. */
    public static final String HEAP = "heap";
    /** Bytes of the heap in use after a collection. */
    public static final String HEAP_LIVE = "heap-live";

    private static final int TOUCHED_KB = 64 * 1024;
    private static byte[] touched;

    private ServerProcess()
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
        System.out.println(LISTENING + " " + server.address().getPort() + " " + warmUp.address().getPort());

        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); null != line; line = in.readLine())
        {
            System.out.println(line + " " + answer(line, server, warmUp));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(final String question, final BenchServer server, final BenchServer warmUp)
    {
        return switch (question)
        {
            case COUNTS -> server.heartbeats() + " " + server.opened() + " " + server.stalls();
            case CLOSES -> server.closes();
            case CLOSED -> String.join(" ", server.takeClosed());
            case OPEN -> Long.toString(server.openCount());
            case HEAP -> Long.toString(heapBytes());
            case HEAP_LIVE ->
            {
                System.gc();
                yield Long.toString(heapBytes());
            }
            case WARM ->
            {
                warmUp.close();
                touchYoungGeneration();
                yield "";
            }
            case LATENESS ->
            {
                final Histogram latenessNs = server.latenessNs();
                yield null == latenessNs ? "-" : Histograms.encode(latenessNs);
            }
            default -> throw new IllegalArgumentException(question);
        };
    }

    private static long heapBytes()
    {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /**
     * Pages that the first garbage would make resident are no memory of connections.
     */
    private static void touchYoungGeneration()
    {
        for (int i = 0; i < TOUCHED_KB; i++)
        {
            touched = new byte[1024];
        }
    }
}
