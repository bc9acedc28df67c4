package io.heartwheel.simulation;

import io.heartwheel.support.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.function.LongFunction;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Several reactors in one virtual time: a stall of one touches no verdict of another, and limits hold in sum.
 */
@Timeout(60)
class ReactorsWorldTest
{
    private static final int WORLDS = 20;
    private static final long SEEDS_MAX = 20;
    static final long DURATION_NS = 60_000_000_000L;

    @ParameterizedTest
    @EnumSource
    void shouldFindTheDefect(final ReactorsDefect defect) throws IOException, ReflectiveOperationException
    {
        final LongFunction<String> runOf = DefectiveBuild.of(defect);
        for (long seed = 1; seed <= SEEDS_MAX; seed++)
        {
            final String violation = runOf.apply(seed);
            if (null != violation)
            {
                System.out.println(defect + ": seed " + seed + ": " + violation);
                return;
            }
        }
        throw new AssertionError(defect + " was not found by " + SEEDS_MAX + " seeds");
    }

    @Test
    void shouldKeepReactorsApartAndLimitsInSum() throws IOException
    {
        final Seed seed = Seed.next();
        final long first = seed.random().nextLong(1L << 40);
        int verdicts = 0;
        for (int i = 0; i < WORLDS; i++)
        {
            try
            {
                verdicts += new ReactorsWorld(first + i).run(DURATION_NS);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError(seed + ", world " + i, ex);
            }
        }
        assertTrue(verdicts > WORLDS, verdicts + " verdicts");
    }
}
