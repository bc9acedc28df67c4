package io.heartwheel.bench.hops;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.Machine;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Runs a fleet of real processes, whose clients hop while nodes and registry fail, and checks what the registry said.
 * {@code benchmarks/README.md} says what is checked and how.
 */
@Command(
    name = "Hops",
    description = "Runs nodes, Redis and HAProxy, lets clients hop while these fail, and checks the registry.",
    footer = "Exit code: 0 if all was right, else 1, with a line for each violation.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Hops extends BenchCommand
{
    private static final long LEASE_MS = 10_000;
    private static final long REST_MS = 6_000;
    private static final long MESSAGE_WAIT_MS = 3_000;
    private static final long SWEEP_WAIT_MS = 16_000;
    private static final long DOWN_MS = 3_000;
    private static final int AWAY_ONE_IN = 10;
    private static final int COME_PER_SECOND = 1_500;

    @Option(names = "--nodes", defaultValue = "3", description = "nodes of the fleet (default: ${DEFAULT-VALUE})")
    private int nodes;

    @Option(names = {"-n", "--connections"}, defaultValue = "6000",
        description = "clients, each with an identity (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--hops", defaultValue = "400", description = "hops a second (default: ${DEFAULT-VALUE})")
    private int hopsPerSecond;

    @Option(names = "--seconds", defaultValue = "20",
        description = "of hops in each phase, besides the fault's own time (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--phases", split = ",",
        description = "in turn, of ${COMPLETION-CANDIDATES} (default: all)")
    private List<Fault> phases = Arrays.asList(Fault.values());

    @Option(names = "--plant", defaultValue = "NONE",
        description = "a wrong deed for the checker to find: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Planted planted;

    @Option(names = "--seed", defaultValue = "1", description = "draws who hops where (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for what is found (default: ${DEFAULT-VALUE})")
    private Path out;

    private final List<PhaseResult> results = new ArrayList<>();
    private FleetProcesses processes;
    private Hoppers hoppers;
    private HopChecker checker;
    private RegistryWatch watch;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new Hops()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(nodes > 1 && connections > 0 && hopsPerSecond > 0 && seconds > 0,
            "at least two nodes, and one of all others");
        Files.createDirectories(out);
        try (FleetProcesses fleet = new FleetProcesses(nodes);
            Hoppers clients = new Hoppers(connections, fleet.entries(), new Random(seed)))
        {
            processes = fleet;
            tell("nodes and balancer: %s", fleet.entries());
            hoppers = clients;
            checker = new HopChecker(clients.all());
            checker.excuseBegins();
            try (RegistryWatch reading = new RegistryWatch(fleet, checker))
            {
                watch = reading;
                hoppers.come(COME_PER_SECOND);
                checker.excuseEnds();
                for (final Fault fault : phases)
                {
                    run(fault);
                }
            }
        }
        checker.onEnd();
        report();
        return 0 == checker.violationCount() ? 0 : 1;
    }

    private void run(final Fault fault) throws IOException, InterruptedException
    {
        tell("%s", fault);
        final PhaseResult result = new PhaseResult(fault);
        results.add(result);
        checker.phase(result);
        final long hopsBefore = hoppers.hops();
        try (Planter planter = new Planter(planted, processes, hoppers.all()))
        {
            planter.start();
            hop(seconds * 500L);
            happen(fault);
            hop(seconds * 500L);
        }
        result.hops(hoppers.hops() - hopsBefore);
        rest();
        tell("%s", result.row().strip());
    }

    private void hop(final long forMs) throws InterruptedException
    {
        hoppers.hop(hopsPerSecond, forMs);
    }

    private void happen(final Fault fault) throws IOException, InterruptedException
    {
        switch (fault)
        {
            case NONE -> hop(0);
            case NODE_KILLED ->
            {
                hoppers.stayAway(AWAY_ONE_IN);
                processes.killNode(0);
                hop(DOWN_MS);
                hoppers.stayAway(0);
                hop(SWEEP_WAIT_MS);
                processes.startNode(0);
                hoppers.come(COME_PER_SECOND);
            }
            case NODE_STOPPED ->
            {
                checker.excuseBegins();
                processes.signalNode(1, "STOP");
                hop(LEASE_MS * 5 / 2);
                processes.signalNode(1, "CONT");
                checker.excuseEnds();
            }
            case ENGINE_STOPPED ->
            {
                checker.excuseBegins();
                processes.signalEngine("STOP");
                hop(LEASE_MS * 3 / 2);
                processes.signalEngine("CONT");
                checker.excuseEnds();
            }
            default ->
            {
                checker.excuseBegins();
                processes.killEngine(Fault.ENGINE_EMPTIED == fault);
                hop(DOWN_MS);
                processes.startEngine();
                checker.excuseEnds();
            }
        }
    }

    private void rest() throws InterruptedException
    {
        Thread.sleep(REST_MS);
        final int sent = watch.sendToAll("at rest".getBytes(StandardCharsets.US_ASCII));
        Thread.sleep(MESSAGE_WAIT_MS);
        checker.onRest(sent);
    }

    private void report() throws IOException
    {
        final StringBuilder text = new StringBuilder("# A fleet whose clients hop\n\n");
        Machine.facts().forEach((name, value) ->
            text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append(String.format("- nodes: %d, clients: %,d, seed: %d, hops a second: %d%n%n",
            nodes, connections, seed, hopsPerSecond));
        text.append(PhaseResult.header());
        results.forEach((result) -> text.append(result.row()));
        text.append(String.format("%n%,d hops, %d violations.%n", hoppers.hops(), checker.violationCount()));
        checker.violations().forEach((violation) -> text.append("- ").append(violation).append('\n'));
        if (!checker.histories().isEmpty())
        {
            final List<String> lines = new ArrayList<>();
            checker.histories().forEach((each) ->
            {
                lines.add(each.getKey());
                each.getValue().forEach((event) -> lines.add("    " + event));
            });
            final Path file = out.resolve("fleet-hops-histories.txt");
            Files.write(file, lines);
            text.append("\nThe shortest history of one of them, in seconds from and to (more in ").append(file)
                .append("):\n\n    ").append(String.join("\n    ", checker.histories().get(0).getValue())).append('\n');
        }
        spec.commandLine().getOut().println(text);
        if (Planted.NONE == planted)
        {
            Files.writeString(out.resolve("fleet-hops.md"), text);
        }
    }
}
