package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReactorMetricsTest
{
    private static final long WINDOW_NS = RecentHistogram.WINDOW_NS;

    private final ReactorMetrics metrics = new ReactorMetrics(3);

    @Test
    void shouldGiveEveryReaderAllValues()
    {
        metrics.record(Measure.LATENESS, 1_000);
        assertEquals(1, metrics.histogram(Measure.LATENESS).getTotalCount());
        metrics.record(Measure.LATENESS, 2_000);

        assertEquals(2, metrics.histogram(Measure.LATENESS).getTotalCount());
        assertEquals(2, metrics.histogram(Measure.LATENESS).getTotalCount());
        assertEquals(0, metrics.histogram(Measure.CYCLE).getTotalCount());
    }

    @Test
    void shouldClampValuesOutOfRange()
    {
        metrics.record(Measure.CYCLE, -5);
        metrics.record(Measure.CYCLE, Long.MAX_VALUE);

        final Histogram histogram = metrics.histogram(Measure.CYCLE);
        assertEquals(0, histogram.getMinValue());
        assertTrue(histogram.valuesAreEquivalent(TimeUnit.HOURS.toNanos(1), histogram.getMaxValue()));
    }

    @Test
    void shouldKeepTheLongestStall()
    {
        metrics.stall(300);
        metrics.stall(500);
        metrics.stall(400);

        assertEquals(3, metrics.count(Counter.STALLS));
        assertEquals(500, metrics.count(Counter.LONGEST_STALL_NS));
    }

    @Test
    void shouldForgetWhatIsTwoWindowsOld()
    {
        metrics.record(Measure.ROUND_TRIP, 1_000_000);
        final RecentHistogram recent = new RecentHistogram(metrics, Measure.ROUND_TRIP, 0);
        assertEquals(0, recent.read(0, Histogram::getTotalCount), "before it began");

        metrics.record(Measure.ROUND_TRIP, 7_000);
        assertEquals(1, recent.read(WINDOW_NS - 1, Histogram::getTotalCount));
        assertEquals(1, recent.read(WINDOW_NS, Histogram::getTotalCount));
        metrics.record(Measure.ROUND_TRIP, 9_000);
        assertEquals(2, recent.read(2 * WINDOW_NS - 1, Histogram::getTotalCount));
        // The first one was recorded before the window that begins now.
        assertEquals(1, recent.read(2 * WINDOW_NS, Histogram::getTotalCount));
        assertTrue(recent.read(2 * WINDOW_NS, Histogram::getMaxValue) < 10_000);
        assertEquals(0, recent.read(3 * WINDOW_NS, Histogram::getTotalCount));
    }

    @Test
    void shouldGiveEachCounterAndMeasureANameOfItsOwn()
    {
        assertEquals(Counter.values().length, Arrays.stream(Counter.values()).map(Counter::label).distinct().count());
        assertEquals(Measure.values().length, Arrays.stream(Measure.values()).map(Measure::label).distinct().count());
    }

    @Test
    void shouldBeReadWhileItIsWritten() throws InterruptedException
    {
        final int values = 2_000_000;
        final Thread writer = new Thread(() ->
        {
            for (int i = 0; i < values; i++)
            {
                metrics.record(Measure.CYCLE, i);
                metrics.add(Counter.CYCLES, 1);
            }
        });
        writer.start();
        long before = 0;
        while (writer.isAlive())
        {
            final long now = metrics.histogram(Measure.CYCLE).getTotalCount();
            assertTrue(now >= before, "none is lost");
            before = now;
        }
        writer.join();

        assertEquals(values, metrics.histogram(Measure.CYCLE).getTotalCount());
        assertEquals(values, metrics.count(Counter.CYCLES));
    }

    @Test
    void shouldCountALabelThatIsNotKnownAsTheLast()
    {
        final ReactorMetrics split = new ReactorMetrics(3, Map.of(Split.CLOSES_HEARD, List.of("1000", "other")));
        split.add(Split.CLOSES_HEARD, "1000");
        split.add(Split.CLOSES_HEARD, "4242");
        split.add(Split.CLOSES_HEARD, "4243");

        assertEquals(1, split.count(Split.CLOSES_HEARD, 0));
        assertEquals(2, split.count(Split.CLOSES_HEARD, 1));
        split.add(Split.CLOSES_SENT, "1000");
        assertEquals(List.of(), split.labels(Split.CLOSES_SENT));
    }
}
