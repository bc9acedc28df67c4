package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What all reactors of one server or client have together, where a limit holds for all of them: connections, and bytes
 * that are held. It is touched when a connection comes or goes, and when what is held for one changes; never for a
 * heartbeat.
 * <p>
 * <b>Note:</b> Threadsafe.
 */
final class Totals
{
    /** By so many connections may reactors differ, and by a part of the lesser number. */
    private static final int DIFFERENCE_MIN = 64;
    private static final int DIFFERENCE_SHIFT = 3;

    private final int maxConnections;
    private final long maxHeldBytes;
    private final boolean isSpread;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final List<Share> shares = new ArrayList<>();

    /**
     * @param maxConnections at a time of all reactors.
     * @param isSpread       true if connections come to each reactor by themselves; false if one accepts all.
     */
    Totals(final ReactorContext<?> ctx, final int maxConnections, final boolean isSpread)
    {
        this.maxConnections = maxConnections;
        this.isSpread = isSpread;
        maxHeldBytes = ctx.maxHeldBytes();
        for (int i = 0; i < ctx.reactors(); i++)
        {
            shares.add(new Share(i));
        }
    }

    /**
     * Make something for each reactor. If one of them fails, those that were made are undone.
     */
    <E> List<E> open(final Function<Share, E> opener, final Consumer<E> undo)
    {
        final List<E> opened = new ArrayList<>();
        try
        {
            for (final Share share : shares)
            {
                opened.add(opener.apply(share));
            }
            return opened;
        }
        catch (final RuntimeException | Error ex)
        {
            opened.forEach(undo);
            throw ex;
        }
    }

    boolean isAlone()
    {
        return 1 == shares.size();
    }

    /**
     * Count a connection of a reactor, unless there are as many in all as may be. On the thread of that reactor.
     */
    boolean tryEnter(final Share share)
    {
        if (connections.incrementAndGet() > maxConnections)
        {
            connections.decrementAndGet();
            return false;
        }
        share.count(1);
        return true;
    }

    /**
     * A connection that was counted has ended. On the thread of its reactor.
     */
    void leave(final Share share)
    {
        share.count(-1);
        final int left = connections.decrementAndGet();
        assert left >= 0 : "more connections have left than entered";
    }

    /**
     * The reactor that takes a connection which another has accepted. It is the one that accepted it, unless another
     * has fewer by more than a bound. By a hash, the numbers of two reactors differ by chance, less than the bound.
     */
    Share takerFor(final Share accepting)
    {
        if (isAlone())
        {
            return accepting;
        }
        Share least = accepting;
        for (final Share share : shares)
        {
            least = share.load() < least.load() && share.isOpenToOffers() ? share : least;
        }
        final int difference = accepting.load() - least.load();
        return difference > (isSpread ? Math.max(DIFFERENCE_MIN, least.load() >> DIFFERENCE_SHIFT) : 0) ?
            least : accepting;
    }

    /**
     * What a reactor holds has changed. On its thread.
     */
    void hold(final Share share, final long change)
    {
        share.hold(change);
        heldBytes.addAndGet(change);
    }

    /**
     * What waits in the queue of a reactor has changed.
     */
    void queue(final Share share, final long change)
    {
        share.queue(change);
        final long left = queuedBytes.addAndGet(change);
        assert left >= 0 : "more released than reserved";
    }

    /**
     * Bytes that are held for all peers, without those that other threads have sent and no reactor has taken over.
     */
    long heldBytes()
    {
        return heldBytes.get();
    }

    long maxHeldBytes()
    {
        return maxHeldBytes;
    }

    boolean isTooMuchHeld()
    {
        return heldBytes.get() + queuedBytes.get() > maxHeldBytes;
    }

    /**
     * Is too much held by all reactors together, and more than its part by this one? If the former, the latter is so of
     * one reactor at least.
     */
    boolean isToHoldLess(final Share share)
    {
        return isTooMuchHeld() && share.heldBytes() > maxHeldBytes / shares.size();
    }

    /**
     * If too much is held, and most of it by another reactor, ask that one to hold less.
     */
    void askOthersToHoldLess(final Share share)
    {
        if (!isAlone() && isTooMuchHeld())
        {
            final Share greatest = greatest();
            if (share != greatest)
            {
                greatest.askToHoldLess();
            }
        }
    }

    /**
     * Have each other reactor ask its most silent peer of an address whether it lives.
     */
    void askOthers(final Share share, final InetAddress address)
    {
        for (final Share other : shares)
        {
            if (share != other)
            {
                other.askMostSilent(address);
            }
        }
    }

    private Share greatest()
    {
        Share greatest = shares.get(0);
        for (final Share share : shares)
        {
            greatest = share.heldBytes() > greatest.heldBytes() ? share : greatest;
        }
        return greatest;
    }
}
