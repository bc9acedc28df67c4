package io.heartwheel.micrometer;

import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetContext;
import io.heartwheel.fleet.FleetCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FleetMetersTest
{
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldShowHowAFleetStands()
    {
        final Fleet fleet = new Fleet(new FleetContext());
        new FleetMeters(fleet.metrics(), "server", "gateway").bindTo(registry);
        assertEquals(0, gauge("held"), "it has not joined");
        for (int i = 0; i < 10; i++)
        {
            fleet.doWork();
        }
        assertEquals(1, gauge("held"));
        assertEquals(1, gauge("nodes"));
        assertEquals(0, gauge("sessions"));
        assertEquals(0, gauge("waiting"));
        assertEquals(1, count(FleetCounter.JOINS));
        assertTrue(registry.get("heartwheel.fleet.round.trip").tag("percentile", "100").gauge().value() > 0);
        for (final FleetCounter counter : FleetCounter.values())
        {
            assertEquals(fleet.metrics().count(counter), count(counter), counter::label);
        }
        fleet.close();
        assertEquals(0, gauge("held"));
    }

    private double gauge(final String name)
    {
        return registry.get("heartwheel.fleet." + name).tag("server", "gateway").gauge().value();
    }

    private double count(final FleetCounter counter)
    {
        return registry.get("heartwheel.fleet." + counter.label()).tag("server", "gateway").functionCounter().count();
    }
}
