package io.heartwheel.simulation;

import io.heartwheel.cli.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs thousands of scenarios on all cores until one fails. Then it prints the seed, and the shortest history that
 * fails in the same way.
 */
@Command(name = "simulate", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Runs the real server and client in a simulated network, one scenario per seed.")
public final class Simulate implements Callable<Integer>
{
    private static final int PROGRESS_MS = 200;
    private static final int FRAMES_TOLD = 12;
    private static final int NONE = -1;

    @Option(names = {"-n", "--runs"}, defaultValue = "1000", paramLabel = "N",
        description = "scenarios to run (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--seed", paramLabel = "S", description = "seed of the first one; the others follow it " +
        "(default: a random one, which is printed)")
    private Long seed;

    @Option(names = "--threads", paramLabel = "N", description = "how many at a time (default: one for each core)")
    private Integer threads;

    @Spec
    private CommandSpec spec;

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger firstFailure = new AtomicInteger(NONE);
    private final AtomicLong virtualMs = new AtomicLong();

    private Simulate()
    {
    }

    public static void main(final String... args)
    {
        System.exit(new CommandLine(new Simulate()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException
    {
        final PrintWriter out = spec.commandLine().getOut();
        final long firstSeed = null == seed ? new SplittableRandom().nextLong() : seed;
        requireAtLeastOne("--runs", runs);
        final int threadCount = null == threads ? Runtime.getRuntime().availableProcessors() : threads;
        requireAtLeastOne("--threads", threadCount);
        final long startNs = System.nanoTime();
        runAll(firstSeed, threadCount);
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        out.printf(Locale.ROOT, "%,d scenarios from seed %d, %,.1f hours of virtual time, in %.1f s: %s%n",
            done.get(), firstSeed, virtualMs.get() / 3.6e6, seconds,
            NONE == firstFailure.get() ? "no violation" : "VIOLATED");
        if (NONE != firstFailure.get())
        {
            tell(firstSeed + firstFailure.get(), out);
        }
        out.flush();
        return NONE == firstFailure.get() ? 0 : 1;
    }

    private void requireAtLeastOne(final String option, final int value)
    {
        if (value < 1)
        {
            throw new CommandLine.ParameterException(spec.commandLine(), option + "=" + value + " is below 1");
        }
    }

    private void runAll(final long firstSeed, final int threadCount) throws InterruptedException
    {
        final ProgressBar bar = new ProgressBar(
            spec.commandLine().getErr(), "scenarios", ProgressBar.isErrTerminal());
        final List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threadCount; i++)
        {
            final Thread worker = new Thread(() -> runSome(firstSeed), "simulate-" + i);
            worker.start();
            workers.add(worker);
        }
        for (final Thread worker : workers)
        {
            while (worker.isAlive())
            {
                worker.join(PROGRESS_MS);
                bar.show(done.get(), runs);
            }
        }
        bar.end();
    }

    private void runSome(final long firstSeed)
    {
        for (int i = next.getAndIncrement(); i < runs && NONE == firstFailure.get(); i = next.getAndIncrement())
        {
            final Simulation simulation = Simulation.of(Scenario.of(firstSeed + i));
            if (null != simulation.run())
            {
                final int failed = i;
                firstFailure.accumulateAndGet(failed, (a, b) -> NONE == a ? b : Math.min(a, b));
            }
            virtualMs.addAndGet(simulation.time.elapsedNs() / Scenario.MS);
            done.incrementAndGet();
        }
    }

    /**
     * Runs it once more: a seed says all.
     */
    private static void tell(final long failedSeed, final PrintWriter out)
    {
        final Scenario scenario = Scenario.of(failedSeed);
        final Throwable failure = Simulation.of(scenario).run();
        out.println("--seed " + failedSeed + " --runs 1: " + failure);
        if (null == failure)
        {
            out.println("...which did not come back: the simulation is not deterministic");
            return;
        }
        final Scenario smallest = Shrinker.shrink(scenario, failure);
        final Simulation shortest = Simulation.of(smallest);
        final Throwable same = shortest.run();
        out.printf("%n%s%nOf its %d steps these %d are enough:%n",
            smallest, scenario.steps().size(), smallest.steps().size());
        smallest.steps().forEach((step) -> out.println("  " + step));
        out.printf("%nWhat happens then:%n%s%n", shortest.history());
        Arrays.stream(same.getStackTrace()).limit(FRAMES_TOLD).forEach((frame) -> out.println("    at " + frame));
    }
}
