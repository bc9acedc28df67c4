package io.heartwheel.bench.harness;

import io.heartwheel.swarm.Swarm;
import io.heartwheel.swarm.SwarmPlan;
import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmProtocol;
import io.heartwheel.swarm.SwarmReport;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Runs the clients in a process of their own: {@code swarm PORT CONNECTIONS PING_MS SILENT AT_MS RUN_MS} for the swarm
 * of the command line, {@code swarm-websocket}, the same and DETECTION_MS for one that speaks WebSocket, or {@code
 * connect PORT CONNECTIONS PER_SECOND MS} for {@link ConnectingClients}. It prints a line when all are connected, and
 * at the end a line for each figure.
 */
public final class ClientProcess
{
    public static final String CONNECTED = "connected";
    public static final String DONE = "done";
    public static final String SWARM = "swarm";
    public static final String WEBSOCKET_SWARM = "swarm-websocket";

    private ClientProcess()
    {
    }

    public static void main(final String[] args) throws IOException
    {
        final InetSocketAddress server =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        final int connections = Integer.parseInt(args[2]);
        if (args[0].startsWith(SWARM))
        {
            final boolean isWebSocket = WEBSOCKET_SWARM.equals(args[0]);
            runSwarm(new SwarmPlan(server, connections, ns(args[3]),
                Deaths.ofSilence(Integer.parseInt(args[4]), ns(args[5])), ns(args[6]),
                SwarmPlan.CONNECT_TIMEOUT_DEFAULT_NS,
                isWebSocket ? SwarmProtocol.WEBSOCKET : SwarmProtocol.HEARTWHEEL, isWebSocket ? ns(args[7]) : 0));
        }
        else
        {
            runConnecting(new ConnectingClients(server, connections, Integer.parseInt(args[3])), ns(args[4]));
        }
        System.out.println(DONE);
    }

    private static void runSwarm(final SwarmPlan plan) throws IOException
    {
        final SwarmReport report = new Swarm(plan).run(ClientProcess::onProgress);
        final SwarmReport.Counts counts = report.counts();
        print(Figure.CONNECT_ALL_MS, report.timing().connectNs() / 1e6);
        print(Figure.LIVING_CLOSED, counts.unasked());
        print(Figure.SILENT_MISSED, counts.missing());
        print(Figure.SILENT_EARLY, counts.early());
        print(Figure.CLIENT_GAP_MS, report.timing().longestGapNs() / 1e6);
        print(Run.LATENESS, report.latenessUs());
        print(Run.ROUND_TRIP, report.traffic().roundTripUs());
    }

    private static void runConnecting(final ConnectingClients clients, final long ns) throws IOException
    {
        try (clients)
        {
            clients.run(ns, () -> System.out.println(CONNECTED));
        }
        if (clients.timeToServeAllNs() > 0)
        {
            print(Figure.SERVE_ALL_MS, clients.timeToServeAllNs() / 1e6);
        }
        print(Figure.UNSERVED, clients.unserved());
        print(Run.SERVED, clients.servedUs());
    }

    private static void onProgress(final int connected, final int total)
    {
        if (connected == total)
        {
            System.out.println(CONNECTED);
        }
    }

    private static void print(final Figure figure, final double value)
    {
        System.out.println(figure.name() + " " + value);
    }

    private static void print(final String name, final Histogram histogram)
    {
        System.out.println(name + " " + Histograms.encode(histogram));
    }

    private static long ns(final String ms)
    {
        return TimeUnit.MILLISECONDS.toNanos(Long.parseLong(ms));
    }
}
