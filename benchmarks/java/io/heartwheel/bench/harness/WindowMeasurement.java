package io.heartwheel.bench.harness;

import io.heartwheel.bench.servers.Contender;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures a Heartwheel that runs already, window by window, each with clients of its own that tell who they are: what
 * a heartbeat costs, and how late those are closed that fall silent behind it.
 */
public final class WindowMeasurement
{
    private static final Load LOAD = Load.CLIENT_1S;
    private static final long LAST_WAIT_MS = 1_500;

    /** Where each is in the counts of a server. */
    private static final int HEARTBEATS = 0;
    private static final int STALLS = 2;

    private final Settings settings;

    /**
     * What all windows have in common.
     *
     * @param connections number of clients.
     * @param silent      of them that fall silent, each to be closed at its own time.
     * @param settleMs    to wait after all are connected.
     * @param seconds     to count heartbeats for.
     */
    public record Settings(int connections, int silent, int settleMs, int seconds)
    {
    }

    private record Look(long timeNs, long heartbeats, long stalls, Map<String, ThreadCosts> threads)
    {
    }

    public WindowMeasurement(final Settings settings)
    {
        this.settings = settings;
    }

    /**
     * Looks at the server once more, while the clients are there.
     */
    @FunctionalInterface
    public interface LastLook
    {
        void look() throws IOException, InterruptedException;
    }

    /**
     * One window.
     *
     * @param name   of what is measured, in the results.
     * @param server that answers {@link ServerProcess#COUNTS}, and whose cadence is that of {@link Load#CLIENT_1S}.
     * @param port   where it listens.
     * @param last   when all is measured.
     * @throws IOException also if a living client was closed, so that the figures are not of all.
     */
    public Run measure(
        final String name, final int round, final ChildProcess server, final int port, final LastLook last)
        throws IOException, InterruptedException
    {
        ProcFs.awaitFreePorts();
        final Run run = new Run(name, LOAD, round);
        final long detectionMs = TimeUnit.NANOSECONDS.toMillis(LOAD.cadence().detectionNs());
        final BeatPlan plan =
            new BeatPlan(port, settings.connections(), 1_000, 0, detectionMs, 0, false, false, true);
        try (ChildProcess clients = Processes.java(System.getProperty("java.class.path"),
            Processes.BEAT_CLIENT_FLAGS, BeatProcess.class, plan.words()))
        {
            clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
            Thread.sleep(settings.settleMs());
            clients.ask(BeatProcess.WINDOW, Processes.ANSWER_WAIT_MS);
            final Look before = look(server);
            Thread.sleep(LOAD.windowMs(settings.seconds()));
            final Look after = look(server);
            final String[] window = clients.ask(BeatProcess.WINDOW, Processes.ANSWER_WAIT_MS).split(" ");
            run.add(Run.ROUND_TRIP + " " + window[1]);
            putCosts(run.figures(), before, after);

            clients.ask(BeatProcess.SILENCE + " " + settings.silent() + " false", Processes.ANSWER_WAIT_MS);
            Thread.sleep(detectionMs + LAST_WAIT_MS);
            clients.ask(BeatProcess.DEATHS, Processes.ANSWER_WAIT_MS);
            clients.lines(ClientProcess.DONE, Processes.ANSWER_WAIT_MS).forEach(run::add);
            run.figures().put(Figure.OWN_STALLS, (double)(look(server).stalls - before.stalls));
            last.look();
        }
        if (run.figures().get(Figure.LIVING_CLOSED) > 0)
        {
            throw new IOException("living clients were closed: " + run.figures());
        }
        return run;
    }

    private static Look look(final ChildProcess server) throws IOException, InterruptedException
    {
        final String[] counts = server.ask(ServerProcess.COUNTS, Processes.ANSWER_WAIT_MS).split(" ");
        return new Look(System.nanoTime(), Long.parseLong(counts[HEARTBEATS]), Long.parseLong(counts[STALLS]),
            ThreadCosts.of(server.pid()));
    }

    private static void putCosts(final Map<Figure, Double> figures, final Look before, final Look after)
        throws IOException
    {
        final double ranNs = after.timeNs - before.timeNs;
        final double heartbeats = after.heartbeats - before.heartbeats;
        final Collection<ThreadCosts> threads = ThreadCosts.between(before.threads, after.threads).values();
        final List<ThreadCosts> serving =
            threads.stream().filter((thread) -> Contender.HEARTWHEEL.threadName().equals(thread.name())).toList();
        if (0 == heartbeats || serving.isEmpty())
        {
            throw new IOException(heartbeats + " heartbeats were read by " + serving.size() + " reactors");
        }
        final ThreadCosts reactor = ThreadCosts.sum(serving);
        figures.put(Figure.HEARTBEATS_PER_S, heartbeats / ranNs * 1e9);
        figures.put(Figure.CPU_US_PER_HEARTBEAT, ThreadCosts.sum(threads).cpuNs() / 1e3 / heartbeats);
        figures.put(Figure.REACTOR_US_PER_HEARTBEAT, reactor.cpuNs() / 1e3 / heartbeats);
        figures.put(Figure.WAKE_UPS_PER_HEARTBEAT, reactor.wakeUps() / heartbeats);
        figures.put(Figure.WAITED_PERCENT, 100 * reactor.waitedNs() / ranNs);
    }
}
