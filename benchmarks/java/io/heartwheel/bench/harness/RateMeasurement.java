package io.heartwheel.bench.harness;

import io.heartwheel.bench.servers.Contender;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures one server under ever more heartbeats a second, from several processes of {@link BeatClients}. They share
 * the cores with it.
 */
public final class RateMeasurement
{
    /** In the first line of /proc/stat, behind its name. */
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int FIELDS = 8;

    private final Settings settings;

    /**
     * What all runs have in common.
     *
     * @param connections     number of clients.
     * @param clientProcesses that share them.
     * @param warmUpSeconds   of heartbeats before the clients come.
     * @param settleMs        to wait after all are connected.
     * @param seconds         to count heartbeats for.
     */
    public record Settings(int connections, int clientProcesses, int warmUpSeconds, int settleMs, int seconds)
    {
    }

    /**
     * What was measured under one rate.
     *
     * @param intervalMs     at which each client sends a PING.
     * @param beatsPerS      that the server read.
     * @param machinePercent of all cores that were at work.
     * @param serverPercent  of one core that the server took.
     * @param usPerBeat      CPU time of the server, in microseconds.
     * @param wakeUps        of its reactors, by heartbeats.
     * @param roundTripP50Ms as the clients see it.
     * @param roundTripP99Ms as the clients see it.
     * @param spread         connections of each reactor.
     */
    public record Point(
        int intervalMs,
        double beatsPerS,
        double machinePercent,
        double serverPercent,
        double usPerBeat,
        double wakeUps,
        double roundTripP50Ms,
        double roundTripP99Ms,
        String spread)
    {
    }

    private record Look(long timeNs, long heartbeats, long cpuNs, long wakeUps, long busyTicks, long ticks)
    {
    }

    public RateMeasurement(final Settings settings)
    {
        this.settings = settings;
    }

    /**
     * @param flags       of the JVM of the server.
     * @param intervalsMs one for each rate, in turn.
     */
    public List<Point> measure(final List<String> flags, final List<Integer> intervalsMs)
        throws IOException, InterruptedException
    {
        try (ChildProcess server = Processes.server(BeatServerProcess.class, Contender.HEARTWHEEL,
            System.getProperty("java.class.path"), flags, Load.CLIENT_1S.cadence()))
        {
            final String[] ports = server.line(ServerProcess.LISTENING, Processes.START_WAIT_MS).split(" ");
            if (settings.warmUpSeconds() > 0)
            {
                Processes.warmUp(Processes.CLIENT_FLAGS, Integer.parseInt(ports[1]), settings.warmUpSeconds(),
                    false);
            }
            server.ask(ServerProcess.WARM, Processes.ANSWER_WAIT_MS);
            final List<Point> points = new ArrayList<>();
            for (final int intervalMs : intervalsMs)
            {
                points.add(measure(server, Integer.parseInt(ports[0]), intervalMs));
            }
            return points;
        }
    }

    private Point measure(final ChildProcess server, final int port, final int intervalMs)
        throws IOException, InterruptedException
    {
        ProcFs.awaitFreePorts();
        final List<ChildProcess> clients = new ArrayList<>();
        try
        {
            for (int i = 0; i < settings.clientProcesses(); i++)
            {
                clients.add(startClients(port, intervalMs, i));
            }
            for (final ChildProcess each : clients)
            {
                each.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
            }
            Thread.sleep(settings.settleMs());
            return observe(server, clients, intervalMs);
        }
        finally
        {
            for (final ChildProcess each : clients)
            {
                each.close();
            }
        }
    }

    private ChildProcess startClients(final int port, final int intervalMs, final int index) throws IOException
    {
        final int processes = settings.clientProcesses();
        final int count =
            settings.connections() * (index + 1) / processes - settings.connections() * index / processes;
        return Processes.java(System.getProperty("java.class.path"), Processes.BEAT_CLIENT_FLAGS, BeatProcess.class,
            new BeatPlan(port, count, intervalMs, index + 1,
                TimeUnit.NANOSECONDS.toMillis(Load.CLIENT_1S.cadence().detectionNs()), 0, false, false, false).words());
    }

    private Point observe(final ChildProcess server, final List<ChildProcess> clients, final int intervalMs)
        throws IOException, InterruptedException
    {
        windows(clients);
        final Look before = look(server);
        Thread.sleep(TimeUnit.SECONDS.toMillis(settings.seconds()));
        final Look after = look(server);
        final Histogram roundTripUs = windows(clients);
        for (final ChildProcess each : clients)
        {
            requireAllAlive(server, each);
        }
        final double ranNs = after.timeNs - before.timeNs;
        final double beats = after.heartbeats - before.heartbeats;
        final double cpuNs = after.cpuNs - before.cpuNs;
        return new Point(intervalMs, beats / ranNs * 1e9,
            100.0 * (after.busyTicks - before.busyTicks) / (after.ticks - before.ticks), 100 * cpuNs / ranNs,
            cpuNs / 1e3 / beats, (after.wakeUps - before.wakeUps) / beats, roundTripUs.getValueAtPercentile(50) / 1e3,
            roundTripUs.getValueAtPercentile(99) / 1e3,
            server.ask(BeatServerProcess.SPREAD, Processes.ANSWER_WAIT_MS));
    }

    /** Round trips of all clients since the last call. */
    private static Histogram windows(final List<ChildProcess> clients) throws IOException, InterruptedException
    {
        final Histogram all = new Histogram(3);
        for (final ChildProcess each : clients)
        {
            all.add(Histograms.decode(each.ask(BeatProcess.WINDOW, Processes.ANSWER_WAIT_MS).split(" ")[1]));
        }
        return all;
    }

    private static void requireAllAlive(final ChildProcess server, final ChildProcess clients)
        throws IOException, InterruptedException
    {
        clients.ask(BeatProcess.DEATHS, Processes.ANSWER_WAIT_MS);
        final List<String> deaths = clients.lines(ClientProcess.DONE, Processes.ANSWER_WAIT_MS);
        if (!deaths.contains(Figure.LIVING_CLOSED.name() + " 0"))
        {
            throw new IOException("clients that had not fallen silent were closed: " + deaths + ", by the server's " +
                "account since its start: " + server.ask(ServerProcess.CLOSES, Processes.ANSWER_WAIT_MS));
        }
    }

    private static Look look(final ChildProcess server) throws IOException, InterruptedException
    {
        final String name = Contender.HEARTWHEEL.threadName();
        final String[] costs =
            server.ask(BeatServerProcess.COSTS + " " + name, Processes.ANSWER_WAIT_MS).split(" ");
        final var threads = ThreadCosts.of(server.pid()).values();
        final String[] stat = Files.readAllLines(Path.of("/proc/stat")).get(0).split("\\s+");
        long ticks = 0;
        for (int i = 0; i < FIELDS; i++)
        {
            ticks += Long.parseLong(stat[1 + i]);
        }
        return new Look(System.nanoTime(), Long.parseLong(costs[0]), ThreadCosts.sum(threads).cpuNs(),
            ThreadCosts.sum(threads.stream().filter((thread) -> name.equals(thread.name())).toList()).wakeUps(),
            ticks - Long.parseLong(stat[1 + IDLE]) - Long.parseLong(stat[1 + IO_WAIT]), ticks);
    }
}
