package io.heartwheel.simulation;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
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

    private final SocketOptions options = new SocketOptions(SocketOptions.OF_LISTENERS);
    private final ArrayDeque<SimulatedSocketChannel> backlog = new ArrayDeque<>();
    private final SimulatedNetwork network;
    private InetSocketAddress address;
    private int backlogCapacity;
    private boolean isDestroyed;

    SimulatedServerChannel(final SimulatedNetwork network)
    {
        super(network);
        this.network = network;
    }

    /**
     * A connection was made; nobody takes note of it if too many wait already.
     *
     * @return the server's end of it, or null.
     */
    SimulatedSocketChannel establish(final SimulatedSocketChannel client, final InetSocketAddress clientAddress)
    {
        if (backlog.size() > backlogCapacity)
        {
            return null;
        }
        final SimulatedSocketChannel accepted = new SimulatedSocketChannel(network);
        accepted.establish(client, address, clientAddress, options);
        backlog.add(accepted);
        return accepted;
    }

    @Override
    public int readyOps()
    {
        return backlog.isEmpty() ? 0 : SelectionKey.OP_ACCEPT;
    }

    @Override
    public SocketChannel accept() throws IOException
    {
        requireOpen();
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
        requireOpen();
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
        requireOpen();
        return address;
    }

    @Override
    public <T> ServerSocketChannel setOption(final SocketOption<T> name, final T value) throws IOException
    {
        requireOpen();
        options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) throws IOException
    {
        requireOpen();
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
     * Who waits to be accepted is reset.
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

    private void requireOpen() throws ClosedChannelException
    {
        if (!isOpen())
        {
            throw new ClosedChannelException();
        }
    }
}
