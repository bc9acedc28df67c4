package io.heartwheel.bench.reactors;

import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.Machine;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.bench.harness.RateMeasurement;
import io.heartwheel.bench.harness.RateMeasurement.Point;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Beats a second as they grow, for servers of one and of several reactors: how many there are when a part of the cores
 * is at work, clients and all. Each call adds a round to what the folder has.
 */
@Command(
    name = "Rates",
    description = "Measures servers of one and several reactors under ever more heartbeats a second.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Rates extends BenchCommand
{
    private static final String HEAD = "round,reactors,interval_ms,beats_per_s,machine_percent,server_percent," +
        "us_per_beat,wake_ups,p50_ms,p99_ms,spread";
    private static final int ROUND = 0;
    private static final int REACTORS = 1;
    private static final int BEATS = 3;
    private static final int MACHINE = 4;

    @Option(names = {"-n", "--connections"}, defaultValue = "19000",
        description = "number of clients (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--processes", defaultValue = "2", description = "of clients (default: ${DEFAULT-VALUE})")
    private int processes;

    @Option(names = "--reactors", split = ",", defaultValue = "1,2",
        description = "of each server (default: ${DEFAULT-VALUE})")
    private List<Integer> reactors;

    @Option(names = "--intervals", split = ",", paramLabel = "MS", defaultValue = "1000,500,400,330,280,240",
        description = "between two PINGs of a client, in turn (default: ${DEFAULT-VALUE})")
    private List<Integer> intervals;

    @Option(names = "--part", paramLabel = "PERCENT", defaultValue = "80",
        description = "of the cores at work, of which the rate is looked for (default: ${DEFAULT-VALUE})")
    private int part;

    @Option(names = "--seconds", defaultValue = "3",
        description = "to count heartbeats for (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--settle", paramLabel = "MS", defaultValue = "1500",
        description = "to wait after all are connected (default: ${DEFAULT-VALUE})")
    private int settleMs;

    @Option(names = "--warm-up", defaultValue = "5",
        description = "seconds of heartbeats before (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--out", defaultValue = "benchmarks/results",
        description = "folder for rates.csv and rates.md (default: ${DEFAULT-VALUE})")
    private Path out;

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new Rates()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        require(connections > 0 && processes > 0, "--connections and --processes have to be at least 1");
        require(seconds > 0, "--seconds=" + seconds + ": expected at least 1");
        Files.createDirectories(out);
        final Path csv = out.resolve("rates.csv");
        final List<String> lines = new ArrayList<>(Files.exists(csv) ? Files.readAllLines(csv) : List.of(HEAD));
        final int round = 1 + lines.stream().skip(1).mapToInt((line) -> Integer.parseInt(line.split(",")[ROUND]))
            .max().orElse(0);
        final RateMeasurement measurement = new RateMeasurement(
            new RateMeasurement.Settings(connections, processes, warmUpSeconds, settleMs, seconds));
        for (int i = 0; i < reactors.size(); i++)
        {
            // None is always first.
            final int count = reactors.get((i + round) % reactors.size());
            tell("round %d, %d reactors", round, count);
            final List<String> flags = new ArrayList<>(Processes.BEAT_SERVER_FLAGS);
            flags.add("-Dheartwheel.reactors=" + count);
            for (final Point point : measurement.measure(flags, intervals))
            {
                lines.add(line(round, count, point));
                tell("    %s", lines.get(lines.size() - 1));
            }
            Files.write(csv, lines);
        }
        final String text = markdown(lines.subList(1, lines.size()));
        Files.writeString(out.resolve("rates.md"), text);
        spec.commandLine().getOut().println(text);
        return 0;
    }

    private static String line(final int round, final int reactors, final Point point)
    {
        return String.format(Locale.ROOT, "%d,%d,%d,%.0f,%.1f,%.1f,%.2f,%.3f,%.2f,%.2f,%s", round, reactors,
            point.intervalMs(), point.beatsPerS(), point.machinePercent(), point.serverPercent(), point.usPerBeat(),
            point.wakeUps(), point.roundTripP50Ms(), point.roundTripP99Ms(), point.spread());
    }

    private String markdown(final List<String> lines)
    {
        final StringBuilder text = new StringBuilder("# Beats a second as they grow\n\n");
        Machine.facts().forEach((name, value) ->
            text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append(String.format("- connections: %,d, from %d processes of clients on the same cores%n", connections,
            processes)).append("- server flags: ").append(String.join(" ", Processes.BEAT_SERVER_FLAGS)).append('\n');
        text.append(String.format("%n## At %d %% of the cores%n%nBetween the two rates around it, by round.%n%n" +
            "| reactors | beats per s, by round | median |%n|---:|---|---:|%n", part));
        for (final int count : reactors)
        {
            final double[] found = lines.stream().mapToInt((line) -> Integer.parseInt(line.split(",")[ROUND]))
                .distinct().mapToDouble((round) -> atPart(of(lines, round, count))).filter((rate) -> rate > 0)
                .sorted().toArray();
            text.append(String.format(Locale.ROOT, "| %d |", count));
            for (final double rate : found)
            {
                text.append(String.format(Locale.ROOT, " %,.0f", rate));
            }
            text.append(0 == found.length ? " not reached | - |\n" :
                String.format(Locale.ROOT, " | %,.0f |%n", median(found)));
        }
        text.append("\n## Every run\n\n| ").append(HEAD.replace('_', ' ').replace(",", " | ")).append(" |\n|")
            .append("---:|".repeat(HEAD.split(",").length)).append('\n');
        lines.forEach((line) -> text.append("| ").append(line.replace(",", " | ")).append(" |\n"));
        return text.toString();
    }

    private static double median(final double[] sorted)
    {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static List<String[]> of(final List<String> lines, final int round, final int reactors)
    {
        return lines.stream().map((line) -> line.split(","))
            .filter((words) -> round == Integer.parseInt(words[ROUND]) && reactors == Integer.parseInt(words[REACTORS]))
            .toList();
    }

    /** Where the part of the cores is crossed for the first time, or 0. */
    private double atPart(final List<String[]> points)
    {
        for (int i = 1; i < points.size(); i++)
        {
            final double below = Double.parseDouble(points.get(i - 1)[MACHINE]);
            final double above = Double.parseDouble(points.get(i)[MACHINE]);
            if (below < part && above >= part)
            {
                final double from = Double.parseDouble(points.get(i - 1)[BEATS]);
                final double to = Double.parseDouble(points.get(i)[BEATS]);
                return from + (to - from) * (part - below) / (above - below);
            }
        }
        return 0;
    }
}
