package io.heartwheel.bench.harness;

import io.heartwheel.bench.servers.Contender;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures one contender under one load: starts a server process and a client process, and samples the server
 * meanwhile.
 */
public final class Measurement
{
    private static final long REPORT_WAIT_MS = 60_000;
    /** The JVM frees every 5 s what its compiler keeps for the next time. */
    private static final long IDLE_MS = 6_000;

    /** Where each is in the counts of a server. */
    private static final int HEARTBEATS = 0;
    private static final int OPENED = 1;
    private static final int STALLS = 2;

    private final Settings settings;

    /**
     * What all runs have in common.
     *
     * @param connections   number of clients.
     * @param talkerPercent of them that speak by themselves, under {@link Load#TALKERS}.
     * @param warmUpSeconds of heartbeats before the clients come.
     * @param settleSeconds to wait after all are connected.
     * @param seconds       to count heartbeats for.
     * @param serverFlags   of the JVM, the same for all.
     * @param clientFlags   of the JVM.
     */
    public record Settings(
        int connections,
        int talkerPercent,
        int warmUpSeconds,
        int settleSeconds,
        int seconds,
        List<String> serverFlags,
        List<String> clientFlags)
    {
        int talkers(final Load load)
        {
            return Load.TALKERS == load ? Math.max(1, connections * talkerPercent / 100) : connections;
        }
    }

    public Measurement(final Settings settings)
    {
        this.settings = settings;
    }

    /**
     * @param name      in the results.
     * @param contender to measure.
     * @param classPath it is on.
     * @param flags     of its JVM besides those of all.
     */
    public Run measure(
        final String name,
        final Contender contender,
        final String classPath,
        final List<String> flags,
        final Load load,
        final int round)
        throws IOException, InterruptedException
    {
        final Run run = new Run(name, load, round);
        if (Load.CHURN != load)
        {
            ProcFs.awaitFreePorts();
        }
        final List<String> allFlags = new ArrayList<>(flags);
        allFlags.addAll(settings.serverFlags());
        try (ChildProcess server = Processes.server(contender, classPath, allFlags, load.cadence()))
        {
            final String[] ports = server.line(ServerProcess.LISTENING, Processes.START_WAIT_MS).split(" ");
            final int port = Integer.parseInt(ports[0]);
            if (settings.warmUpSeconds() > 0 && load.isWarm())
            {
                Processes.warmUp(
                    settings.clientFlags(), Integer.parseInt(ports[1]), settings.warmUpSeconds(), false);
            }
            server.ask(ServerProcess.WARM, Processes.ANSWER_WAIT_MS);
            final long stalls = count(server, STALLS);
            final long rssBytes = load.isSteady() ? ProcFs.leastRssBytes(server.pid(), IDLE_MS) : 0;
            final int talkers = settings.talkers(load);
            try (ChildProcess quiet = quietClients(port, settings.connections() - talkers);
                ChildProcess clients = Processes.clients(settings.clientFlags(),
                    load.clientArguments(port, talkers, settings.seconds(), settings.settleSeconds())))
            {
                if (null != quiet)
                {
                    quiet.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
                }
                observe(run, server, clients, rssBytes);
            }
            if (stalls >= 0)
            {
                run.figures().put(Figure.OWN_STALLS, (double)(count(server, STALLS) - stalls));
            }
            addOwnLateness(run, server);
            return run;
        }
        catch (final IOException | RuntimeException ex)
        {
            return run.failed(String.valueOf(ex.getMessage()));
        }
    }

    private ChildProcess quietClients(final int port, final int connections) throws IOException
    {
        return 0 == connections ? null :
            Processes.clients(settings.clientFlags(), Load.quietArguments(port, connections));
    }

    private void observe(final Run run, final ChildProcess server, final ChildProcess clients, final long rssBytes)
        throws IOException, InterruptedException
    {
        final Load load = run.load();
        clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
        if (Load.CONNECT_STORM != load)
        {
            Thread.sleep(settings.settleSeconds() * 1_000L);
        }

        if (load.isSteady())
        {
            final long rssWithAllBytes = observeWindow(run, server, load.windowMs(settings.seconds()), HEARTBEATS,
                Figure.HEARTBEATS_PER_S, Figure.CPU_US_PER_HEARTBEAT);
            run.figures().put(Figure.RSS_BYTES_PER_CONNECTION,
                (double)(rssWithAllBytes - rssBytes) / settings.connections());
        }
        else if (Load.CHURN == load)
        {
            observeWindow(run, server, settings.seconds() * 1_000L, OPENED,
                Figure.CONNECTIONS_PER_S, Figure.CPU_US_PER_CONNECTION);
        }
        else if (Load.STALL_6S == load)
        {
            server.signal("STOP");
            Thread.sleep(Load.STALL_MS);
            server.signal("CONT");
        }

        clients.lines(ClientProcess.DONE, REPORT_WAIT_MS).forEach(run::add);
    }

    /**
     * Count for a while, and hold it against the CPU time of the whole process.
     *
     * @param countIndex of what is counted in the answer of the server.
     * @return memory that was resident all the while.
     */
    private static long observeWindow(
        final Run run,
        final ChildProcess server,
        final long windowMs,
        final int countIndex,
        final Figure rate,
        final Figure cost)
        throws IOException, InterruptedException
    {
        final long startNs = System.nanoTime();
        final long countBefore = count(server, countIndex);
        final Map<String, Long> cpuBefore = ProcFs.cpuNs(server.pid());
        final long rssBytes = ProcFs.leastRssBytes(server.pid(), windowMs);
        final long counted = count(server, countIndex) - countBefore;
        final long cpuNs = ProcFs.cpuNsBetween(cpuBefore, ProcFs.cpuNs(server.pid()));
        final double ranS = (System.nanoTime() - startNs) / 1e9;
        if (0 == counted)
        {
            throw new IOException("nothing happened within " + windowMs + " ms");
        }
        run.figures().put(rate, counted / ranS);
        run.figures().put(cost, cpuNs / 1e3 / counted);
        return rssBytes;
    }

    private static long count(final ChildProcess server, final int index) throws IOException, InterruptedException
    {
        return Long.parseLong(server.ask(ServerProcess.COUNTS, Processes.ANSWER_WAIT_MS).split(" ")[index]);
    }

    static void addOwnLateness(final Run run, final ChildProcess server)
        throws IOException, InterruptedException
    {
        final String answer = server.ask(ServerProcess.LATENESS, Processes.ANSWER_WAIT_MS);
        final Histogram latenessNs = "-".equals(answer) ? null : Histograms.decode(answer);
        if (null != latenessNs && latenessNs.getTotalCount() > 0)
        {
            run.figures().put(Figure.OWN_LATENESS_P50_MS, latenessNs.getValueAtPercentile(50) / 1e6);
            run.figures().put(Figure.OWN_LATENESS_P99_MS, latenessNs.getValueAtPercentile(99) / 1e6);
            run.figures().put(Figure.OWN_LATENESS_MAX_MS, latenessNs.getMaxValue() / 1e6);
        }
    }
}
