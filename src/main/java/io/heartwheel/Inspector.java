package io.heartwheel;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Looks at the connections for other threads, a few in each duty cycle, so that a look at all of them makes nobody
 * late. All who ask before a look begins are given the same one.
 * <p>
 * <b>Note:</b> {@link #inspect()} and {@link #isAsked()} may be called from any thread; the rest is for the reactor
 * thread only.
 */
final class Inspector implements AutoCloseable
{
    static final int CONNECTIONS_PER_CYCLE = 256;

    private final ConnectionTable connections;
    private final Queue<CompletableFuture<List<ConnectionView>>> asked = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<List<ConnectionView>>> served = new ArrayList<>();
    private List<ConnectionView> views;
    private int nextSlot;
    private volatile boolean isClosed;

    Inspector(final ConnectionTable connections)
    {
        this.connections = connections;
    }

    CompletableFuture<List<ConnectionView>> inspect()
    {
        final CompletableFuture<List<ConnectionView>> answer = new CompletableFuture<>();
        asked.add(answer);
        if (isClosed)
        {
            refuseAll();
        }
        return answer;
    }

    boolean isAsked()
    {
        return null != views || !asked.isEmpty();
    }

    /**
     * Look on. For want of memory it is the look that fails.
     */
    int doWork()
    {
        if (!isAsked())
        {
            return 0;
        }
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            look();
        }
        catch (final OutOfMemoryError ex)
        {
            views = null;
            served.forEach((answer) -> answer.completeExceptionally(ex));
            served.clear();
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
        return 1;
    }

    private void look()
    {
        if (null == views)
        {
            asked.removeIf(served::add);
            views = new ArrayList<>(connections.size());
            nextSlot = 0;
        }

        final int endSlot = Math.min(nextSlot + CONNECTIONS_PER_CYCLE, connections.slots());
        for (; nextSlot < endSlot; nextSlot++)
        {
            final Connection connection = connections.at(nextSlot);
            if (null != connection)
            {
                views.add(ConnectionView.of(connection));
            }
        }
        if (nextSlot >= connections.slots())
        {
            final List<ConnectionView> all = List.copyOf(views);
            views = null;
            served.forEach((answer) -> answer.complete(all));
            served.clear();
        }
    }

    @Override
    public void close()
    {
        isClosed = true;
        refuseAll();
        served.forEach(Inspector::refuse);
        served.clear();
        views = null;
    }

    private void refuseAll()
    {
        for (CompletableFuture<List<ConnectionView>> each = asked.poll(); null != each; each = asked.poll())
        {
            refuse(each);
        }
    }

    private static void refuse(final CompletableFuture<List<ConnectionView>> answer)
    {
        answer.completeExceptionally(new IllegalStateException("closed"));
    }
}
