package io.heartwheel.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the steps of a scenario that make it fail, by leaving out ever smaller parts of it.
 */
final class Shrinker
{
    private static final int RUNS_MAX = 2_000;

    private Scenario smallest;
    private final String failure;
    private int runs;

    private Shrinker(final Scenario failing, final String failure)
    {
        smallest = failing;
        this.failure = failure;
    }

    /**
     * @return the shortest scenario found that fails in the same way.
     */
    static Scenario shrink(final Scenario failing, final Throwable failure)
    {
        final Shrinker shrinker = new Shrinker(failing, kindOf(failure));
        int before;
        do
        {
            before = shrinker.smallest.steps().size();
            for (int length = Math.max(1, before / 2); length > 0; length /= 2)
            {
                shrinker.leaveOut(length);
            }
        }
        while (shrinker.smallest.steps().size() < before && shrinker.runs < RUNS_MAX);
        return shrinker.smallest;
    }

    private void leaveOut(final int length)
    {
        for (int from = 0; from < smallest.steps().size() && runs < RUNS_MAX;)
        {
            final List<Step> fewer = new ArrayList<>(smallest.steps());
            fewer.subList(from, Math.min(from + length, fewer.size())).clear();
            final Scenario candidate = smallest.with(fewer);
            ++runs;
            final Throwable result = Simulation.of(candidate).run();
            if (null != result && failure.equals(kindOf(result)))
            {
                smallest = candidate;
            }
            else
            {
                from += length;
            }
        }
    }

    /**
     * The kind of the failure, without its peer and time.
     */
    private static String kindOf(final Throwable failure)
    {
        return String.valueOf(failure.getMessage()).replaceAll("[0-9]+", "");
    }
}
