package io.heartwheel.status;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;

/**
 * A summary of a histogram. All numbers are 0 if there are no values.
 *
 * @param count  number of values.
 * @param p50    the median.
 * @param p90    90th percentile.
 * @param p99    99th percentile.
 * @param p999   99.9th percentile.
 * @param max    the largest value.
 * @param points of a plot, each a percentile and its value.
 */
public record Percentiles(
    long count, double p50, double p90, double p99, double p999, double max, List<double[]> points)
{
    private static final double[] PLOTTED = {
        0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.5, 99.7, 99.9, 99.95, 99.99, 100};

    static Percentiles of(final Histogram histogram, final double perUnit)
    {
        final List<double[]> points = new ArrayList<>();
        if (histogram.getTotalCount() > 0)
        {
            for (final double percentile : PLOTTED)
            {
                points.add(new double[] {percentile, at(histogram, percentile, perUnit)});
            }
        }
        return new Percentiles(
            histogram.getTotalCount(),
            at(histogram, 50, perUnit),
            at(histogram, 90, perUnit),
            at(histogram, 99, perUnit),
            at(histogram, 99.9, perUnit),
            at(histogram, 100, perUnit),
            points);
    }

    /** Rounded to the precision of the histogram, which has two significant digits. */
    private static double at(final Histogram histogram, final double percentile, final double perUnit)
    {
        final double value = 0 == histogram.getTotalCount() ? 0 :
            histogram.getValueAtPercentile(percentile) / perUnit;
        return Math.round(value * 1e4) / 1e4;
    }
}
