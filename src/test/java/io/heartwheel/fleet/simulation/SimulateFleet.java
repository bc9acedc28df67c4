package io.heartwheel.fleet.simulation;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;

/**
 * Runs thousands of fleets on all cores until one fails. Then it prints the seed, and the shortest history that fails
 * in the same way.
 */
@Command(name = "simulate-fleet", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Runs nodes of a fleet against an engine that fails, one scenario per seed.")
public final class SimulateFleet implements Callable<Integer>
{
    @Option(names = {"-n", "--runs"}, defaultValue = "1000", paramLabel = "N",
        description = "scenarios to run (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--seed", paramLabel = "S", description = "seed of the first one; the others follow it " +
        "(default: a random one, which is printed)")
    private Long seed;

    @Spec
    private CommandSpec spec;

    private SimulateFleet()
    {
    }

    public static void main(final String... args)
    {
        System.exit(new CommandLine(new SimulateFleet()).execute(args));
    }

    @Override
    public Integer call()
    {
        if (runs < 1)
        {
            throw new CommandLine.ParameterException(spec.commandLine(), "--runs=" + runs + " is below 1");
        }
        final PrintWriter out = spec.commandLine().getOut();
        final long first = null == seed ? new SplittableRandom().nextLong() : seed;
        final long startNs = System.nanoTime();
        final OptionalLong failed = LongStream.range(first, first + runs).parallel()
            .filter((each) -> null != new FleetWorld(FleetScenario.of(each)).run()).findAny();
        out.printf(Locale.ROOT, "%,d scenarios from seed %d in %.1f s: %s%n",
            runs, first, (System.nanoTime() - startNs) / 1e9, failed.isEmpty() ? "no violation" : "VIOLATED");
        failed.ifPresent((each) -> tell(each, out));
        out.flush();
        return failed.isEmpty() ? 0 : 1;
    }

    /** Runs it once more: a seed says all. */
    private static void tell(final long seed, final PrintWriter out)
    {
        final FleetScenario scenario = FleetScenario.of(seed);
        final Throwable failure = new FleetWorld(scenario).run();
        out.println("--seed " + seed + " --runs 1: " + failure);
        if (null == failure)
        {
            out.println("...which did not come back: the simulation is not deterministic");
            return;
        }
        final FleetScenario smallest = FleetShrinker.shrink(scenario, failure);
        final FleetWorld shortest = new FleetWorld(smallest);
        shortest.run();
        out.printf("%n%s%nOf its %d steps these %d are enough:%n",
            smallest, scenario.steps().size(), smallest.steps().size());
        smallest.steps().forEach((step) -> out.println("  " + step));
        out.printf("%nWhat happens then:%n%s%n", shortest.history());
    }
}
