package io.heartwheel.fleet.simulation;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * Nodes of a fleet against an engine that fails. {@code -Dtests.seed} runs one seed again, {@link SimulateFleet} as
 * many as asked for.
 */
class FleetSimulationTest
{
    private static final int RUNS = Integer.getInteger("tests.fleets", 2_000);

    @Test
    void shouldKnowWhoIsWhereWhateverFails()
    {
        final Seed first = Seed.next();
        final int runs = null == System.getProperty("tests.seed") ? RUNS : 1;
        for (int i = 0; i < runs; i++)
        {
            final Seed seed = new Seed(first.value() + i);
            final FleetWorld world = new FleetWorld(FleetScenario.of(seed.value()));
            final Throwable failure = world.run();
            if (null != failure)
            {
                throw new AssertionError(seed + "\n" + world.history(), failure);
            }
        }
    }

    @Test
    void shouldRunASeedTheSameWayEachTime()
    {
        for (long seed = 1; seed <= 30; seed++)
        {
            final FleetWorld once = new FleetWorld(FleetScenario.of(seed));
            final FleetWorld again = new FleetWorld(FleetScenario.of(seed));
            assertNull(once.run());
            assertNull(again.run());
            assertEquals(once.history(), again.history(), "seed " + seed);
            assertNotEquals(once.history(), new FleetWorld(FleetScenario.of(seed + 1)).history());
        }
    }
}
