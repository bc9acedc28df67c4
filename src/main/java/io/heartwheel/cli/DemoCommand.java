package io.heartwheel.cli;

import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.config.Durations;
import io.heartwheel.host.FileLimit;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.swarm.Swarm;
import io.heartwheel.swarm.SwarmPlan;
import io.heartwheel.swarm.SwarmPlan.Deaths;
import io.heartwheel.swarm.SwarmReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code demo}: runs a server and a swarm in one process, over real loopback sockets. Some clients die. The
 * server has to detect each of these deaths with the right reason, and no other.
 */
@Command(
    name = "demo",
    description = "Runs a server and a swarm over loopback, lets some clients die, and compares the server's verdicts.",
    mixinStandardHelpOptions = true,
    versionProvider = Heartwheel.Version.class)
final class DemoCommand implements Callable<Integer>
{
    private static final Cadence CADENCE =
        new Cadence(TimeUnit.SECONDS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(500), 3);
    private static final int CLIENTS_MAX = 3_000;
    private static final int CLIENTS_PER_DEATH = 20;
    private static final long DEATHS_AT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long RUN_NS = TimeUnit.SECONDS.toNanos(7);

    /** File descriptors left for the jar, the selectors and the standard streams. */
    private static final int FILE_RESERVE = 64;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException
    {
        final PrintWriter out = spec.commandLine().getOut();
        // Both ends of each connection are in this process.
        final int clients = (int)Math.min(CLIENTS_MAX, (FileLimit.free() - FILE_RESERVE) / 2);
        final int each = clients / CLIENTS_PER_DEATH;
        final DemoVerdicts verdicts = new DemoVerdicts();
        final SwarmReport report;
        try (HeartbeatServer server = launch(verdicts))
        {
            out.printf(Locale.ROOT, "server on %s, cadence %s, %s, %d: gone after %s%n",
                server.localAddress(), Durations.text(CADENCE.idleNs()), Durations.text(CADENCE.intervalNs()),
                CADENCE.count(), Durations.text(CADENCE.detectionNs()));
            out.printf(Locale.ROOT, "%,d clients connect; after %s %d fall silent, %d close, %d reset ...%n",
                clients, Durations.text(DEATHS_AT_NS), each, each, each);
            out.flush();
            final Deaths deaths = new Deaths(each, each, each, DEATHS_AT_NS, 0, 1);
            report = new Swarm(new SwarmPlan(server.localAddress(), clients, 0, deaths, RUN_NS))
                .run(DemoCommand::ignoreProgress);
            return print(out, verdicts, report);
        }
        catch (final UncheckedIOException ex)
        {
            throw ex.getCause();
        }
    }

    private static void ignoreProgress(final int connected, final int total)
    {
    }

    private static HeartbeatServer launch(final DemoVerdicts verdicts)
    {
        return HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress("127.0.0.1", 0))
            .cadence(CADENCE)
            .listener(verdicts));
    }

    private static int print(final PrintWriter out, final DemoVerdicts verdicts, final SwarmReport report)
    {
        final List<String> faults = new ArrayList<>();
        out.print(verdicts.compare(report, faults));
        faults.addAll(report.faults());
        faults.forEach(fault -> out.println("WRONG: " + fault));
        out.println(faults.isEmpty() ?
            "Every client that died was found, with the right reason, and no living one was." :
            "Not every verdict was right.");
        out.flush();
        return faults.isEmpty() ? 0 : Heartwheel.FAILED;
    }
}
