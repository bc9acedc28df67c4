package io.heartwheel.simulation;

import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A level-triggered selector, like that of the JDK on Linux. A select returns 1,024 events at most, all of which were
 * ready when it began. It still returns a key that is cancelled meanwhile. Events come in the order in which channels
 * became ready, and a channel that stays ready queues up again. The cost of a select does not depend on the number of
 * keys.
 */
final class SimulatedSelector extends AbstractSelector
{
    private static final int MAX_EVENTS = 1_024;
    private static final int NONE = -1;

    private final List<SimulatedKey> keys = new ArrayList<>();
    private final ArrayDeque<SimulatedKey> listed = new ArrayDeque<>();
    private final SimulatedKey[] events = new SimulatedKey[MAX_EVENTS];
    private final int[] readyOps = new int[MAX_EVENTS];
    private final SimulatedNetwork network;
    private int eventCount;
    private boolean isWoken;
    private boolean isSelecting;

    SimulatedSelector(final SimulatedNetwork network)
    {
        super(network);
        this.network = network;
    }

    @Override
    public int select(final Consumer<SelectionKey> action, final long timeoutMs)
    {
        return select(action, timeoutMs, true);
    }

    @Override
    public int selectNow(final Consumer<SelectionKey> action)
    {
        return select(action, 0, false);
    }

    private int select(final Consumer<SelectionKey> action, final long timeoutMs, final boolean isWaiting)
    {
        requireOpen();
        network.onOperation();
        if (isSelecting)
        {
            throw new IllegalStateException("select in progress");
        }
        isSelecting = true;
        try
        {
            deregisterCancelled();
            network.time().advance(0);
            network.time().beginWork();
            collect();
            if (isWaiting)
            {
                await(timeoutMs);
            }
            network.time().endWork();
            isWoken = false;
            deregisterCancelled();
            final int count = tell(action);
            network.time().pass();
            return count;
        }
        finally
        {
            eventCount = 0;
            isSelecting = false;
        }
    }

    private void await(final long timeoutMs)
    {
        final VirtualTime time = network.time();
        final long endNs = time.elapsedNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (0 == eventCount && !isWoken && time.elapsedNs() < endNs)
        {
            time.step(endNs);
            collect();
        }
    }

    /**
     * What is ready goes to the end of the list, and what is not leaves it, until something happens to it.
     */
    private void collect()
    {
        eventCount = 0;
        for (int left = listed.size(); left > 0 && eventCount < MAX_EVENTS; left--)
        {
            final SimulatedKey key = listed.poll();
            final int ready = key.isValid() ? key.pollable.readyOps() & key.interestOps : 0;
            key.isListed = 0 != ready;
            if (key.isListed)
            {
                listed.add(key);
                events[eventCount] = key;
                readyOps[eventCount++] = ready;
            }
        }
        if (network.isShuffled())
        {
            shuffle();
        }
    }

    private void shuffle()
    {
        for (int i = eventCount; i > 1; i--)
        {
            final int other = network.random().nextInt(i);
            final SimulatedKey key = events[i - 1];
            final int ready = readyOps[i - 1];
            events[i - 1] = events[other];
            readyOps[i - 1] = readyOps[other];
            events[other] = key;
            readyOps[other] = ready;
        }
    }

    private int tell(final Consumer<SelectionKey> action)
    {
        int count = 0;
        for (int i = 0; i < eventCount; i++)
        {
            final SimulatedKey key = events[i];
            key.readyOps = readyOps[i] & key.interestOps;
            if (0 != key.readyOps && NONE != key.index)
            {
                ++count;
                if (network.isHeeded())
                {
                    key.onTold();
                }
                action.accept(key);
                requireOpen();
            }
        }
        return count;
    }

    /**
     * A channel's readiness may have changed.
     */
    static void enlist(final SimulatedKey first)
    {
        for (SimulatedKey key = first; null != key; key = key.next)
        {
            key.enlist();
        }
    }

    void list(final SimulatedKey key)
    {
        listed.add(key);
    }

    /**
     * In the order of their places, for that of a hash set is another in each run.
     */
    private void deregisterCancelled()
    {
        final Set<SelectionKey> cancelled = cancelledKeys();
        if (!cancelled.isEmpty())
        {
            final SimulatedKey[] removed = cancelled.toArray(new SimulatedKey[0]);
            cancelled.clear();
            Arrays.sort(removed, Comparator.comparingInt(key -> key.index));
            for (final SimulatedKey key : removed)
            {
                remove(key);
            }
        }
    }

    private void remove(final SimulatedKey key)
    {
        if (NONE == key.index)
        {
            return;
        }
        final SimulatedKey last = keys.remove(keys.size() - 1);
        if (last != key)
        {
            keys.set(key.index, last);
            last.index = key.index;
        }
        key.index = NONE;
        key.leave();
        deregister(key);
        if (!key.channel().isOpen() && !key.channel().isRegistered())
        {
            key.pollable.destroy();
        }
    }

    @Override
    protected SelectionKey register(
        final AbstractSelectableChannel channel, final int ops, final Object attachment)
    {
        requireOpen();
        final SimulatedKey key = new SimulatedKey(this, (Pollable)channel);
        key.index = keys.size();
        keys.add(key);
        key.interestOps(ops);
        key.attach(attachment);
        return key;
    }

    @Override
    protected void implCloseSelector()
    {
        for (final SimulatedKey key : List.copyOf(keys))
        {
            key.cancel();
            remove(key);
        }
    }

    @Override
    public Selector wakeup()
    {
        isWoken = true;
        return this;
    }

    @Override
    public Set<SelectionKey> keys()
    {
        requireOpen();
        return Set.copyOf(keys);
    }

    @Override
    public Set<SelectionKey> selectedKeys()
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public int selectNow()
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select(final long timeoutMs)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select()
    {
        throw new UnsupportedOperationException();
    }

    private void requireOpen()
    {
        if (!isOpen())
        {
            throw new ClosedSelectorException();
        }
    }
}
