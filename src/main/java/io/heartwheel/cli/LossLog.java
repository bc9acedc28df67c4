package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One line for each connection that was lost, as many a second as can be read, and a count of the others. The reactor
 * thread neither waits for the output nor writes the line: losses are handed over through a queue to the printing
 * thread.
 */
final class LossLog implements ConnectionListener
{
    private static final int LINES_PER_SECOND = 20;

    private final ArrayBlockingQueue<Connection> lost = new ArrayBlockingQueue<>(LINES_PER_SECOND);
    private final AtomicLong leftOut = new AtomicLong();

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
        if (CloseReason.LOCAL_CLOSE == reason || CloseReason.SHUTDOWN == reason)
        {
            return;
        }
        if (!lost.offer(connection))
        {
            leftOut.incrementAndGet();
        }
    }

    /**
     * Print what has come since the last call, which should be a second ago.
     */
    void print(final PrintWriter out)
    {
        for (Connection connection = lost.poll(); null != connection; connection = lost.poll())
        {
            out.println(line(connection));
        }
        final long count = leftOut.getAndSet(0);
        if (count > 0)
        {
            out.println("lost  (and " + count + " more, left out)");
        }
    }

    /**
     * What a connection says of itself does not change once it has ended, and came here through the queue.
     */
    private static String line(final Connection connection)
    {
        final String detail = connection.closeDetail();
        return "lost  " + connection + "  " + connection.closeReason() +
            (detail.isEmpty() ? "" : "  " + Printable.of(detail));
    }
}
