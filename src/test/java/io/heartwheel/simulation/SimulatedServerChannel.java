package io.heartwheel.simulation;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Set;

/**
 * A listening socket in memory.
 */
final class SimulatedServerChannel extends ServerSocketChannel implements Pollable
{
    private static final int BACKLOG_DEFAULT = 50;

    private final SocketOptions options = new SocketOptions(this, SocketOptions.OF_LISTENERS);
    private final ArrayDeque<SimulatedSocketChannel> backlog = new ArrayDeque<>();
    private final SimulatedNetwork network;
    private SimulatedKey key;
    private InetSocketAddress address;
    private int backlogCapacity;
    private boolean isDestroyed;

    SimulatedServerChannel(final SimulatedNetwork network)
    {
        super(network);
        this.network = network;
    }

    /**
     * Do as many wait to be accepted as may?
     */
    boolean isFull()
    {
        return backlog.size() > backlogCapacity;
    }

    /**
     * The server's end of a connection that a client asks for.
     */
    SimulatedSocketChannel endFor(final SimulatedSocketChannel client)
    {
        return new SimulatedSocketChannel(network, client, address, options);
    }

    /**
     * A connection was made.
     */
    void offer(final SimulatedSocketChannel end)
    {
        backlog.add(end);
        SimulatedSelector.enlist(key);
    }

    @Override
    public SimulatedKey key()
    {
        return key;
    }

    @Override
    public void key(final SimulatedKey key)
    {
        this.key = key;
    }

    @Override
    public int readyOps()
    {
        return backlog.isEmpty() ? 0 : SelectionKey.OP_ACCEPT;
    }

    @Override
    public SocketChannel accept() throws IOException
    {
        SocketOptions.requireOpen(this);
        if (null == address)
        {
            throw new NotYetBoundException();
        }
        if (backlog.isEmpty())
        {
            return null;
        }
        network.takeDescriptor();
        return backlog.poll();
    }

    @Override
    public ServerSocketChannel bind(final SocketAddress local, final int backlogLength) throws IOException
    {
        SocketOptions.requireOpen(this);
        final InetSocketAddress wanted = network.ephemeral((InetSocketAddress)local);
        if (null != network.listener(wanted.getPort()))
        {
            throw new BindException("Address already in use");
        }
        address = wanted;
        backlogCapacity = backlogLength < 1 ? BACKLOG_DEFAULT : backlogLength;
        network.listen(address.getPort(), this);
        return this;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException
    {
        SocketOptions.requireOpen(this);
        return address;
    }

    @Override
    public <T> ServerSocketChannel setOption(final SocketOption<T> name, final T value) throws IOException
    {
        options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException
    {
        return options.value(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions()
    {
        return options.supported();
    }

    @Override
    public ServerSocket socket()
    {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseSelectableChannel()
    {
        if (!isRegistered())
        {
            destroy();
        }
    }

    @Override
    protected void implConfigureBlocking(final boolean isBlocking)
    {
    }

    /**
     * Connections that wait to be accepted are reset.
     */
    @Override
    public void destroy()
    {
        if (!isDestroyed)
        {
            isDestroyed = true;
            network.giveDescriptor();
            if (null != address)
            {
                network.unlisten(address.getPort());
            }
            backlog.forEach(SimulatedSocketChannel::refuse);
            backlog.clear();
        }
    }
}
