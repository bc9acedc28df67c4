package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * All values of one {@link Measure} since the start: recorded by one thread without waiting or allocating, read by any.
 */
final class Distribution
{
    private static final int SIGNIFICANT_DIGITS = 2;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(Measure.HIGHEST, SIGNIFICANT_DIGITS);
    private final Histogram total = new Histogram(Measure.HIGHEST, SIGNIFICANT_DIGITS);
    /** What came since the last reading, to be filled again. */
    private Histogram latest;

    void record(final long value)
    {
        recorder.recordValue(Math.min(Math.max(value, 0), Measure.HIGHEST));
    }

    synchronized Histogram total()
    {
        latest = recorder.getIntervalHistogram(latest);
        total.add(latest);
        return total.copy();
    }
}
