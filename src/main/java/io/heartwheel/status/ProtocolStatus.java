package io.heartwheel.status;

import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.Split;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The connections of one protocol at one moment. The JSON has the same names.
 *
 * @param protocol name of it.
 * @param open     connections at present.
 * @param opened   total of connections.
 * @param lost     total of connections lost.
 */
public record ProtocolStatus(String protocol, long open, long opened, long lost)
{
    /**
     * Each protocol that a server was given, and others that were spoken.
     */
    static List<ProtocolStatus> of(final Metrics metrics)
    {
        final List<String> protocols = metrics.labels(Split.OPENED);
        return IntStream.range(0, protocols.size())
            .mapToObj((i) -> new ProtocolStatus(
                protocols.get(i), metrics.openCount(i), metrics.count(Split.OPENED, i), metrics.count(Split.LOST, i)))
            // The last one stands for all that the server was not given.
            .filter((each) -> each.opened > 0 || !each.protocol.equals(protocols.get(protocols.size() - 1)))
            .toList();
    }
}
