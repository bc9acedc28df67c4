package io.heartwheel.simulation;

import io.heartwheel.cli.ProgressBar;
import io.heartwheel.config.Durations;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Measures how memory and work of a server grow with the number of its connections. The simulated network allows for
 * more connections than a machine has ports, and for hours of virtual time in minutes. Every verdict is checked.
 */
@Command(
    name = "scale",
    description = "Runs the server with ever more simulated connections, and reports its memory, work and verdicts.",
    footer = "Exit code: 0 if every verdict was right, 1 if not, 2 for wrong arguments.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ScaleRun implements Callable<Integer>
{
    private static final long SECOND = 1_000_000_000L;
    private static final int WRONG = 1;

    @Option(names = {"-n", "--connections"}, paramLabel = "N", split = ",",
        defaultValue = "1000,10000,100000,1000000",
        description = "sizes to run one after the other (default: ${DEFAULT-VALUE})")
    private List<Integer> connections;

    @Option(names = "--virtual", paramLabel = "TIME", defaultValue = "1h",
        description = "virtual time of each run (default: ${DEFAULT-VALUE})")
    private String virtual;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1",
        description = "the same seed runs the same (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "benchmarks/results",
        description = "where scale.md and scale.svg are written (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private ScaleRun()
    {
    }

    /**
     * Run, and exit with its code.
     */
    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new ScaleRun()).execute(args));
    }

    @Override
    public Integer call() throws IOException
    {
        final long durationNs = durationNs();
        final PrintWriter err = spec.commandLine().getErr();
        final List<ScaleResult> results = new ArrayList<>();
        for (final int size : connections)
        {
            final ProgressBar bar = new ProgressBar(err,
                String.format(Locale.ROOT, "%,d connections, virtual seconds", size), ProgressBar.isErrTerminal());
            results.add(new Fleet(size, durationNs, seed).run(
                doneNs -> bar.show((int)(doneNs / SECOND), (int)(durationNs / SECOND))));
            bar.end();
            // After each, so that what was seen is kept if a larger one does not come to its end.
            final ScaleReport report = new ScaleReport(results, Durations.text(durationNs), seed);
            Files.createDirectories(out);
            Files.writeString(out.resolve("scale.md"), report.page());
            ScalePlot.write(results, out.resolve("scale.svg"));
        }
        final PrintWriter print = spec.commandLine().getOut();
        print.print(new ScaleReport(results, Durations.text(durationNs), seed).table());
        results.forEach(result -> result.faults().forEach(fault -> print.println("WRONG: " + fault)));
        print.flush();
        return results.stream().allMatch(result -> result.faults().isEmpty()) ? 0 : WRONG;
    }

    private long durationNs()
    {
        try
        {
            final long durationNs = Durations.parseNs(virtual);
            if (durationNs < 60 * SECOND)
            {
                throw new IllegalArgumentException("--virtual: a minute is the least");
            }
            return durationNs;
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }
}
