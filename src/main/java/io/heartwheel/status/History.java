package io.heartwheel.status;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.ReactorMetrics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Connections and losses, second by second: a quarter of an hour of the time that this process was at work. A pause is
 * a gap in it, and pushes nothing out.
 * <p>
 * Threadsafe.
 */
final class History
{
    static final int SECONDS = 900;
    /** Nothing is older: a pause of days would leave what is since no room to be seen. */
    static final long MAX_AGE_S = 3_600;
    /** Seconds without a sample that are a gap: one may be late, and two are when there is much to do. */
    static final long GAP_S = 3;

    private static final CloseReason[] REASONS = CloseReason.values();

    private final ReactorMetrics metrics;
    private final ArrayDeque<Second> seconds = new ArrayDeque<>(SECONDS);
    private final long[] before = new long[REASONS.length];

    /**
     * @param open connections, or null in a gap.
     * @param lost by reason, or null in a gap.
     */
    private record Second(long epochS, Long open, Long[] lost)
    {
        static Second gap(final long epochS)
        {
            return new Second(epochS, null, new Long[REASONS.length]);
        }
    }

    /**
     * As columns: one number a second in each, and null once where a gap begins.
     *
     * @param epochS times, each later than the one before.
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
     * To be called each second. The time may be set, to an earlier one too: then what was later is forgotten.
     */
    synchronized void sample(final long epochMs)
    {
        final long epochS = Math.floorDiv(epochMs, 1_000);
        final Long[] lost = new Long[REASONS.length];
        for (int i = 0; i < lost.length; i++)
        {
            final long count = REASONS[i].isLoss() ? metrics.endedCount(i) : 0;
            lost[i] = count - before[i];
            before[i] = count;
        }
        while (!seconds.isEmpty() && seconds.peekLast().epochS > epochS)
        {
            seconds.pollLast();
        }
        final Second last = seconds.peekLast();
        if (null != last && last.epochS == epochS)
        {
            seconds.pollLast();
            Arrays.setAll(lost, (i) -> lost[i] + (null == last.lost[i] ? 0 : last.lost[i]));
        }
        else if (null != last && epochS - last.epochS > GAP_S)
        {
            add(Second.gap(last.epochS + 1));
        }
        add(new Second(epochS, metrics.openCount(), lost));
    }

    private void add(final Second second)
    {
        while (SECONDS == seconds.size() ||
            !seconds.isEmpty() && second.epochS - seconds.peek().epochS > MAX_AGE_S)
        {
            seconds.poll();
        }
        seconds.add(second);
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
            final List<Long> lost = new ArrayList<>();
            seconds.forEach((second) -> lost.add(second.lost[reason]));
            if (lost.stream().filter(Objects::nonNull).anyMatch((count) -> count > 0))
            {
                columns.lost.put(REASONS[i].name(), lost);
            }
        }
        return columns;
    }
}
