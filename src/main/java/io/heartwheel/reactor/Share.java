package io.heartwheel.reactor;

import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one of several reactors has of the {@link Totals}, and what the others may ask of it. They offer it connections
 * that they have accepted, ask it to hold less, and ask it to look for silent peers of an address.
 * <p>
 * <b>Note:</b> Threadsafe, but for {@link #onAsked} and what the Javadoc of a method says.
 */
final class Share
{
    /**
     * Connections that may wait to be taken over. A reactor that is stalled leaves them waiting, so they are few.
     */
    static final int OFFERS_MAX = 64;

    final int index;
    private final ArrayDeque<Offer> offers = new ArrayDeque<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean isToHoldLess = new AtomicBoolean();
    private volatile int connections;
    private volatile int offered;
    private boolean isClosed;
    private Requests requests;

    /**
     * A connection that is handed over.
     *
     * @param door by which it came: its number, which is the same for all reactors.
     */
    record Offer(SocketChannel socket, int door)
    {
    }

    /**
     * What others ask of a reactor. Each is called on a thread of theirs.
     */
    interface Requests
    {
        /** Too much is held, and most of it by this reactor. */
        void holdLess();

        /** A connection is offered. A client is offered none. */
        default void wakeup()
        {
        }

        /** There are too many connections of an address: does the most silent live? A client has no such limit. */
        default void askMostSilent(final InetAddress address)
        {
        }
    }

    Share(final int index)
    {
        this.index = index;
    }

    /**
     * Name the reactor that is asked. To be called once, before any reactor runs.
     */
    void onAsked(final Requests requests)
    {
        this.requests = requests;
    }

    /**
     * On the reactor thread only.
     */
    void count(final int change)
    {
        connections += change;
    }

    int load()
    {
        return connections + offered;
    }

    boolean isOpenToOffers()
    {
        return offered < OFFERS_MAX;
    }

    /**
     * Hand a connection over to this reactor.
     *
     * @return false if it takes no more.
     */
    boolean offer(final SocketChannel socket, final int door)
    {
        synchronized (offers)
        {
            if (isClosed || offers.size() >= OFFERS_MAX)
            {
                return false;
            }
            offers.add(new Offer(socket, door));
            offered = offers.size();
        }
        requests.wakeup();
        return true;
    }

    boolean isOffered()
    {
        return offered > 0;
    }

    /**
     * The next connection that was handed over, or null.
     */
    Offer nextOffer()
    {
        if (0 == offered)
        {
            return null;
        }
        synchronized (offers)
        {
            final Offer offer = offers.poll();
            offered = offers.size();
            return offer;
        }
    }

    /**
     * Take no more connections. Those that were handed over before are left to be taken.
     */
    void close()
    {
        synchronized (offers)
        {
            isClosed = true;
        }
    }

    /**
     * On the reactor thread only.
     */
    void hold(final long change)
    {
        heldBytes.setRelease(heldBytes.getPlain() + change);
    }

    void queue(final long change)
    {
        queuedBytes.addAndGet(change);
    }

    long heldBytes()
    {
        return heldBytes.getAcquire() + queuedBytes.getAcquire();
    }

    /**
     * Ask the reactor to hold less: once until it has looked.
     */
    void askToHoldLess()
    {
        if (isToHoldLess.compareAndSet(false, true))
        {
            requests.holdLess();
        }
    }

    /**
     * The reactor that was asked to hold less looks now.
     */
    void onLook()
    {
        if (isToHoldLess.get())
        {
            isToHoldLess.set(false);
        }
    }

    void askMostSilent(final InetAddress address)
    {
        requests.askMostSilent(address);
    }
}
