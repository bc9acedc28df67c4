package io.heartwheel.status;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Metrics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps the number of connections and losses of each second, for the last quarter of an hour in which this process was
 * at work. A pause is a gap, and displaces no older seconds.
 * <p>
 * Threadsafe.
 */
final class History
{
    static final int SECONDS = 900;
    /** Greatest age in s. A plot across a pause of days would leave no room for the seconds since. */
    static final long MAX_AGE_S = 3_600;
    /** Seconds without a sample that make a gap. Fewer may be missing when the machine is busy. */
    static final long GAP_S = 3;

    private static final CloseReason[] REASONS = CloseReason.values();

    private final Metrics metrics;
    private final ArrayDeque<Second> seconds = new ArrayDeque<>(SECONDS);
    private final long[] before = new long[REASONS.length];

    /**
     * @param open number of connections, or null in a gap.
     * @param lost number of losses by ordinal of the reason, or null in a gap.
     */
    private record Second(long epochS, Long open, Long[] lost)
    {
        static Second gap(final long epochS)
        {
            return new Second(epochS, null, new Long[REASONS.length]);
        }
    }

    /**
     * The history as columns. Each has one number a second, and one null where a gap begins.
     *
     * @param epochS times in s since 1970, ascending.
     * @param open   numbers of connections.
     * @param lost   numbers of losses by reason, for the reasons that occurred.
     */
    record Columns(List<Long> epochS, List<Long> open, Map<String, List<Long>> lost)
    {
    }

    History(final Metrics metrics)
    {
        this.metrics = metrics;
    }

    /**
     * To be called each second. If the clock of the system was set back, the samples that are later now are forgotten.
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
