package io.heartwheel.support;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/**
 * Binds each socket to one address before it is connected.
 */
public final class BindingProvider extends SelectorProvider
{
    private final SelectorProvider system = SelectorProvider.provider();
    private final InetSocketAddress address;

    /**
     * @param address to bind to; port 0 is a free one for each socket.
     */
    public BindingProvider(final InetSocketAddress address)
    {
        this.address = address;
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException
    {
        return system.openSocketChannel().bind(address);
    }

    @Override
    public AbstractSelector openSelector() throws IOException
    {
        return system.openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException
    {
        return system.openServerSocketChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException
    {
        return system.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(final ProtocolFamily family) throws IOException
    {
        return system.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException
    {
        return system.openPipe();
    }
}
