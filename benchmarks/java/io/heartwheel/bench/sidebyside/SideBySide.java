package io.heartwheel.bench.sidebyside;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.Load;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Measurement;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.Run;
import io.heartwheel.bench.plots.BarPlots;
import io.heartwheel.bench.servers.Contender;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares whole servers under the same loads, in turn, each in a process of its own. {@code benchmarks/README.md} says
 * what is measured and how.
 */
@Command(
    name = "SideBySide",
    description = "Puts whole servers under the same loads, in turn, and compares what they took.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class SideBySide extends BenchCommand
{

    private static final String AGAINST_SUFFIX = "@against";
    private static final String VARIANT_SUFFIX = "@variant";

    @Option(names = "--rounds", defaultValue = "5",
        description = "runs of each contender under each load; the table has their medians (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = {"-n", "--connections"}, defaultValue = "19000",
        description = "number of clients (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--seconds", defaultValue = "10",
        description = "time to count heartbeats for, at most 600 (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "5",
        description = "seconds of heartbeats before the clients come, 0 to 600 (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--settle", defaultValue = "5",
        description = "seconds to wait after all are connected, at most 600 (default: ${DEFAULT-VALUE})")
    private int settleSeconds;

    @Option(names = "--contenders", split = ",", defaultValue =
        "heartwheel,plain-nio,netty-nio,netty-epoll,netty-io_uring",
        description = "which, of ${DEFAULT-VALUE} (default: all), and of those of netty with our LivenessHandler: " +
            "netty-nio+heartwheel,netty-epoll+heartwheel,netty-io_uring+heartwheel")
    private List<String> contenders;

    @Option(names = "--loads", split = ",", defaultValue =
        "server-1s,server-10s,client-1s,all-silent,connect-storm,stall-6s,churn",
        description = "which, of ${DEFAULT-VALUE} (default: all)")
    private List<String> loads;

    @Option(names = "--against", paramLabel = "JAR",
        description = "benchmarks.jar of another commit, of which heartwheel runs too, as heartwheel" + AGAINST_SUFFIX)
    private Path against;

    @Option(names = "--variant", paramLabel = "FLAGS", split = " ",
        description = "JVM flags with which heartwheel runs too, as heartwheel" + VARIANT_SUFFIX +
            ", such as -Dheartwheel.coalesce=1ms")
    private List<String> variant;

    @Option(names = "--server-flags", split = " ",
        description = "JVM flags of all servers (default: ${DEFAULT-VALUE})")
    private List<String> serverFlags = Processes.SERVER_FLAGS;

    @Option(names = "--client-flags", split = " ",
        description = "JVM flags of the clients (default: ${DEFAULT-VALUE})")
    private List<String> clientFlags = Processes.CLIENT_FLAGS;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for what is found (default: ${DEFAULT-VALUE})")
    private Path out;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new SideBySide()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(rounds > 0 && connections > 0, "--rounds and --connections have to be at least 1");
        require(seconds > 0 && seconds <= 600, "--seconds=" + seconds + ": expected 1 to 600");
        require(warmUpSeconds >= 0 && warmUpSeconds <= 600, "--warm-up=" + warmUpSeconds + ": expected 0 to 600");
        require(settleSeconds > 0 && settleSeconds <= 600, "--settle=" + settleSeconds + ": expected 1 to 600");
        final List<Entry> entries = entries();
        final List<Load> chosen = loads();
        Files.createDirectories(out);

        final Results results = new Results(facts());
        final Measurement measurement = new Measurement(
            new Measurement.Settings(
                connections, 100, warmUpSeconds, settleSeconds, seconds, serverFlags, clientFlags));
        final int total = rounds * chosen.size() * entries.size();
        int done = 0;
        for (int round = 1; round <= rounds; round++)
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
                }
                results.write(out);
            }
        }
        BarPlots.write(out);
        spec.commandLine().getOut().println(results.markdown());
        return results.hasFailures() ? 1 : 0;
    }

    private List<Entry> entries()
    {
        final String classPath = System.getProperty("java.class.path");
        final List<Entry> entries = new ArrayList<>();
        try
        {
            for (final String name : contenders)
            {
                entries.add(new Entry(name, Contender.of(name), classPath, List.of()));
            }
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        if (null != against)
        {
            require(Files.isReadable(against), "--against=" + against + ": no such file");
            entries.add(new Entry(
                Contender.HEARTWHEEL + AGAINST_SUFFIX, Contender.HEARTWHEEL, against.toString(), List.of()));
        }
        if (null != variant)
        {
            entries.add(
                new Entry(Contender.HEARTWHEEL + VARIANT_SUFFIX, Contender.HEARTWHEEL, classPath, variant));
        }
        return entries;
    }

    private List<Load> loads()
    {
        try
        {
            final List<Load> chosen = loads.stream().map(Load::of).toList();
            chosen.forEach((load) -> require(!load.isOnlyOfBeats(), "--loads=" + load + ": Beats makes it"));
            return chosen;
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
        facts.put("flags of Netty besides", String.join(" ", Contender.NETTY_NIO.flags()));
        facts.put("client flags", String.join(" ", clientFlags));
        facts.put("connections", Integer.toString(connections));
        facts.put("seconds", seconds + ", after " + warmUpSeconds + " to warm up and " + settleSeconds + " to settle");
        facts.put("rounds", Integer.toString(rounds));
        if (null != against)
        {
            facts.put("against", against.toString());
        }
        if (null != variant)
        {
            facts.put("variant", String.join(" ", variant));
        }
        return facts;
    }
}
