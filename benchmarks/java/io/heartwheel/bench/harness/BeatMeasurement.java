package io.heartwheel.bench.harness;

import io.heartwheel.bench.servers.Contender;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures what a heartbeat costs one contender, with clients that cost little beside it: a server process, and a
 * process of {@link BeatClients}.
 */
public final class BeatMeasurement
{
    private static final long RSS_BEFORE_MS = 500;
    private static final long LAST_WAIT_MS = 3_000;

    /** Where each is in the costs of a server. */
    private static final int HEARTBEATS = 0;
    private static final int STALLS = 1;
    private static final int SELECTS = 2;
    private static final int ALLOCATED = 3;

    /** Both sides count the same beats, but not in the same instant. */
    private static final double COUNT_TOLERANCE = 0.05;
    /** At each edge of the window, both sides may be asked before or after a group of 64 was. */
    private static final int EDGES = 2 * 64;

    private final Settings settings;

    /**
     * What all runs have in common.
     *
     * @param connections   number of clients.
     * @param silent        of them that fall silent at once, if the load is of that kind.
     * @param warmUpSeconds of heartbeats before the clients come.
     * @param settleSeconds to wait after all are connected.
     * @param seconds       to count heartbeats for.
     * @param seed          of the order of turns, if it is random.
     * @param earlier       times that the same has happened at this server before.
     * @param churned       connections that end and are made anew before anything is measured.
     * @param isSpinning    true if each PING leaves in its microsecond, for which the clients take a core.
     * @param clientFlags   of the JVM of the clients.
     */
    public record Settings(
        int connections,
        int silent,
        int warmUpSeconds,
        int settleSeconds,
        int seconds,
        long seed,
        int earlier,
        int churned,
        boolean isSpinning,
        List<String> clientFlags)
    {
    }

    /**
     * All that was read at one time.
     */
    private record Look(long timeNs, String[] costs, Map<String, ThreadCosts> threads, Map<String, ThreadCosts> clients)
    {
    }

    public BeatMeasurement(final Settings settings)
    {
        this.settings = settings;
    }

