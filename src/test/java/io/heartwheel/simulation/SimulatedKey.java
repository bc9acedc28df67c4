package io.heartwheel.simulation;

import io.heartwheel.reactor.Insides;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/**
 * The registration of a simulated channel with a selector.
 */
final class SimulatedKey extends AbstractSelectionKey
{
    private static final int NEVER = -1;
    private static final int IN_VAIN_MAX = 3;

    final Pollable pollable;
    /**
     * Where the selector keeps it.
     */
    int index;
    /**
     * Is it on the list of those that may be ready?
     */
    boolean isListed;
    int interestOps;
    int readyOps;
    /**
     * The same channel's with another selector.
     */
    SimulatedKey next;
    private final SimulatedSelector selector;
    private int readsWhenTold = NEVER;
    private int toldInVain;

    SimulatedKey(final SimulatedSelector selector, final Pollable pollable)
    {
        this.selector = selector;
        this.pollable = pollable;
        next = pollable.key();
        pollable.key(this);
    }

    /**
     * The reactor is told what the socket is ready for. A reactor that is told that it can read does so, or no longer
     * wants to be told: else each select would be full of events that lead to nothing. A connection that has ended may
     * be waiting to be closed, and so may one that is to end when the cycle is over. Of a crowd that ends at once, each
     * waits for its turn.
     */
    void onTold()
    {
        if (0 != (readyOps & OP_READ) && pollable instanceof SimulatedSocketChannel socket &&
            !socket.in().isEndReceived() && !socket.isReset() && !Insides.isCondemned(attachment()))
        {
            toldInVain = readsWhenTold == socket.reads() ? toldInVain + 1 : 0;
            Simulation.require(toldInVain <= IN_VAIN_MAX, socket + " can be read, as was told before");
            readsWhenTold = socket.reads();
        }
        else
        {
            readsWhenTold = NEVER;
        }
    }

    void enlist()
    {
        if (!isListed && 0 != interestOps)
        {
            isListed = true;
            selector.list(this);
        }
    }

    /**
     * It is no longer one of its channel's.
     */
    void leave()
    {
        SimulatedKey before = pollable.key();
        if (this == before)
        {
            pollable.key(next);
            return;
        }
        while (this != before.next)
        {
            before = before.next;
        }
        before.next = next;
    }

    @Override
    public SelectableChannel channel()
    {
        return (SelectableChannel)pollable;
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
        if (0 != (ops & ~channel().validOps()))
        {
            throw new IllegalArgumentException("ops " + ops);
        }
        interestOps = ops;
        enlist();
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
