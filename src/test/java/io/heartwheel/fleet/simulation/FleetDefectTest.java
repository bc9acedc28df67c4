package io.heartwheel.fleet.simulation;

import io.heartwheel.simulation.DefectiveBuild;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The simulation of a fleet is able to fail: each defect is found within its number of seeds, counted from 1, and the
 * seed that finds it passes without it. The seed that found it before is tried first, as most of them are far from 1.
 */
class FleetDefectTest
{
    @ParameterizedTest
    @EnumSource
    @Timeout(300)
    void shouldFindTheDefect(final FleetDefect defect) throws IOException, ReflectiveOperationException
    {
        assertTrue(defect.seed <= defect.seedsMax, "the first seed is one of the others");
        final LongFunction<String> runOf = DefectiveBuild.of(
            defect, defect.file, defect.original, defect.replacement, FleetRun.class);
        final long found = LongStream.concat(LongStream.of(defect.seed), LongStream.rangeClosed(1, defect.seedsMax))
            .filter((seed) -> isFound(defect, seed, runOf.apply(seed)))
            .findFirst()
            .orElseThrow(() -> new AssertionError(defect + " was not found by " + defect.seedsMax + " seeds"));
        if (found != defect.seed)
        {
            System.out.println(defect + ": seed " + defect.seed + " finds it no more, have " + found + " tried first");
        }
        assertNull(new FleetRun().apply(found), "without the defect");
    }

    private static boolean isFound(final FleetDefect defect, final long seed, final String violation)
    {
        if (null == violation)
        {
            return false;
        }
        System.out.println(defect + ": seed " + seed + ": " + violation);
        return true;
    }

    /**
     * What a defective build is asked to run. Public for being made by reflection.
     */
    public static final class FleetRun implements LongFunction<String>
    {
        @Override
        public String apply(final long seed)
        {
            final Throwable failure = new FleetWorld(FleetScenario.of(seed)).run();
            return null == failure ? null : failure.toString();
        }
    }
}
