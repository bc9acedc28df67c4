package io.heartwheel.simulation;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Level-triggered, like that of the JDK on Linux: 1,024 events at most per select, which all were ready when it began
 * to tell of them; a key that is cancelled meanwhile is still told of.
 */
final class SimulatedSelector extends AbstractSelector
{
    private static final int MAX_EVENTS = 1_024;

    private final Set<SelectionKey> keys = new LinkedHashSet<>();
    private final List<Event> events = new ArrayList<>();
    private final SimulatedNetwork network;
    private boolean isWoken;
    private boolean isSelecting;
    private int firstIndex;

    private record Event(Key key, int readyOps)
    {
    }

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
        if (isSelecting)
        {
            throw new IllegalStateException("select in progress");
        }
        isSelecting = true;
        try
        {
            deregisterCancelled();
            network.time().advance(0);
            collect();
            if (isWaiting)
            {
                await(timeoutMs);
            }
            isWoken = false;
            deregisterCancelled();
            final int count = tell(action);
            network.time().pass();
            return count;
        }
        finally
        {
            events.clear();
            isSelecting = false;
        }
    }

    private void await(final long timeoutMs)
    {
        final VirtualTime time = network.time();
        final long endNs = time.elapsedNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (events.isEmpty() && !isWoken && time.elapsedNs() < endNs)
        {
            time.step(endNs);
            collect();
        }
    }

    /**
     * Begins each time with another, so that all get their turn when there are more than one select can tell of.
     */
    private void collect()
    {
        events.clear();
        final SelectionKey[] all = keys.toArray(new SelectionKey[0]);
        for (int i = 0; i < all.length && events.size() < MAX_EVENTS; i++)
        {
            final Key key = (Key)all[(firstIndex + i) % all.length];
            final int readyOps = key.pollable().readyOps() & key.interestOps;
            if (0 != readyOps && key.isValid())
            {
                events.add(new Event(key, readyOps));
            }
        }
        if (!events.isEmpty())
        {
            firstIndex = network.random().nextInt(all.length);
        }
    }

    private int tell(final Consumer<SelectionKey> action)
    {
        int count = 0;
        for (final Event event : List.copyOf(events))
        {
            event.key.readyOps = event.readyOps & event.key.interestOps;
            if (0 != event.key.readyOps)
            {
                ++count;
                action.accept(event.key);
                requireOpen();
            }
        }
        return count;
    }

    private void deregisterCancelled()
    {
        final Set<SelectionKey> cancelled = cancelledKeys();
        for (final SelectionKey key : List.copyOf(cancelled))
        {
            remove((Key)key);
        }
        cancelled.clear();
    }

    private void remove(final Key key)
    {
        keys.remove(key);
        deregister(key);
        if (!key.channel().isOpen() && !key.channel().isRegistered())
        {
            key.pollable().destroy();
        }
    }

    @Override
    protected SelectionKey register(
        final AbstractSelectableChannel channel, final int ops, final Object attachment)
    {
        requireOpen();
        final Key key = new Key(this, channel);
        key.interestOps(ops);
        key.attach(attachment);
        keys.add(key);
        return key;
    }

    @Override
    protected void implCloseSelector()
    {
        for (final SelectionKey key : List.copyOf(keys))
        {
            key.cancel();
            remove((Key)key);
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

    private static final class Key extends AbstractSelectionKey
    {
        private final SimulatedSelector selector;
        private final SelectableChannel channel;
        private int interestOps;
        private int readyOps;

        private Key(final SimulatedSelector selector, final SelectableChannel channel)
        {
            this.selector = selector;
            this.channel = channel;
        }

        private Pollable pollable()
        {
            return (Pollable)channel;
        }

        @Override
        public SelectableChannel channel()
        {
            return channel;
        }

        @Override
        public Selector selector()
        {
            return selector;
        }

        @Override
        public int interestOps()
        {
            requireValid();
            return interestOps;
        }

        @Override
        public SelectionKey interestOps(final int ops)
        {
            requireValid();
            if (0 != (ops & ~channel.validOps()))
            {
                throw new IllegalArgumentException("ops " + ops);
            }
            interestOps = ops;
            return this;
        }

        @Override
        public int readyOps()
        {
            requireValid();
            return readyOps;
        }

        private void requireValid()
        {
            if (!isValid())
            {
                throw new CancelledKeyException();
            }
        }
    }
}
