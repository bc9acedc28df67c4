package io.heartwheel.bench.ops;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * Every benchmark runs. Its figures mean nothing here.
 */
class BenchmarksSmokeTest
{
    private static final TimeValue SHORT = TimeValue.milliseconds(10);

    @Test
    void shouldRunEveryBenchmark() throws RunnerException
    {
        // A benchmark that runs elsewhere on this machine is no reason to fail.
        System.setProperty("jmh.ignoreLock", "true");
        final Collection<RunResult> results = new Runner(new OptionsBuilder()
            .include("^io\\.heartwheel\\.bench\\.")
            .param("timers", "1000 spread", "1000 one-tick")
            .param("slots", "1000")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(SHORT)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build()).run();

        final Set<String> classes = new TreeSet<>();
        for (final RunResult result : results)
        {
            final String name = result.getParams().getBenchmark();
            classes.add(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1, name.lastIndexOf('.')));
            assertFalse(result.getAggregatedResult().getIterationResults().isEmpty(), name);
        }
        assertEquals(
            Set.of("DutyCycleBenchmark", "FrameBenchmark", "MetricsBenchmark", "TimingWheelBenchmark",
                "TrackerBenchmark", "WebSocketBenchmark"), classes);
    }
}
