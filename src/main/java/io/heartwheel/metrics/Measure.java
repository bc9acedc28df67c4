package io.heartwheel.metrics;

import java.util.concurrent.TimeUnit;

/**
 * The measures of a reactor. Each has a histogram.
 */
public enum Measure
{
    /** From a probe written to its answer read, in nanoseconds. */
    ROUND_TRIP("round.trip", "seconds", 1e9,
        "Time from a probe written to its answer read"),

    /** Part of its detection time that a peer had used up when it was heard again, in thousandths. */
    MARGIN("margin", "ratio", 1e3,
        "Part of its detection time that a peer had used up when it was heard again"),

    /** From the ideal deadline of a verdict to the verdict, in nanoseconds. */
    LATENESS("lateness", "seconds", 1e9,
        "Time from the ideal deadline of a verdict to the verdict"),

    /** Working time of one duty cycle, parking left out, in nanoseconds. */
    CYCLE("cycle", "seconds", 1e9,
        "Working time of one duty cycle, parking left out");

    /** Highest value that is recorded, in ns: one hour. Higher ones are recorded as this. */
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
     * @return words in lower case, separated by dots.
     */
    public String label()
    {
        return label;
    }

    /**
     * Unit in which exporters show the values.
     *
     * @return {@code seconds} or {@code ratio}.
     */
    public String unit()
    {
        return unit;
    }

    /**
     * Meaning of the measure.
     *
     * @return one line of text.
     */
    public String meaning()
    {
        return meaning;
    }

    /**
     * Factor by which exporters divide a recorded value to get {@link #unit()}.
     *
     * @return the factor.
     */
    public double perUnit()
    {
        return perUnit;
    }
}
