package io.heartwheel.simulation;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The production server in a simulated network: {@code -Dtests.seed} runs one seed again, {@code -Dtests.simulations}
 * as many as asked for.
 */
class SimulationTest
{
    private static final int RUNS = Integer.getInteger("tests.simulations", 150);
    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(120);

    @Test
    void nobodyIsBlamedWronglyNorForgotten() throws IOException
    {
        final Seed first = Seed.next();
        final int runs = null == System.getProperty("tests.seed") ? RUNS : 1;
        for (int i = 0; i < runs; i++)
        {
            run(new Seed(first.value() + i));
        }
    }

    private static void run(final Seed seed) throws IOException
    {
        final Simulation simulation = new Simulation(seed.value());
        try
        {
            simulation.run(DURATION_NS);
        }
        catch (final RuntimeException | AssertionError ex)
        {
            throw new AssertionError(seed + "\n" + simulation.history() + "\n" + ex.getMessage(), ex);
        }
    }
}
