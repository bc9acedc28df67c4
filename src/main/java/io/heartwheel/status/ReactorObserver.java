package io.heartwheel.status;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.RecentHistogram;

/**
 * Samples one reactor of a server: whether it is at work, and what it does.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
final class ReactorObserver
{
    private final int reactor;
    private final Metrics metrics;
    private final Health health;
    /** Null if this is the only reactor: what is told of all is told of it. */
    private final RecentHistogram cycles;
    private long sampledNs;
    private long reads;
    private double readsPerS;

    /**
     * @param reactor   index of it.
     * @param isAlone   true if there is no other, so that {@link #status} is not asked for.
     * @param maxParkNs longest park of its duty cycle in ns.
     */
    ReactorObserver(
        final int reactor, final Metrics metrics, final boolean isAlone, final long maxParkNs, final long nowNs)
    {
        this.reactor = reactor;
        this.metrics = metrics;
        health = new Health(maxParkNs);
        cycles = isAlone ? null : new RecentHistogram(metrics, Measure.CYCLE, nowNs);
        sampledNs = nowNs;
        look(nowNs);
    }

    /**
     * To be called each second.
     */
    void sample(final long nowNs)
    {
        final long readsNow = metrics.count(Counter.HEARD);
        readsPerS = (readsNow - reads) / (Math.max(1, nowNs - sampledNs) / 1e9);
        reads = readsNow;
        sampledNs = nowNs;
        look(nowNs);
    }

    void look(final long nowNs)
    {
        health.sample(metrics.count(Counter.CYCLES), nowNs);
    }

    boolean isGood(final long nowNs)
    {
        return health.isGood(nowNs);
    }

    String text(final long nowNs)
    {
        return health.text(nowNs);
    }

    ReactorStatus status(final long nowNs)
    {
        return new ReactorStatus(
            reactor,
            metrics.openCount(),
            metrics.count(Counter.OPENED),
            Math.round(readsPerS * 10) / 10.0,
            metrics.count(Counter.STALLS),
            metrics.count(Counter.LONGEST_STALL_NS) / 1e6,
            metrics.count(Counter.CUT_OFFS),
            metrics.count(Counter.HELD_BYTES),
            cycles.read(nowNs, (values) -> Percentiles.of(values, 1e6)));
    }
}
