package io.heartwheel.bench.sidebyside;

import io.heartwheel.bench.harness.BeatMeasurement;
import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.servers.Contender;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Measures what a heartbeat costs each server, with clients that take little of the machine: the question that
 * {@link SideBySide} cannot answer, as a JVM full of clients shares its cores. {@code benchmarks/README.md} says how.
 */
@Command(
    name = "Beats",
    description = "Measures what a heartbeat costs each server beside clients that cost next to nothing.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Beats extends BenchCommand
{
    @Option(names = "--rounds", defaultValue = "5",
        description = "runs of each contender under each load (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--resume",
        description = "go on after the rounds that beats.json in the folder has, with the same options as before")
    private boolean isResumed;

    @Option(names = {"-n", "--connections"}, defaultValue = "19000",
        description = "number of clients (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--silent", defaultValue = "500",
        description = "clients that fall silent at once in a mass death (default: ${DEFAULT-VALUE})")
    private int silent;

    @Option(names = "--seconds", defaultValue = "10",
        description = "time to count heartbeats for, at most 600 (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "5",
        description = "seconds of heartbeats before the clients come, 0 to 600 (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--settle", defaultValue = "5",
        description = "seconds to wait after all are connected, 0 to 600 (default: ${DEFAULT-VALUE})")
    private int settleSeconds;

    @Option(names = "--contenders", split = ",", defaultValue =
        "heartwheel,plain-nio,netty-nio,netty-epoll,netty-io_uring",
        description = "which, of ${DEFAULT-VALUE} (default: these), and heartwheel-websocket,netty-nio-websocket, " +
            "whose clients speak WebSocket")
    private List<String> contenders;

    @Option(names = "--loads", split = ",", defaultValue = "server-1s,server-10s,client-1s,client-1s-random",
        description = "which, of ${DEFAULT-VALUE},mass-death,mass-death-together,mass-death-asked " +
            "(default: ${DEFAULT-VALUE})")
    private List<String> loads;

    @Option(names = "--against", paramLabel = "JAR",
        description = "benchmarks.jar of another commit, of which heartwheel runs too, as heartwheel@against")
    private Path against;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
        description = "system property of heartwheel, by either protocol, and its variants, such as " +
            "heartwheel.coalesce=1ms; repeatable")
    private List<String> properties = List.of();

    @Option(names = "--variant", paramLabel = "NAME:FLAG,FLAG",
        description = "JVM flags with which heartwheel runs too, as heartwheel@NAME, such as " +
            "calm:-Dheartwheel.coalesce=1ms; repeatable")
    private List<String> variants = List.of();

    @Option(names = "--seed", defaultValue = "1",
        description = "of the order in which clients have their turn under client-1s-random, not 0 " +
            "(default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--earlier", defaultValue = "0",
        description = "times that clients come and the load happens at the same server before it is measured, " +
            "0 to 10 (default: ${DEFAULT-VALUE})")
    private int earlier;

    @Option(names = "--churn", defaultValue = "0",
        description = "connections that end and are made anew, at random, before anything is measured, " +
            "0 to 1000000 (default: ${DEFAULT-VALUE})")
    private int churned;

    @Option(names = "--spin",
        description = "clients look at the clock all the time: each PING leaves in its microsecond, as from a " +
            "network, and the clients take a core")
    private boolean isSpinning;

    @Option(names = "--server-flags", split = " ",
        description = "JVM flags of all servers (default: ${DEFAULT-VALUE})")
    private List<String> serverFlags = Processes.BEAT_SERVER_FLAGS;

    @Option(names = "--client-flags", split = " ",
        description = "JVM flags of the clients (default: ${DEFAULT-VALUE})")
    private List<String> clientFlags = Processes.BEAT_CLIENT_FLAGS;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for what is found (default: ${DEFAULT-VALUE})")
    private Path out;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new Beats()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(rounds > 0 && connections > 0, "--rounds and --connections have to be at least 1");
        require(silent > 0, "--silent=" + silent + ": expected at least 1");
        require(seconds > 0 && seconds <= 600, "--seconds=" + seconds + ": expected 1 to 600");
        require(warmUpSeconds >= 0 && warmUpSeconds <= 600, "--warm-up=" + warmUpSeconds + ": expected 0 to 600");
        require(settleSeconds >= 0 && settleSeconds <= 600, "--settle=" + settleSeconds + ": expected 0 to 600");
        require(earlier >= 0 && earlier <= 10, "--earlier=" + earlier + ": expected 0 to 10");
        require(churned >= 0 && churned <= 1_000_000, "--churn=" + churned + ": expected 0 to 1000000");
        require(0 != seed, "--seed=0: expected another number");
        final List<Entry> entries = entries();
        final List<Load> chosen = named("--loads", loads, Load::of);
        chosen.forEach((load) -> require(load.isOfBeats(), "--loads=" + load + ": SideBySide makes it"));
        Files.createDirectories(out);

        final BeatResults results = new BeatResults(facts(), entries.stream().map(Entry::name).toList(), rounds);
        final BeatMeasurement measurement = new BeatMeasurement(new BeatMeasurement.Settings(connections, silent,
            warmUpSeconds, settleSeconds, seconds, seed, earlier, churned, isSpinning, clientFlags));
        final int roundsBefore = isResumed ? results.resume(out) : 0;
        final int total = rounds * chosen.size() * entries.size();
        int done = roundsBefore * chosen.size() * entries.size();
        for (int round = roundsBefore + 1; round <= rounds; round++)
        {
            for (final Load load : chosen)
            {
                for (int i = 0; i < entries.size(); i++)
                {
                    // No contender is always first, or always after the same one.
                    final Entry entry = entries.get((i + round - 1) % entries.size());
                    tell("[%d/%d] round %d, %s, %s", ++done, total, round, load, entry.name());
                    final Run run = measurement.measure(
                        entry.name(), entry.contender(), entry.classPath(), entry.flags(), load, round);
                    tell("    %s", null == run.failure() ? run.figures() : "FAILED: " + run.failure());
                    results.add(run);
                    results.write(out);
                }
            }
        }
        spec.commandLine().getOut().println(results.markdown());
        return results.hasFailures() ? 1 : 0;
    }

    private List<Entry> entries()
    {
        final String classPath = System.getProperty("java.class.path");
        final List<String> own = new ArrayList<>(serverFlags);
        properties.forEach((property) -> own.add("-D" + property));

        final List<Entry> entries = new ArrayList<>();
        for (final Contender contender : named("--contenders", contenders, Contender::of))
        {
            entries.add(new Entry(contender.toString(), contender, classPath,
                contender.isOwn() ? own : serverFlags));
        }
        if (null != against)
        {
            require(Files.isReadable(against), "--against=" + against + ": no such file");
            // What measures is of this commit, what is measured of the other: it comes first.
            entries.add(new Entry(Contender.HEARTWHEEL + "@against", Contender.HEARTWHEEL,
                against + File.pathSeparator + classPath, own));
        }
        for (final String variant : variants)
        {
            final int colon = variant.indexOf(':');
            require(colon > 0, "--variant=" + variant + ": expected NAME:FLAG,FLAG");
            final List<String> flags = new ArrayList<>(own);
            flags.addAll(List.of(variant.substring(colon + 1).split(",")));
            entries.add(new Entry(Contender.HEARTWHEEL + "@" + variant.substring(0, colon), Contender.HEARTWHEEL,
                classPath, flags));
        }
        require(entries.size() == entries.stream().map(Entry::name).distinct().count(), "two contenders of one name");
        return entries;
    }

    private <T> List<T> named(final String option, final List<String> names, final Function<String, T> byName)
    {
        try
        {
            return names.stream().map(byName).toList();
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), option + ": " + ex.getMessage());
        }
    }

    private Map<String, String> facts()
    {
        final Map<String, String> facts = new LinkedHashMap<>(Machine.facts());
        facts.put("server flags", String.join(" ", serverFlags));
        facts.put("flags of Netty besides", String.join(" ", Contender.NETTY_NIO.flags()));
        facts.put("flags of heartwheel besides", properties.isEmpty() ? "none" : "-D" + String.join(" -D", properties));
        variants.forEach((variant) -> facts.put("variant " + variant.split(":")[0], variant));
        if (null != against)
        {
            facts.put("against", against.toString());
        }
        facts.put("client flags", String.join(" ", clientFlags) + (isSpinning ? ", spinning" : ""));
        facts.put("connections", connections + ", of which " + silent + " fall silent in a mass death");
        facts.put("seed of client-1s-random", Long.toString(seed));
        facts.put("times that the same happened before", Integer.toString(earlier));
        facts.put("connections replaced at random before", Integer.toString(churned));
        facts.put("seconds", seconds + ", after " + warmUpSeconds + " to warm up and " + settleSeconds + " to settle");
        facts.put("rounds", Integer.toString(rounds));
        return facts;
    }
}
