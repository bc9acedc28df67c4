package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Holds all values of one {@link Measure} since the start. One thread records, without waiting or allocating; any
 * thread may read.
 */
final class Distribution
{
    private static final int SIGNIFICANT_DIGITS = 2;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(Measure.HIGHEST, SIGNIFICANT_DIGITS);
    private final Histogram total = new Histogram(Measure.HIGHEST, SIGNIFICANT_DIGITS);
    /** Values since the previous reading. Reused, so that a reading allocates only the copy that it returns. */
    private Histogram latest;

    void record(final long value)
    {
        recorder.recordValue(Math.min(Math.max(value, 0), Measure.HIGHEST));
    }

    synchronized Histogram total()
    {
        update();
        return total.copy();
    }

    synchronized void copyInto(final Histogram target)
    {
        update();
        total.copyInto(target);
    }

    private void update()
    {
        latest = recorder.getIntervalHistogram(latest);
        total.add(latest);
    }
}
