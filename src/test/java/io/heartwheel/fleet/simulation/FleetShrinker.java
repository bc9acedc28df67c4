package io.heartwheel.fleet.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the steps of a scenario that make it fail, by leaving out ever smaller parts of it.
 */
final class FleetShrinker
{
    private static final int RUNS_MAX = 2_000;

    private FleetShrinker()
    {
    }

    /**
     * @return the shortest scenario found that fails in the same way.
     */
    static FleetScenario shrink(final FleetScenario failing, final Throwable failure)
    {
        final String kind = kindOf(failure);
        FleetScenario smallest = failing;
        int runs = 0;
        for (int length = failing.steps().size() / 2; length > 0; length = 1 == length ? 0 : (length + 1) / 2)
        {
            for (int from = 0; from < smallest.steps().size() && runs < RUNS_MAX; runs++)
            {
                final List<FleetStep> fewer = new ArrayList<>(smallest.steps());
                fewer.subList(from, Math.min(from + length, fewer.size())).clear();
                final FleetScenario candidate = smallest.with(fewer);
                final Throwable result = new FleetWorld(candidate).run();
                if (null != result && kind.equals(kindOf(result)))
                {
                    smallest = candidate;
                }
                else
                {
                    from += length;
                }
            }
        }
        return smallest;
    }

    /** The kind of the failure, without its names and times. */
    private static String kindOf(final Throwable failure)
    {
        return String.valueOf(failure.getMessage()).replaceAll("[0-9]+", "");
    }
}
