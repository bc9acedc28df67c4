package io.heartwheel.fleet.simulation;

import io.heartwheel.simulation.DefectiveBuild;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.function.LongFunction;

/**
 * The simulation of a fleet is able to fail: each defect is found within its number of seeds, counted from 1.
 */
class FleetDefectTest
{
    @ParameterizedTest
    @EnumSource
    @Timeout(300)
    void shouldFindTheDefect(final FleetDefect defect) throws IOException, ReflectiveOperationException
    {
        final LongFunction<String> runOf = DefectiveBuild.of(
            defect, defect.file, defect.original, defect.replacement, FleetRun.class);
        for (long seed = 1; seed <= defect.seedsMax; seed++)
        {
            final String violation = runOf.apply(seed);
            if (null != violation)
            {
                System.out.println(defect + ": seed " + seed + ": " + violation);
                return;
            }
        }
        throw new AssertionError(defect + " was not found by " + defect.seedsMax + " seeds");
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
