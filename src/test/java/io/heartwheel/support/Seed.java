package io.heartwheel.support;

import java.util.SplittableRandom;

/**
 * Seed of a random test: another one each run, or that of {@code -Dtests.seed} to run a failure again. Its text belongs
 * in every message.
 *
 * @param value of the seed.
 */
public record Seed(long value)
{
    /**
     * A seed for one test.
     *
     * @return that of {@code -Dtests.seed}, else a new one.
     */
    public static Seed next()
    {
        return new Seed(Long.getLong("tests.seed", new SplittableRandom().nextLong()));
    }

    /**
     * A generator that starts from this seed.
     *
     * @return a new one.
     */
    public SplittableRandom random()
    {
        return new SplittableRandom(value);
    }

    @Override
    public String toString()
    {
        return "-Dtests.seed=" + value;
    }
}
