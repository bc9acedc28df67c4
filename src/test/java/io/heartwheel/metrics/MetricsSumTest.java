package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class MetricsSumTest
{
    private final ReactorMetrics one = new ReactorMetrics(2);
    private final ReactorMetrics other = new ReactorMetrics(2);
    private final MetricsSum sum = new MetricsSum(List.of(one, other));

    @Test
    void shouldAddUpCounters()
    {
        one.add(Counter.OPENED, 5);
        other.add(Counter.OPENED, 7);
        other.add(Counter.CLOSED, 2);
        one.closed(1);
        other.turnedAway(1);
        one.set(Counter.HELD_BYTES, 100);
        other.set(Counter.HELD_BYTES, 50);

        assertEquals(12, sum.count(Counter.OPENED));
        assertEquals(10, sum.openCount());
        assertEquals(2, sum.closedCount(1));
        assertEquals(1, sum.turnedAwayCount(1));
        assertEquals(1, sum.endedCount(1));
        assertEquals(150, sum.count(Counter.HELD_BYTES));
    }

    @Test
    void shouldAddUpSplitCounters()
    {
        final List<String> names = List.of("a", "b");
        final Map<Split, List<String>> labels = Map.of(Split.OPENED, names, Split.CLOSED, names);
        final ReactorMetrics left = new ReactorMetrics(2, labels);
        final ReactorMetrics right = new ReactorMetrics(2, labels);
        final MetricsSum both = new MetricsSum(List.of(left, right));
        left.add(Split.OPENED, "b");
        right.add(Split.OPENED, "b");
        right.add(Split.OPENED, "a");
        right.add(Split.CLOSED, "b");

        assertEquals(names, both.labels(Split.OPENED));
        assertEquals(1, both.count(Split.OPENED, 0));
        assertEquals(2, both.count(Split.OPENED, 1));
        assertEquals(1, both.openCount(1));
    }

    @Test
    void shouldTakeTheHighestOfTimes()
    {
        one.stall(300);
        other.stall(200);
        one.set(Counter.TLS_NOT_AFTER_S, 1_000);
        other.set(Counter.TLS_NOT_AFTER_S, 1_000);

        assertEquals(300, sum.count(Counter.LONGEST_STALL_NS));
        assertEquals(2, sum.count(Counter.STALLS));
        assertEquals(1_000, sum.count(Counter.TLS_NOT_AFTER_S));
    }

    @Test
    void shouldAddUpHistograms()
    {
        one.record(Measure.LATENESS, 1_000);
        other.record(Measure.LATENESS, 2_000);
        other.record(Measure.LATENESS, 3_000);

        final Histogram total = sum.histogram(Measure.LATENESS);
        assertEquals(3, total.getTotalCount());
        sum.copyInto(Measure.LATENESS, total);
        assertEquals(3, total.getTotalCount(), "overwritten, not added to");
        assertEquals(1, one.histogram(Measure.LATENESS).getTotalCount());
    }

    @Test
    void shouldNotAddUpNothing()
    {
        assertThrows(IllegalArgumentException.class, () -> new MetricsSum(List.of()));
    }
}
