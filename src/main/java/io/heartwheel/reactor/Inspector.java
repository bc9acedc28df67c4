package io.heartwheel.reactor;

import io.heartwheel.ConnectionView;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes views of all connections for other threads. It looks at a few connections in each duty cycle, so that no peer
 * is judged late for it. All requests that come before a look begins get the same list.
 * <p>
 * <b>Note:</b> {@link #inspect()} and {@link #isAsked()} may be called from any thread; the rest is for the reactor
 * thread only.
 */
final class Inspector implements AutoCloseable
{
    static final int CONNECTIONS_PER_CYCLE = 256;

    private static final ConnectionView.State[] STATES = ConnectionView.State.values();

    private final PeerTable peers;
    private final Queue<CompletableFuture<List<ConnectionView>>> asked = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<List<ConnectionView>>> served = new ArrayList<>();
    private List<ConnectionView> views;
    private int nextSlot;
    private volatile boolean isClosed;

    Inspector(final PeerTable peers)
    {
        this.peers = peers;
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
     * Look at the next few connections. If memory runs out, the requests fail, and nothing else.
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
            views = new ArrayList<>(peers.size());
            nextSlot = 0;
        }

        final int endSlot = Math.min(nextSlot + CONNECTIONS_PER_CYCLE, peers.slots());
        for (; nextSlot < endSlot; nextSlot++)
        {
            final Peer peer = peers.at(nextSlot);
            if (null != peer)
            {
                views.add(viewOf(peer));
            }
        }
        if (nextSlot >= peers.slots())
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

    private static ConnectionView viewOf(final Peer peer)
    {
        return new ConnectionView(
            peer.id(),
            peer.remoteAddress(),
            peer.protocol(),
            peer.identity(),
            STATES[peer.state - Peer.JOINING],
            peer.ageNs(),
            peer.cadence(),
            peer.silenceNs(),
            peer.roundTripNs(),
            peer.outbound.queuedBytes());
    }
}
