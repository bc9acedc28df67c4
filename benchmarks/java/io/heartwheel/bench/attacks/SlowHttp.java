package io.heartwheel.bench.attacks;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.ClientProcess;
import io.heartwheel.bench.harness.Figure;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.ProcFs;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.harness.RunOptions;
import io.heartwheel.bench.harness.ServerProcess;
import io.heartwheel.bench.servers.Contender;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures what honest WebSocket clients notice while the program slowhttptest attacks the opening of WebSockets at the
 * same server, in each of its ways in turn.
 */
@Command(
    name = "SlowHttp",
    description = "Has slowhttptest attack a server of WebSocket, and tells what its honest clients feel.",
    footer = "Exit code: 0 if no living honest client was closed, else 1.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class SlowHttp extends BenchCommand
{
    private static final int PING_MS = 1_000;
    private static final int SILENT_PART = 40;
    private static final int CONNECTS_PER_S = 500;
    private static final long REPORT_WAIT_MS = 60_000;
    private static final long LAST_WAIT_MS = 3_000;
    private static final long BEFORE_END_MS = 500;
    private static final String TIMEOUT_FLAG = "-Dheartwheel.handshake.timeout=5s";
    private static final Pattern STATE = Pattern.compile("(connected|error|closed|service available): +(\\w+)");
    private static final List<Figure> FELT = List.of(
        Figure.ROUND_TRIP_P50_MS, Figure.ROUND_TRIP_P99_MS, Figure.LATENESS_P99_MS, Figure.LATENESS_MAX_MS,
        Figure.LIVING_CLOSED, Figure.SILENT_MISSED, Figure.SILENT_EARLY);

    /** The ways of slowhttptest, and one without it. */
    private static final Map<String, List<String>> WAYS = ways();

    @Option(names = {"-n", "--connections"}, defaultValue = "10000",
        description = "honest clients, each with a PING a second (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--attackers", defaultValue = "1000",
        description = "connections of slowhttptest (default: ${DEFAULT-VALUE})")
    private int attackers;

    @Option(names = "--seconds", defaultValue = "10",
        description = "time of each attack before some honest clients fall silent, 1 to 600 " +
            "(default: ${DEFAULT-VALUE})")
    private int seconds;

    @Mixin
    private RunOptions options;

    private final Map<String, Run> honest = new LinkedHashMap<>();
    private final Map<String, String> closes = new LinkedHashMap<>();
    private final Map<String, String> seen = new LinkedHashMap<>();

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new SlowHttp()).execute(args));
    }

    private static Map<String, List<String>> ways()
    {
        final Map<String, List<String>> ways = new LinkedHashMap<>();
        ways.put("none", null);
        ways.put("-H, slow headers", List.of("-H", "-t", "GET", "-i", "1", "-x", "24"));
        ways.put("-B, slow body", List.of("-B", "-i", "1", "-s", "8192", "-x", "24"));
        ways.put("-X, slow read", List.of("-X", "-w", "10", "-y", "20", "-n", "1", "-z", "5"));
        return ways;
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(connections > 0 && attackers > 0, "at least 1 client and attacker");
        require(seconds > 0 && seconds <= 600, "--seconds=" + seconds + ": expected 1 to 600");
        options.begin();
        for (final Map.Entry<String, List<String>> way : WAYS.entrySet())
        {
            tell("%s", way.getKey());
            measure(way.getKey(), way.getValue());
            tell("    %s", honest.get(way.getKey()).figures());
            Files.writeString(options.out().resolve("slowhttptest.md"), markdown());
        }
        spec.commandLine().getOut().println(markdown());
        return honest.values().stream().allMatch((run) -> 0 == run.figures().getOrDefault(Figure.LIVING_CLOSED, 1.0)) ?
            0 : 1;
    }

    private void measure(final String name, final List<String> way) throws IOException, InterruptedException
    {
        final Run run = new Run(name, Load.CLIENT_1S, 1);
        honest.put(name, run);
        final List<String> flags = new ArrayList<>(Processes.SERVER_FLAGS);
        flags.add(TIMEOUT_FLAG);
        final long detectionMs = TimeUnit.NANOSECONDS.toMillis(Load.CLIENT_1S.cadence().detectionNs());
        final long attackMs = seconds * 1_000L + detectionMs + LAST_WAIT_MS;
        ProcFs.awaitFreePorts();
        try (ChildProcess server = Processes.server(Contender.HEARTWHEEL_WEBSOCKET,
            System.getProperty("java.class.path"), flags, Load.CLIENT_1S.cadence()))
        {
            final String port = options.portOnceWarm(server, true);
            try (ChildProcess clients = Processes.clients(Processes.CLIENT_FLAGS, List.of(
                ClientProcess.WEBSOCKET_SWARM, port, Integer.toString(connections), Integer.toString(PING_MS),
                Integer.toString(Math.max(1, connections / SILENT_PART)), Long.toString(seconds * 1_000L),
                Long.toString(attackMs), Long.toString(detectionMs))))
            {
                clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
                final long startNs = System.nanoTime();
                seen.put(name, null == way ? "" : attack(way, port, attackMs));
                final long ranMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
                Thread.sleep(Math.max(0, attackMs - BEFORE_END_MS - ranMs));
                // As it is now: at its end the swarm resets all its connections.
                closes.put(name, server.ask(ServerProcess.CLOSES, Processes.ANSWER_WAIT_MS));
                final List<String> lines = clients.lines(ClientProcess.DONE, REPORT_WAIT_MS);
                lines.forEach(run::add);
            }
        }
    }

    /**
     * Let it attack, until shortly before the honest clients end.
     *
     * @return what it says that it saw at its end.
     */
    private String attack(final List<String> way, final String port, final long attackMs)
        throws IOException, InterruptedException
    {
        final List<String> command = new ArrayList<>(List.of("slowhttptest"));
        command.addAll(way);
        command.addAll(List.of("-c", Integer.toString(attackers), "-r", Integer.toString(CONNECTS_PER_S),
            "-l", Long.toString(TimeUnit.MILLISECONDS.toSeconds(attackMs) - 1), "-p", "3",
            "-u", "http://127.0.0.1:" + port + "/"));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        final Map<String, String> last = new LinkedHashMap<>();
        for (final Matcher state = STATE.matcher(text.replaceAll("\u001B\\[[0-9;]*[a-zA-Z]", "")); state.find();)
        {
            last.put(state.group(1), state.group(2));
        }
        return last.toString().replaceAll("[{}]", "").replace("=", " ");
    }

    private String markdown()
    {
        final StringBuilder text = new StringBuilder("# slowhttptest against the opening of WebSockets\n\n");
        final Map<String, String> facts = new LinkedHashMap<>(Machine.facts());
        facts.put("server flags", String.join(" ", Processes.SERVER_FLAGS) + " " + TIMEOUT_FLAG);
        facts.put("honest", connections + " WebSocket clients, each with a PING a second, gone after 4 s of silence; " +
            Math.max(1, connections / SILENT_PART) + " fall silent after " + seconds + " s");
        facts.put("slowhttptest", attackers + " connections, " + CONNECTS_PER_S + " a second, for as long");
        WAYS.forEach((name, way) ->
        {
            if (null != way)
            {
                facts.put(name, "`slowhttptest " + String.join(" ", way) + "`");
            }
        });
        facts.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\n| attack |");
        FELT.forEach((figure) -> text.append(' ').append(figure.title()).append(" |"));
        text.append(" what slowhttptest saw at its end | ends at the server, all together |\n|---|")
            .append("---:|".repeat(FELT.size())).append("---|---|\n");
        honest.forEach((name, run) ->
        {
            text.append("| ").append(name).append(" |");
            FELT.forEach((figure) -> text.append(run.figures().containsKey(figure) ?
                String.format(Locale.ROOT, " %,." + figure.digits() + "f |", run.figures().get(figure)) : " - |"));
            text.append(' ').append(seen.get(name)).append(" | ").append(closes.get(name)).append(" |\n");
        });
        return text.toString();
    }
}
