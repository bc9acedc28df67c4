package io.heartwheel.simulation;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * The production server and client in a simulated network. {@code -Dtests.seed} runs one seed again, {@link Simulate}
 * as many as asked for.
 */
class SimulationTest
{
    private static final int RUNS = Integer.getInteger("tests.simulations", 400);

    @Test
    void shouldBlameNobodyWronglyAndForgetNobody()
    {
        final Seed first = Seed.next();
        final int runs = null == System.getProperty("tests.seed") ? RUNS : 1;
        for (int i = 0; i < runs; i++)
        {
            run(new Seed(first.value() + i));
        }
    }

    private static void run(final Seed seed)
    {
        final Simulation simulation = Simulation.of(Scenario.of(seed.value()));
        final Throwable failure = simulation.run();
        if (null != failure)
        {
            throw new AssertionError(seed + "\n" + simulation.history(), failure);
        }
    }

    @Test
    void shouldRunASeedTheSameWayEachTime()
    {
        for (long seed = 1; seed <= 30; seed++)
        {
            final Simulation once = Simulation.of(Scenario.of(seed));
            final Simulation again = Simulation.of(Scenario.of(seed));
            assertNull(once.run());
            assertNull(again.run());
            assertEquals(once.history(), again.history(), "seed " + seed);
            assertEquals(once.time.elapsedNs(), again.time.elapsedNs(), "seed " + seed);
            assertNotEquals(once.history(), Simulation.of(Scenario.of(seed + 1)).history());
        }
    }
}
