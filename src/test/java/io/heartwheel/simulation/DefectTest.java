package io.heartwheel.simulation;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The simulation is able to fail: each defect is found within its number of seeds, counted from 1. The seed that found
 * it before is tried first, as most of them are far from 1.
 */
class DefectTest
{
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void shouldFindTheDefect(final Defect defect) throws IOException, ReflectiveOperationException
    {
        assertTrue(defect.seed <= defect.seedsMax, "the first seed is one of the others");
        final LongFunction<String> runOf = DefectiveBuild.of(defect);
        final long found = LongStream.concat(LongStream.of(defect.seed), LongStream.rangeClosed(1, defect.seedsMax))
            .filter((seed) -> isFound(defect, seed, runOf.apply(seed)))
            .findFirst()
            .orElseThrow(() -> new AssertionError(defect + " was not found by " + defect.seedsMax + " seeds"));
        if (found != defect.seed)
        {
            System.out.println(defect + ": seed " + defect.seed + " finds it no more, have " + found + " tried first");
        }
    }

    private static boolean isFound(final Defect defect, final long seed, final String violation)
    {
        if (null == violation)
        {
            return false;
        }
        System.out.println(defect + ": seed " + seed + ": " + violation);
        return true;
    }
}
