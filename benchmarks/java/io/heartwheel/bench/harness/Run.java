package io.heartwheel.bench.harness;

import org.HdrHistogram.Histogram;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The result of one contender under one load in one round.
 *
 * @param contender  its name.
 * @param load       that it was put under.
 * @param round      number of the round, from 1.
 * @param figures    that could be measured.
 * @param histograms in microseconds, by name.
 * @param failure    what went wrong, or null.
 */
public record Run(
    String contender,
    Load load,
    int round,
    Map<Figure, Double> figures,
    Map<String, Histogram> histograms,
    String failure)
{
    public static final String LATENESS = "lateness";
    public static final String ROUND_TRIP = "round-trip";
    public static final String SERVED = "served";

    public Run(final String contender, final Load load, final int round)
    {
        this(contender, load, round, new EnumMap<>(Figure.class), new TreeMap<>(), null);
    }

    public Run failed(final String why)
    {
        return new Run(contender, load, round, figures, histograms, why);
    }

    /**
     * Take a line that the clients printed at their end.
     */
    public void add(final String line)
    {
        final int space = line.indexOf(' ');
        final String name = line.substring(0, space);
        final String value = line.substring(space + 1);
        switch (name)
        {
            case LATENESS -> add(name, Histograms.decode(value),
                Figure.LATENESS_P50_MS, Figure.LATENESS_P99_MS, Figure.LATENESS_MAX_MS);
            case ROUND_TRIP ->
            {
                // A server that closes everybody after its stall would look quick: it has nobody left to answer late.
                if (Load.STALL_6S != load)
                {
                    add(name, Histograms.decode(value), Figure.ROUND_TRIP_P50_MS, Figure.ROUND_TRIP_P99_MS, null);
                }
            }
            case SERVED -> add(name, Histograms.decode(value), Figure.SERVED_P50_MS, Figure.SERVED_P99_MS, null);
            default -> figures.put(Figure.valueOf(name), Double.parseDouble(value));
        }
    }

    private void add(
        final String name, final Histogram histogramUs, final Figure p50, final Figure p99, final Figure max)
    {
        if (histogramUs.getTotalCount() > 0)
        {
            histograms.put(name, histogramUs);
            figures.put(p50, histogramUs.getValueAtPercentile(50) / 1e3);
            figures.put(p99, histogramUs.getValueAtPercentile(99) / 1e3);
            if (null != max)
            {
                figures.put(max, histogramUs.getMaxValue() / 1e3);
            }
        }
    }
}
