package io.heartwheel.cli.status;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.ReactorMetrics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections and losses of the last quarter of an hour, second by second.
 * <p>
 * Threadsafe.
 */
final class History
{
    static final int SECONDS = 900;

    private static final CloseReason[] REASONS = CloseReason.values();

    private final ReactorMetrics metrics;
    private final ArrayDeque<Second> seconds = new ArrayDeque<>(SECONDS);
    private final long[] before = new long[REASONS.length];

    private record Second(long epochS, long open, long[] lost)
    {
    }

    /**
     * As columns: one number a second in each.
     *
     * @param epochS times.
     * @param open   connections.
     * @param lost   in that second, by reason, those that occurred.
     */
    record Columns(List<Long> epochS, List<Long> open, Map<String, List<Long>> lost)
    {
    }

    History(final ReactorMetrics metrics)
    {
        this.metrics = metrics;
    }

    /**
     * To be called each second.
     */
    synchronized void sample(final long epochMs)
    {
        if (SECONDS == seconds.size())
        {
            seconds.poll();
        }
        final long[] lost = new long[REASONS.length];
        for (int i = 0; i < lost.length; i++)
        {
            final long count = REASONS[i].isLoss() ? metrics.endedCount(i) : 0;
            lost[i] = count - before[i];
            before[i] = count;
        }
        seconds.add(new Second(epochMs / 1_000, metrics.openCount(), lost));
    }

    synchronized Columns columns()
    {
        final Columns columns = new Columns(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        seconds.forEach((second) ->
        {
            columns.epochS.add(second.epochS);
            columns.open.add(second.open);
        });
        for (int i = 0; i < REASONS.length; i++)
        {
            final int reason = i;
            final List<Long> lost = seconds.stream().map((second) -> second.lost[reason]).toList();
            if (lost.stream().anyMatch((count) -> count > 0))
            {
                columns.lost.put(REASONS[i].name(), lost);
            }
        }
        return columns;
    }
}
