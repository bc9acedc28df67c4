package io.heartwheel.bench.fleet;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.harness.ServerProcess;
import io.heartwheel.bench.harness.WindowMeasurement;
import io.heartwheel.fleet.redis.RedisServer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server does for its clients while the registry of its fleet is healthy, stopped, refuses to be connected to,
 * and while there is no fleet at all: windows in turn. Its clients come, speak and fall silent within each.
 */
@Command(
    name = "FleetReactor",
    description = "Measures the reactor of a server of a fleet, whatever its registry does.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class FleetReactor extends BenchCommand
{
    /** Short, so that a registry that is away is noticed soon. */
    private static final String LEASE = "PT3S";
    private static final int SILENT_PART = 20;
    private static final long STATE_WAIT_MS = 60_000;
    private static final int STATE = 0;
    private static final int WAITING = 1;
    private static final int FAILED = 2;

    @Option(names = {"-n", "--connections"}, defaultValue = "9000",
        description = "number of clients (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--rounds", defaultValue = "2",
        description = "each with servers and a Redis of its own (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--turns", defaultValue = "2",
        description = "windows of each kind in a round (default: ${DEFAULT-VALUE})")
    private int turns;

    @Option(names = "--seconds", defaultValue = "6",
        description = "to count heartbeats for (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--settle", paramLabel = "MS", defaultValue = "1500",
        description = "to wait after all are connected (default: ${DEFAULT-VALUE})")
    private int settleMs;

    @Option(names = "--warm-up", defaultValue = "4",
        description = "seconds of heartbeats before, and a window that does not count; 0 for neither (default: " +
            "${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
        description = "property of Heartwheel, for both servers; may be repeated")
    private List<String> properties = new ArrayList<>();

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for fleet-reactor.md (default: ${DEFAULT-VALUE})")
    private Path out;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new FleetReactor()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(connections >= SILENT_PART, "--connections=" + connections + ": expected at least " + SILENT_PART);
        require(rounds > 0 && turns > 0 && seconds > 0, "--rounds, --turns and --seconds have to be at least 1");
        Files.createDirectories(out);
        final FleetReactorReport report = new FleetReactorReport(String.join(" ", flags()));
        final Path page = out.resolve("fleet-reactor.md");
        for (int round = 1; round <= rounds; round++)
        {
            measure(round, report);
            Files.writeString(page, report.page(Machine.facts(), connections, connections / SILENT_PART, seconds));
        }
        spec.commandLine().getOut().println(Files.readString(page));
        return 0;
    }

    private void measure(final int round, final FleetReactorReport report) throws IOException, InterruptedException
    {
        try (RedisServer redis = RedisServer.launch(List.of());
            ChildProcess fleet = server("redis://127.0.0.1:" + redis.port(), LEASE);
            ChildProcess plain = server())
        {
            final int fleetPort = portOnceWarm(fleet);
            final int plainPort = portOnceWarm(plain);
            if (warmUpSeconds > 0)
            {
                measure(round, Registry.HEALTHY, redis, fleet, fleetPort);
                measure(round, Registry.NONE, redis, plain, plainPort);
            }
            final Registry[] all = Registry.values();
            for (int i = 0; i < turns * all.length; i++)
            {
                // Each turn and each round begins with another one.
                final Registry registry = all[(i + i / all.length + round) % all.length];
                tell("round %d, window %d of %d: %s", round, i + 1, turns * all.length, registry);
                final boolean isNone = Registry.NONE == registry;
                report.add(measure(round, registry, redis, isNone ? plain : fleet, isNone ? plainPort : fleetPort));
            }
        }
    }

    private ChildProcess server(final String... arguments) throws IOException
    {
        return Processes.java(System.getProperty("java.class.path"), flags(), FleetServerProcess.class,
            List.of(arguments));
    }

    private List<String> flags()
    {
        final List<String> flags = new ArrayList<>(Processes.BEAT_SERVER_FLAGS);
        properties.forEach((property) -> flags.add("-D" + property));
        return flags;
    }

    private int portOnceWarm(final ChildProcess server) throws IOException, InterruptedException
    {
        final String[] ports = server.line(ServerProcess.LISTENING, Processes.START_WAIT_MS).split(" ");
        if (warmUpSeconds > 0)
        {
            Processes.warmUp(Processes.CLIENT_FLAGS, Integer.parseInt(ports[1]), warmUpSeconds, false);
        }
        server.ask(ServerProcess.WARM, Processes.ANSWER_WAIT_MS);
        return Integer.parseInt(ports[0]);
    }

    private FleetReactorReport.Window measure(
        final int round,
        final Registry registry,
        final RedisServer redis,
        final ChildProcess server,
        final int port)
        throws IOException, InterruptedException
    {
        awaitState(server, Registry.NONE == registry ? registry : Registry.HEALTHY);
        registry.begin(redis);
        try
        {
            final String[] before = awaitState(server, registry);
            final String[] after = new String[before.length];
            final Run run = new WindowMeasurement(new WindowMeasurement.Settings(
                connections, connections / SILENT_PART, settleMs, seconds)).measure(registry.toString(), round, server,
                port, () -> System.arraycopy(fleetOf(server), 0, after, 0, after.length));
            if (!after[STATE].equals(registry.state()))
            {
                throw new IOException(registry + ", but the lease is " + after[STATE]);
            }
            return new FleetReactorReport.Window(run, after[STATE], Integer.parseInt(after[WAITING]),
                Long.parseLong(after[FAILED]) - Long.parseLong(before[FAILED]));
        }
        finally
        {
            registry.end(redis);
        }
    }

    /** Nobody is connected, and the server knows how the registry is. */
    private static String[] awaitState(final ChildProcess server, final Registry registry)
        throws IOException, InterruptedException
    {
        for (long leftMs = STATE_WAIT_MS; leftMs > 0; leftMs -= 20)
        {
            final String[] fleet = fleetOf(server);
            if (registry.state().equals(fleet[STATE]) && "0".equals(fleet[WAITING]) &&
                "0".equals(server.ask(ServerProcess.OPEN, Processes.ANSWER_WAIT_MS)))
            {
                return fleet;
            }
            Thread.sleep(20);
        }
        throw new IOException("the server does not come to rest with its registry " + registry);
    }

    private static String[] fleetOf(final ChildProcess server) throws IOException, InterruptedException
    {
        return server.ask(FleetServerProcess.FLEET, Processes.ANSWER_WAIT_MS).split(" ");
    }
}
