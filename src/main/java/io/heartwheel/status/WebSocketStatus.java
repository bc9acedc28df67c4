package io.heartwheel.status;

import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.Split;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How WebSockets of a server were refused and closed. The JSON has the same names.
 *
 * @param openingsRefused totals of requests that were refused, by the status of HTTP, for each that occurred.
 * @param closesSent      totals of connections that this end closed, by code, for each that occurred.
 * @param closesHeard     totals of connections that the peer closed, by code, for each that occurred.
 */
public record WebSocketStatus(
    Map<String, Long> openingsRefused, Map<String, Long> closesSent, Map<String, Long> closesHeard)
{
    /**
     * @return null if WebSocket is not spoken.
     */
    static WebSocketStatus of(final Metrics metrics)
    {
        return metrics.labels(Split.OPENINGS_REFUSED).isEmpty() ? null : new WebSocketStatus(
            counts(metrics, Split.OPENINGS_REFUSED), counts(metrics, Split.CLOSES_SENT),
            counts(metrics, Split.CLOSES_HEARD));
    }

    private static Map<String, Long> counts(final Metrics metrics, final Split split)
    {
        final List<String> labels = metrics.labels(split);
        final Map<String, Long> counts = new LinkedHashMap<>();
        for (int i = 0; i < labels.size(); i++)
        {
            final long count = metrics.count(split, i);
            if (count > 0)
            {
                counts.put(labels.get(i), count);
            }
        }
        return counts;
    }
}
