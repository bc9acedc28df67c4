package io.heartwheel.bench.attacks;

import com.google.gson.GsonBuilder;
import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.ClientProcess;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.ProcFs;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.harness.RunOptions;
import io.heartwheel.bench.harness.ServerProcess;
import io.heartwheel.bench.plots.PercentilePlot;
import io.heartwheel.bench.servers.Contender;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what honest clients notice while others attack the same server. The attacks run in turn, each against a
 * server of its own. {@code benchmarks/README.md} says what is measured and how.
 */
@Command(
    name = "Attacks",
    description = "Attacks a server in many ways, in turn, and tells what its honest clients feel of each.",
    footer = "Exit code: 0 if no living honest client was closed, else 1.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Attacks extends BenchCommand
{
    private static final int PING_MS = 1_000;
    private static final int SILENT_PART = 40;
    private static final long REPORT_WAIT_MS = 60_000;
    /** After the last verdict is due, before the attack ends. */
    private static final long LAST_WAIT_MS = 1_500;
    private static final long AFTER_MS = 1_000;
    private static final int STALLS_INDEX = 2;

    @Option(names = {"-n", "--connections"}, defaultValue = "10000",
        description = "honest clients, each with a PING a second (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--attackers", defaultValue = "1000",
        description = "connections of attackers at a time (default: ${DEFAULT-VALUE})")
    private int attackers;

    @Option(names = "--connects", defaultValue = "1000",
        description = "most connects a second of all attackers together (default: ${DEFAULT-VALUE})")
    private int connects;

    @Option(names = "--seconds", defaultValue = "8",
        description = "time of each attack before some honest clients fall silent, while it goes on; at most 600 " +
            "(default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--attacks", split = ",", defaultValue = "none,ping-flood,hello-flood,empty-data-flood," +
        "unknown-type-flood,never-reads,half-frame,mute,slow-opening,fin-storm,reset-storm,oversized,malformed,none",
        description = "which, in this order (default: ${DEFAULT-VALUE})")
    private List<String> attacks;

    @Option(names = "--server-flags", split = " ",
        description = "JVM flags of the server (default: ${DEFAULT-VALUE})")
    private List<String> serverFlags = Processes.SERVER_FLAGS;

    @Mixin
    private RunOptions options;

    private final List<AttackRun> runs = new ArrayList<>();

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new Attacks()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(connections > 0 && attackers > 0 && connects > 0, "at least 1 client, attacker, connect a second");
        require(seconds > 0 && seconds <= 600, "--seconds=" + seconds + ": expected 1 to 600");
        final List<Attack> chosen = attacks();
        options.begin();
        for (final Attack attack : chosen)
        {
            // An address of its own for each: a client that closes by FIN leaves its port in TIME_WAIT for a minute.
            final String source = "127.0.0." + (2 + runs.size() % 250);
            tell("[%d/%d] %s", runs.size() + 1, chosen.size(), attack);
            final AttackRun run = measure(attack, source);
            tell("    %s", new GsonBuilder().create().toJson(run.toMap()));
            runs.add(run);
            write();
        }
        spec.commandLine().getOut().println(new AttackTables(facts(), runs).markdown());
        return runs.stream().anyMatch((run) -> run.livingClosed() > 0 || null != run.honest().failure()) ? 1 : 0;
    }

    private AttackRun measure(final Attack attack, final String source) throws InterruptedException
    {
        final AttackRun run = new AttackRun(attack);
        final List<String> flags = new ArrayList<>(serverFlags);
        flags.addAll(attack.serverFlags());
        final long detectionMs = Load.CLIENT_1S.cadence().idleNs() / 1_000_000;
        final long attackMs = seconds * 1_000L + detectionMs + LAST_WAIT_MS;
        try (ChildProcess server = Processes.server(
            attack.isWebSocket() ? Contender.HEARTWHEEL_WEBSOCKET : Contender.HEARTWHEEL,
            System.getProperty("java.class.path"), flags, Load.CLIENT_1S.cadence()))
        {
            final String port = options.portOnceWarm(server, attack.isWebSocket());
            try (ChildProcess hostile = Processes.java(System.getProperty("java.class.path"),
                    Processes.CLIENT_FLAGS, AttackProcess.class, List.of(attack.toString(), port, source,
                    Integer.toString(attack.attackersOf(attackers)), Integer.toString(connects)));
                ChildProcess honest = Processes.clients(Processes.CLIENT_FLAGS, List.of(
                    attack.isWebSocket() ? ClientProcess.WEBSOCKET_SWARM : ClientProcess.SWARM, port,
                    Integer.toString(connections), Integer.toString(PING_MS),
                    Integer.toString(Math.max(1, connections / SILENT_PART)), Long.toString(seconds * 1_000L),
                    Long.toString(attackMs + AFTER_MS), Long.toString(detectionMs))))
            {
                honest.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
                observe(run, server, hostile, attackMs);
                honest.lines(ClientProcess.DONE, REPORT_WAIT_MS).forEach(run.honest()::add);
            }
            return run;
        }
        catch (final IOException | RuntimeException ex)
        {
            return new AttackRun(attack, run.honest().failed(String.valueOf(ex.getMessage())), run.hostile(),
                run.server(), run.closes());
        }
    }

    private void observe(
        final AttackRun run, final ChildProcess server, final ChildProcess hostile, final long attackMs)
        throws IOException, InterruptedException
    {
        final long stalls = stalls(server);
        hostile.ask(AttackProcess.GO, Processes.ANSWER_WAIT_MS);
        final long startNs = System.nanoTime();
        final Map<String, Long> cpuBefore = ProcFs.cpuNs(server.pid());
        Thread.sleep(seconds * 1_000L);
        final long cpuNs = ProcFs.cpuNsBetween(cpuBefore, ProcFs.cpuNs(server.pid()));
        run.server().put(AttackRun.CPU_PERCENT, 100.0 * cpuNs / (System.nanoTime() - startNs));
        run.server().put(AttackRun.RSS_MB, ProcFs.rssBytes(server.pid()) / 1e6);

        Thread.sleep(attackMs - seconds * 1_000L);
        // As it is now: at its end the swarm resets all its connections.
        for (final String close : server.ask(ServerProcess.CLOSES, Processes.ANSWER_WAIT_MS).split(" "))
        {
            final int equals = close.indexOf('=');
            if (equals > 0)
            {
                run.closes().put(close.substring(0, equals), Long.parseLong(close.substring(equals + 1)));
            }
        }
        hostile.ask(AttackProcess.STOP, Processes.ANSWER_WAIT_MS);
        for (final String line : hostile.lines(ClientProcess.DONE, Processes.ANSWER_WAIT_MS))
        {
            final int space = line.lastIndexOf(' ');
            run.hostile().put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
        }
        run.server().put(AttackRun.STALLS, (double)(stalls(server) - stalls));
    }

    private static long stalls(final ChildProcess server) throws IOException, InterruptedException
    {
        return Long.parseLong(
            server.ask(ServerProcess.COUNTS, Processes.ANSWER_WAIT_MS).split(" ")[STALLS_INDEX]);
    }

    private void write() throws IOException
    {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("facts", facts());
        json.put("runs", runs.stream().map(AttackRun::toMap).toList());
        Files.writeString(options.out().resolve("attacks.json"),
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n");
        Files.writeString(options.out().resolve("attacks.md"), new AttackTables(facts(), runs).markdown());

        final Map<String, Histogram> roundTrips = new LinkedHashMap<>();
        for (final AttackRun run : runs)
        {
            if (run.honest().histograms().containsKey(Run.ROUND_TRIP))
            {
                roundTrips.computeIfAbsent(run.attack().toString(), (name) -> new Histogram(3))
                    .add(run.honest().histograms().get(Run.ROUND_TRIP));
            }
        }
        if (!roundTrips.isEmpty())
        {
            PercentilePlot.write(options.out().resolve("attacks-round-trip.svg"),
                "round trip of honest clients under attack", roundTrips);
        }
    }

    private List<Attack> attacks()
    {
        try
        {
            return attacks.stream().map(Attack::of).toList();
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
    }

    private Map<String, String> facts()
    {
        final Map<String, String> facts = new LinkedHashMap<>(Machine.facts());
        facts.put("server flags", String.join(" ", serverFlags));
        for (final Attack attack : Attack.values())
        {
            if (!attack.serverFlags().isEmpty())
            {
                facts.put("under " + attack + " besides", String.join(" ", attack.serverFlags()));
            }
        }
        facts.put("client flags", String.join(" ", Processes.CLIENT_FLAGS));
        facts.put("honest", connections + " clients, each with a PING a second, gone after 4 s of silence; " +
            Math.max(1, connections / SILENT_PART) + " fall silent");
        facts.put("attackers", attackers + " at a time, at most " + connects + " connects a second");
        facts.put("seconds", seconds + " of attack before that");
        return facts;
    }
}
