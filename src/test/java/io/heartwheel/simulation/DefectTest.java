package io.heartwheel.simulation;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.function.LongFunction;

import static org.junit.jupiter.api.Assertions.fail;

/**
 * The simulation is able to fail: each defect is found within its number of seeds, counted from 1.
 */
class DefectTest
{
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void shouldFindTheDefect(final Defect defect) throws IOException, ReflectiveOperationException
    {
        final LongFunction<String> runOf = DefectiveBuild.of(defect);
        for (long seed = 1; seed <= defect.seedsMax; seed++)
        {
            final String found = runOf.apply(seed);
            if (null != found)
            {
                System.out.println(defect + ": seed " + seed + ": " + found);
                return;
            }
        }
        fail(defect + " was not found by " + defect.seedsMax + " seeds");
    }
}
