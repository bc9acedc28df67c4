package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.HdrHistogram.Histogram;

import java.util.Locale;

/**
 * How a server stands, in one line: what was a second ago if it says "/s", else since the start.
 */
final class StatusLine
{
    private static final double NS_PER_MS = 1e6;

    private final ReactorMetrics metrics;
    private final Histogram lateness;
    private Histogram recentLateness;
    private long heardBefore;
    private long probesBefore;
    private long atNs;

    StatusLine(final ReactorMetrics metrics, final long nowNs)
    {
        this.metrics = metrics;
        atNs = nowNs;
        recentLateness = metrics.latenessSince(null);
        lateness = recentLateness.copy();
    }

    String next(final long nowNs)
    {
        final double seconds = Math.max(1, nowNs - atNs) / 1e9;
        atNs = nowNs;
        recentLateness = metrics.latenessSince(recentLateness);
        lateness.add(recentLateness);

        final long heard = metrics.count(Counter.HEARD);
        final long probes = metrics.count(Counter.PROBES);
        final String line = String.format(Locale.ROOT, "open %,d  heard %,.0f/s  probes %,.0f/s  lost %s  %s  %s",
            metrics.count(Counter.OPENED) - metrics.count(Counter.CLOSED),
            (heard - heardBefore) / seconds,
            (probes - probesBefore) / seconds,
            losses(),
            lateness(),
            stalls());
        heardBefore = heard;
        probesBefore = probes;
        return line;
    }

    private String losses()
    {
        long total = 0;
        final StringBuilder byReason = new StringBuilder();
        for (final CloseReason reason : CloseReason.values())
        {
            final long count = metrics.closedCount(reason.ordinal());
            if (count > 0)
            {
                total += count;
                byReason.append(byReason.length() > 0 ? ", " : "").append(reason).append(' ').append(count);
            }
        }
        return 0 == total ? "0" : total + " (" + byReason + ")";
    }

    private String lateness()
    {
        return 0 == lateness.getTotalCount() ? "lateness -" : String.format(Locale.ROOT,
            "lateness p50 %.1f p99 %.1f max %.1f ms",
            lateness.getValueAtPercentile(50) / NS_PER_MS,
            lateness.getValueAtPercentile(99) / NS_PER_MS,
            lateness.getMaxValue() / NS_PER_MS);
    }

    private String stalls()
    {
        final long stalls = metrics.count(Counter.STALLS);
        return 0 == stalls ? "stalls 0" : String.format(Locale.ROOT, "stalls %,d (longest %.0f ms)",
            stalls, metrics.count(Counter.LONGEST_STALL_NS) / NS_PER_MS);
    }
}