    /**
     * @param name      in the results.
     * @param contender to measure.
     * @param classPath it is on.
     * @param flags     of its JVM, all of them but those that the contender needs.
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
        ProcFs.awaitFreePorts();
        try (ChildProcess server =
            Processes.server(BeatServerProcess.class, contender, classPath, flags, load.cadence()))
        {
            final String[] ports = server.line(ServerProcess.LISTENING, Processes.START_WAIT_MS).split(" ");
            if (settings.warmUpSeconds() > 0)
            {
                Processes.warmUp(Processes.CLIENT_FLAGS, Integer.parseInt(ports[1]), settings.warmUpSeconds(),
                    contender.isWebSocket());
            }
            server.ask(ServerProcess.WARM, Processes.ANSWER_WAIT_MS);
            final long rssBytes = ProcFs.leastRssBytes(server.pid(), RSS_BEFORE_MS);
            final List<String> plan = load.beatPlan(Integer.parseInt(ports[0]), settings.connections(),
                settings.seed(), settings.churned(), settings.isSpinning(), contender.isWebSocket()).words();
            for (int i = 0; i < settings.earlier(); i++)
            {
                measureOnce(new Run(name, load, round), contender, server, plan, rssBytes);
            }
            measureOnce(run, contender, server, plan, rssBytes);
            Measurement.addOwnLateness(run, server);
            return run;
        }
        catch (final IOException | RuntimeException ex)
        {
            return run.failed(String.valueOf(ex.getMessage()));
        }
    }

    private void measureOnce(
        final Run run,
        final Contender contender,
        final ChildProcess server,
        final List<String> plan,
        final long rssBytes)
        throws IOException, InterruptedException
    {
        try (ChildProcess clients = Processes.java(
            System.getProperty("java.class.path"), settings.clientFlags(), BeatProcess.class, plan))
        {
            clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
            final String stalls = costs(server, contender)[STALLS];
            Thread.sleep(settings.settleSeconds() * 1_000L);
            observe(run, contender, server, clients, rssBytes);
            if (!"-1".equals(stalls))
            {
                run.figures().put(Figure.OWN_STALLS,
                    Double.parseDouble(costs(server, contender)[STALLS]) - Double.parseDouble(stalls));
            }
        }
    }

    private void observe(
        final Run run,
        final Contender contender,
        final ChildProcess server,
        final ChildProcess clients,
        final long rssBytes)
        throws IOException, InterruptedException
    {
        final Load load = run.load();
        if (load.isSteady())
        {
            putRss(run, Figure.FIRST_RSS_BYTES_PER_CONNECTION, server, rssBytes);
            final Look before = look(server, clients, contender);
            clients.ask(BeatProcess.WINDOW, Processes.ANSWER_WAIT_MS);
            Thread.sleep(load.windowMs(settings.seconds()));
            final String[] window = clients.ask(BeatProcess.WINDOW, Processes.ANSWER_WAIT_MS).split(" ");
            putCosts(run, contender, before, look(server, clients, contender), Long.parseLong(window[0]));
            putRss(run, Figure.RSS_BYTES_PER_CONNECTION, server, rssBytes);
            run.add(Run.ROUND_TRIP + " " + window[1]);
        }
        else
        {
            clients.ask(BeatProcess.SILENCE + " " + Math.min(settings.silent(), settings.connections()) + " " +
                (Load.MASS_DEATH_TOGETHER == load), Processes.ANSWER_WAIT_MS);
            Thread.sleep(TimeUnit.NANOSECONDS.toMillis(load.cadence().detectionNs()) + LAST_WAIT_MS);
        }
        clients.ask(BeatProcess.DEATHS, Processes.ANSWER_WAIT_MS);
        clients.lines(ClientProcess.DONE, Processes.ANSWER_WAIT_MS).forEach(run::add);
        if (load.isSteady() && run.figures().get(Figure.LIVING_CLOSED) > 0)
        {
            throw new IOException("living clients were closed, so that the figures are not of all: " + run.figures());
        }
    }

    private void putRss(final Run run, final Figure figure, final ChildProcess server, final long beforeBytes)
        throws IOException
    {
        run.figures().put(figure, (double)(ProcFs.rssBytes(server.pid()) - beforeBytes) / settings.connections());
    }

    private static Look look(final ChildProcess server, final ChildProcess clients, final Contender contender)
        throws IOException, InterruptedException
    {
        final String[] costs = costs(server, contender);
        return new Look(
            System.nanoTime(), costs, ThreadCosts.of(server.pid()), ThreadCosts.of(clients.pid()));
    }

    private static String[] costs(final ChildProcess server, final Contender contender)
        throws IOException, InterruptedException
    {
        return server.ask(BeatServerProcess.COSTS + " " + contender.threadName(), Processes.ANSWER_WAIT_MS).split(" ");
    }

    private static void putCosts(
        final Run run, final Contender contender, final Look before, final Look after, final long beats)
        throws IOException
    {
        final long heartbeats = between(before, after, HEARTBEATS);
        if (0 == heartbeats || Math.abs(heartbeats - beats) > COUNT_TOLERANCE * heartbeats + EDGES)
        {
            throw new IOException("the clients sent " + beats + " beats, and the server read " + heartbeats);
        }
        final Map<Figure, Double> figures = run.figures();
        final double ranNs = after.timeNs() - before.timeNs();
        figures.put(Figure.HEARTBEATS_PER_S, heartbeats / ranNs * 1e9);
        final Collection<ThreadCosts> threads = ThreadCosts.between(before.threads(), after.threads()).values();
        putCpu(figures, ThreadCosts.sum(threads), heartbeats,
            Figure.CPU_US_PER_HEARTBEAT, Figure.USER_US_PER_HEARTBEAT, Figure.SYSTEM_US_PER_HEARTBEAT);

        // Of several reactors, all. A thread that served to warm up may be there still, and does nothing.
        final List<ThreadCosts> serving =
            threads.stream().filter((thread) -> contender.threadName().equals(thread.name())).toList();
        if (serving.isEmpty())
        {
            throw new IOException("no thread " + contender.threadName());
        }
        final ThreadCosts reactor = ThreadCosts.sum(serving);
        putCpu(figures, reactor, heartbeats, Figure.REACTOR_US_PER_HEARTBEAT,
            Figure.REACTOR_USER_US_PER_HEARTBEAT, Figure.REACTOR_SYSTEM_US_PER_HEARTBEAT);
        figures.put(Figure.WAKE_UPS_PER_HEARTBEAT, (double)reactor.wakeUps() / heartbeats);
        figures.put(Figure.WAITED_PERCENT, 100 * reactor.waitedNs() / ranNs);
        final ThreadCosts clients = ThreadCosts.sum(ThreadCosts.between(before.clients(), after.clients()).values());
        final double clientUs = clients.cpuNs() / 1e3 / heartbeats;
        figures.put(Figure.CLIENT_US_PER_HEARTBEAT, clientUs);
        figures.put(Figure.CLIENT_USER_US_PER_HEARTBEAT, clientUs * clients.userPart());
        figures.put(Figure.ALLOCATED_BYTES_PER_HEARTBEAT, (double)between(before, after, ALLOCATED) / heartbeats);
        if (!"-1".equals(before.costs()[SELECTS]))
        {
            figures.put(Figure.SELECTS_PER_HEARTBEAT, (double)between(before, after, SELECTS) / heartbeats);
        }
    }

    private static void putCpu(
        final Map<Figure, Double> figures,
        final ThreadCosts cost,
        final long heartbeats,
        final Figure all,
        final Figure user,
        final Figure system)
    {
        final double us = cost.cpuNs() / 1e3 / heartbeats;
        figures.put(all, us);
        figures.put(user, us * cost.userPart());
        figures.put(system, us * (1 - cost.userPart()));
    }

    private static long between(final Look before, final Look after, final int index)
    {
        return Long.parseLong(after.costs()[index]) - Long.parseLong(before.costs()[index]);
    }
}
