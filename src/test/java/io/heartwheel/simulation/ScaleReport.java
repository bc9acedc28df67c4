package io.heartwheel.simulation;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Formats the results of fleets of several sizes as Markdown.
 */
final class ScaleReport
{
    private static final String HEADER =
        "| connections | liveness state, B each | all state of ours, B each | whole process, simulation included, B " +
        "each | wall ms per virtual s | of it reactor ms | reactor µs per read | reads per virtual s | " +
        "probes | stalls | verdicts | false | missed | lateness p50 / p99 / max, ms |\n" +
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";

    private final List<ScaleResult> results;
    private final String virtualTime;
    private final long seed;

    ScaleReport(final List<ScaleResult> results, final String virtualTime, final long seed)
    {
        this.results = results;
        this.virtualTime = virtualTime;
        this.seed = seed;
    }

    String table()
    {
        final StringBuilder text = new StringBuilder(HEADER);
        results.forEach(result -> text.append(row(result)));
        return text.toString();
    }

    private static String row(final ScaleResult result)
    {
        final Footprint footprint = result.footprint();
        final ScaleResult.Load load = result.load();
        final double connections = result.connections();
        final Histogram lateness = result.lateness();
        return String.format(Locale.ROOT,
            "| %,d | %.1f | %.1f | %,.0f | %.2f | %.2f | %.2f | %,.0f | %,d | %d | %,d | %d | %d | " +
            "%.1f / %.1f / %.1f |%n",
            result.connections(), footprint.livenessBytes() / connections, footprint.stateBytes() / connections,
            footprint.heapBytes() / connections, load.wallMsPerSecond(), load.reactorMsPerSecond(),
            load.reactorNs() / 1e3 / load.heard(), load.heard() / load.seconds(), load.probes(), result.stalls(),
            result.verdicts(), result.falseVerdicts(), result.missed(), lateness.getValueAtPercentile(50) / 1e6,
            lateness.getValueAtPercentile(99) / 1e6, lateness.getMaxValue() / 1e6);
    }

    /**
     * The table with all that is needed to read it and to repeat it.
     */
    String page()
    {
        return "# Scale: the server on the simulated network\n\n" +
            virtualTime + " of virtual time for each size, seed " + seed + ". 10 % of the connections are watched " +
            "by STRICT, 40 % by STANDARD, 25 % by 60 s / 10 s / 3, 20 % by 300 s / 30 s / 3, and 5 % passively by " +
            "60 s, with a PING of their own each 20 s. One in 1,000 falls silent at a random time, half of these " +
            "by a cut. Each 30 to 90 s the reactor is kept from its work for 0.2 to 3 s.\n\n" +
            table() + "\n" +
            "- Liveness state: the arrays of tracker, wheel and connection table, unused room included. Capacity " +
            "grows by an eighth, so it is 56 to 63 B. The wheel's " +
            results.get(0).footprint().spokeBytes() + " B of spokes, the same at any size, are left out.\n" +
            "- All state of ours: that, and each connection with what it has to send; the JDK's channel, key and " +
            "address are left out. Both are counted object by object when all are connected.\n" +
            "- Reactor: wall time less that of the simulation's events and of the waiting in its selects; reads " +
            "and writes of simulated channels, in place of system calls, count as the reactor's. Measured from " +
            "when all are connected; collections of garbage included.\n" +
            "- Lateness is virtual: a select takes 100 µs of it, all else nothing.\n\n" +
            "Machine: " + machine() + ". JDK " + Runtime.version() + " (" + System.getProperty("java.vm.name") +
            ", " + String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()) + "). Commit " +
            commit() + ".\n\n" +
            "![time per virtual second and memory, against connections](scale.svg)\n";
    }

    private static String machine()
    {
        String model = System.getProperty("os.arch");
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo")))
        {
            model = lines.filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst(".*:\\s*", "")).findFirst().orElse(model);
        }
        catch (final IOException ex)
        {
            // Elsewhere than on Linux the architecture has to do.
        }
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + ", " +
            Runtime.getRuntime().availableProcessors() + " processors, " + model;
    }

    private static String commit()
    {
        try
        {
            final Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude", "*")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            final String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return commit.isEmpty() ? "unknown" : commit;
        }
        catch (final IOException ex)
        {
            return "unknown";
        }
    }
}
