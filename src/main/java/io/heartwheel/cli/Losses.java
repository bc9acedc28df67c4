package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.config.Configuration;
import io.heartwheel.status.Loss;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Keeps the last hundred connections lost, and prints those that are new, no more a second than people can read. The
 * reactor thread only hands them over; other threads format the lines.
 */
final class Losses implements ConnectionListener
{
    static final int KEPT = 100;
    private static final int LINES_PER_SECOND = 20;

    private final ArrayDeque<Lost> last = new ArrayDeque<>(KEPT);
    private long lostCount;
    private long printedCount;

    /**
     * A lost connection. It is formatted later, as it does not change once it has ended.
     */
    private record Lost(long epochMs, Connection connection)
    {
        Loss told()
        {
            final long roundTripNs = connection.roundTripNs();
            return new Loss(
                epochMs,
                Long.toString(connection.id()),
                Configuration.addressText(connection.remoteAddress()),
                connection.protocol(),
                connection.closeReason().name(),
                connection.closeDetail(),
                connection.ageNs() / 1e6,
                roundTripNs < 0 ? -1 : roundTripNs / 1e6);
        }
    }

    @Override
    public void onOpen(final Connection connection)
    {
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        if (reason.isLoss())
        {
            add(new Lost(System.currentTimeMillis(), connection));
        }
    }

    private synchronized void add(final Lost lost)
    {
        if (KEPT == last.size())
        {
            last.pollLast();
        }
        last.addFirst(lost);
        ++lostCount;
    }

    /**
     * The last losses, newest first.
     */
    synchronized List<Loss> last()
    {
        return last.stream().map(Lost::told).toList();
    }

    /**
     * A line for each loss since the last call, which should be a second ago.
     */
    synchronized List<String> nextLines()
    {
        final long unprinted = lostCount - printedCount;
        printedCount = lostCount;
        final List<String> lines = new ArrayList<>();
        final Iterator<Lost> newestFirst = last.iterator();
        for (long i = 0; i < Math.min(unprinted, LINES_PER_SECOND); i++)
        {
            lines.add(0, line(newestFirst.next().told()));
        }
        if (unprinted > LINES_PER_SECOND)
        {
            lines.add(0, "lost  (and " + (unprinted - LINES_PER_SECOND) + " more, left out)");
        }
        return lines;
    }

    private static String line(final Loss loss)
    {
        return "lost  connection " + loss.id() + " " + loss.address() + "  " + loss.reason() +
            (loss.detail().isEmpty() ? "" : "  " + loss.detail());
    }
}
