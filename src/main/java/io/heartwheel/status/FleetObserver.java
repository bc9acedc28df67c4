package io.heartwheel.status;

import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetMember;
import io.heartwheel.fleet.FleetMetrics;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.metrics.RecentHistogram;

/**
 * Looks how a server stands to its fleet.
 */
public final class FleetObserver
{
    private final Fleet fleet;
    private final FleetMetrics metrics;
    private final boolean isRequired;
    private final RecentHistogram roundTrips;

    /**
     * @param fleet      to observe.
     * @param isRequired true if a server whose lease does not hold is not healthy.
     * @param nowNs      the time now.
     */
    public FleetObserver(final Fleet fleet, final boolean isRequired, final long nowNs)
    {
        this.fleet = fleet;
        this.isRequired = isRequired;
        metrics = fleet.metrics();
        roundTrips = new RecentHistogram(metrics::roundTrips, nowNs);
    }

    FleetMetrics metrics()
    {
        return metrics;
    }

    boolean isGood()
    {
        return !isRequired || FleetState.HELD == metrics.state();
    }

    String text()
    {
        final String trouble = metrics.trouble();
        return "its lease in the fleet is " + metrics.state() + (trouble.isEmpty() ? "" : ": " + trouble);
    }

    FleetStatus status(final long nowNs)
    {
        return new FleetStatus(
            fleet.self().name(),
            metrics.state().name(),
            metrics.trouble(),
            fleet.nodes().stream().map(FleetMember::name).toList(),
            metrics.sessions(),
            metrics.waiting(),
            metrics.count(FleetCounter.EXCHANGES),
            metrics.count(FleetCounter.EXCHANGES_FAILED),
            metrics.count(FleetCounter.TAKEN_OVER),
            metrics.count(FleetCounter.REFUSED),
            metrics.count(FleetCounter.SESSIONS_SWEPT),
            metrics.count(FleetCounter.SENT),
            metrics.count(FleetCounter.UNREACHED),
            metrics.count(FleetCounter.DELIVERED),
            metrics.count(FleetCounter.DROPPED) + metrics.count(FleetCounter.INBOX_FULL) +
                metrics.count(FleetCounter.UNDELIVERED),
            roundTrips.read(nowNs, (values) -> Percentiles.of(values, 1e6)));
    }
}
