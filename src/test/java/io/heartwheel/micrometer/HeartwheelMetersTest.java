package io.heartwheel.micrometer;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.metrics.RecentHistogram;
import io.heartwheel.metrics.Split;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

class HeartwheelMetersTest
{
    private final ReactorMetrics metrics = new ReactorMetrics(CloseReason.values().length);
    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    @Test
    void shouldShowEveryCounter()
    {
        new HeartwheelMeters(metrics, "server", "gateway").bindTo(registry);
        for (final Counter counter : Counter.values())
        {
            metrics.add(counter, 100 + counter.ordinal());
            final String name = "heartwheel." + counter.label();
            final double value = counter.isGauge() ?
                registry.get(name).tag("server", "gateway").gauge().value() :
                registry.get(name).tag("server", "gateway").functionCounter().count();
            assertEquals((100 + counter.ordinal()) / counter.perUnit(), value, name);
        }
    }

    @Test
    void shouldShowHowManyConnectionsAreOpen()
    {
        new HeartwheelMeters(metrics).bindTo(registry);
        metrics.add(Counter.OPENED, 5);
        metrics.add(Counter.CLOSED, 2);

        assertEquals(3, registry.get("heartwheel.connections").gauge().value());
    }

    @Test
    void shouldShowSplitCountersByTheirLabels()
    {
        final List<String> protocols = List.of("heartwheel", "websocket", "unknown");
        final ReactorMetrics split = new ReactorMetrics(1, Map.of(Split.OPENED, protocols, Split.CLOSED, protocols,
            Split.OPENINGS_REFUSED, List.of("403", "other")));
        new HeartwheelMeters(split, "server", "gateway").bindTo(registry);
        split.add(Split.OPENED, "websocket");
        split.add(Split.OPENED, "websocket");
        split.add(Split.CLOSED, "websocket");
        split.add(Split.OPENINGS_REFUSED, "403");

        assertEquals(1, registry.get("heartwheel.protocol.connections")
            .tags("protocol", "websocket", "server", "gateway").gauge().value());
        assertEquals(0, registry.get("heartwheel.protocol.connections").tag("protocol", "unknown").gauge().value());
        assertEquals(2, registry.get("heartwheel.protocol.connections.opened").tag("protocol", "websocket")
            .functionCounter().count());
        assertEquals(1, registry.get("heartwheel.websocket.openings.refused").tag("status", "403")
            .functionCounter().count());
    }

    @Test
    void shouldShowLossesByReason()
    {
        new HeartwheelMeters(metrics).bindTo(registry);
        metrics.closed(CloseReason.PEER_SILENT.ordinal());
        metrics.closed(CloseReason.PEER_SILENT.ordinal());

        assertEquals(2, registry.get("heartwheel.closed").tag("reason", "PEER_SILENT").functionCounter().count());
        assertEquals(0, registry.get("heartwheel.closed").tag("reason", "PEER_RESET").functionCounter().count());
        metrics.turnedAway(CloseReason.REFUSED.ordinal());
        assertEquals(1, registry.get("heartwheel.closed").tag("reason", "REFUSED").functionCounter().count());
        assertEquals(1, registry.get("heartwheel.turned.away").tag("reason", "REFUSED").functionCounter().count());
        assertEquals(0, registry.get("heartwheel.turned.away").tag("reason", "PEER_SILENT").functionCounter().count());
    }

    @Test
    void shouldShowPercentilesOfLateInTheirUnits()
    {
        new HeartwheelMeters(metrics).bindTo(registry);
        for (int i = 1; i <= 100; i++)
        {
            metrics.record(Measure.ROUND_TRIP, i * 1_000_000L);
            metrics.record(Measure.MARGIN, i * 10L);
        }
        assertEquals(0.05, gauge("heartwheel.round.trip", "50"), 0.001);
        assertEquals(0.1, gauge("heartwheel.round.trip", "100"), 0.001);
        assertEquals(0.9, gauge("heartwheel.margin", "90"), 0.01);
        assertEquals(0, gauge("heartwheel.lateness", "99"));

        clock.add(Duration.ofNanos(RecentHistogram.WINDOW_NS));
        gauge("heartwheel.round.trip", "50");
        clock.add(Duration.ofNanos(RecentHistogram.WINDOW_NS));
        assertEquals(0, gauge("heartwheel.round.trip", "50"), "a minute later");
    }

    @Test
    void shouldShowEachOfSeveralReactorsByATag()
    {
        final ReactorMetrics other = new ReactorMetrics(CloseReason.values().length);
        new HeartwheelMeters(metrics, "reactor", "0").bindTo(registry);
        new HeartwheelMeters(other, "reactor", "1").bindTo(registry);
        metrics.add(Counter.OPENED, 5);
        other.add(Counter.OPENED, 7);
        other.stall(2_000_000_000L);
        other.closed(CloseReason.PEER_SILENT.ordinal());

        assertEquals(5, registry.get("heartwheel.connections").tag("reactor", "0").gauge().value());
        assertEquals(7, registry.get("heartwheel.connections").tag("reactor", "1").gauge().value());
        assertEquals(0, registry.get("heartwheel.stalls").tag("reactor", "0").functionCounter().count());
        assertEquals(1, registry.get("heartwheel.stalls").tag("reactor", "1").functionCounter().count());
        assertEquals(2, registry.get("heartwheel.longest.stall").tag("reactor", "1").gauge().value());
        assertEquals(1, registry.get("heartwheel.closed").tag("reactor", "1").tag("reason", "PEER_SILENT")
            .functionCounter().count());
    }

    private double gauge(final String name, final String percentile)
    {
        return registry.get(name).tag("percentile", percentile).gauge().value();
    }
}
