package io.heartwheel.bench.reactors;

import io.heartwheel.AcceptSockets;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.bench.harness.ServerProcess;
import io.heartwheel.config.Configuration;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A server that shares its port with other processes: PORT NUMBER MAX_CONNECTIONS. It prints its port, tells each peer
 * its number, answers each line of input with one line, and ends with its input.
 */
final class OnePortServer extends QuietListener
{
    static final Cadence CADENCE = Cadence.STRICT;
    /** Open at present, heartbeats read, stalls, refused. */
    static final String COUNTS = "counts";
    /** Those that had been let in: REASON=NUMBER, a space between two. */
    static final String ENDS = "ends";
    /** Verdicts, and how late: number, p50, p99 and maximum in ms. */
    static final String LATENESS = "lateness";

    private static final long REHEARSAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final CloseReason[] REASONS = CloseReason.values();

    private final ByteBuffer greeting;

    private OnePortServer(final int number)
    {
        greeting = ByteBuffer.wrap(new byte[]{(byte)number}).asReadOnlyBuffer();
    }

    public static void main(final String[] args) throws IOException
    {
        final HeartbeatServer server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])))
            .acceptSockets(AcceptSockets.SHARED)
            .cadence(CADENCE)
            .maxConnections(Integer.parseInt(args[2]))
            .rehearsalNs(Configuration.rehearsalNs(REHEARSAL_NS))
            .listener(new OnePortServer(Integer.parseInt(args[1]))));
        System.out.println(ServerProcess.LISTENING + " " + server.localAddress().getPort());

        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); null != line; line = in.readLine())
        {
            System.out.println(line + " " + answer(line, server));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(final String question, final HeartbeatServer server)
    {
        return switch (question)
        {
            case COUNTS -> server.metrics().openCount() + " " + server.metrics().count(Counter.HEARD) + " " +
                server.metrics().count(Counter.STALLS) + " " +
                server.metrics().turnedAwayCount(CloseReason.REFUSED.ordinal());
            case ENDS -> Arrays.stream(REASONS)
                .filter((reason) -> server.metrics().endedCount(reason.ordinal()) > 0)
                .map((reason) -> reason + "=" + server.metrics().endedCount(reason.ordinal()))
                .collect(Collectors.joining(" "));
            case LATENESS -> latenessText(server.metrics().histogram(Measure.LATENESS));
            default -> throw new IllegalArgumentException(question);
        };
    }

    private static String latenessText(final Histogram ns)
    {
        return String.format(Locale.ROOT, "%d %.1f %.1f %.1f", ns.getTotalCount(),
            ns.getValueAtPercentile(50) / 1e6, ns.getValueAtPercentile(99) / 1e6, ns.getMaxValue() / 1e6);
    }

    @Override
    public void onOpen(final Connection connection)
    {
        connection.send(greeting);
    }
}
