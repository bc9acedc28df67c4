package io.heartwheel.metrics;

import java.util.concurrent.TimeUnit;

/**
 * What a reactor measures, each time it happens: a histogram of each is kept.
 */
public enum Measure
{
    /** From a probe written to its answer read, in nanoseconds. */
    ROUND_TRIP("round.trip", "seconds", 1e9,
        "Time from a probe written to its answer read"),

    /** How much of its detection time a peer had used up when it was heard again, in thousandths. */
    MARGIN("margin", "ratio", 1e3,
        "Part of its detection time that a peer had used up when it was heard again"),

    /** From the ideal deadline of a verdict to the verdict, in nanoseconds. */
    LATENESS("lateness", "seconds", 1e9,
        "Time from the ideal deadline of a verdict to the verdict"),

    /** Working time of one duty cycle, parking left out, in nanoseconds. */
    CYCLE("cycle", "seconds", 1e9,
        "Working time of one duty cycle, parking left out");

    /** Longer times are recorded as this: one hour. */
    static final long HIGHEST = TimeUnit.HOURS.toNanos(1);

    private final String label;
    private final String unit;
    private final double perUnit;
    private final String meaning;

    Measure(final String label, final String unit, final double perUnit, final String meaning)
    {
        this.label = label;
        this.unit = unit;
        this.perUnit = perUnit;
        this.meaning = meaning;
    }

    /**
     * Name for exporters.
     *
     * @return words in lower case, with dots between them.
     */
    public String label()
    {
        return label;
    }

    /**
     * What exporters show it in.
     *
     * @return {@code seconds} or {@code ratio}.
     */
    public String unit()
    {
        return unit;
    }

    /**
     * What it measures, in one line.
     *
     * @return one line of text.
     */
    public String meaning()
    {
        return meaning;
    }

    /**
     * How many of what is recorded make one of {@link #unit()}.
     *
     * @return the factor.
     */
    public double perUnit()
    {
        return perUnit;
    }
}
