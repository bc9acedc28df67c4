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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Binds each socket to an address before it is connected. Several addresses are taken in turn.
 */
public final class BindingProvider extends SelectorProvider
{
    private final SelectorProvider system = SelectorProvider.provider();
    private final List<InetSocketAddress> addresses;
    private final AtomicInteger opened = new AtomicInteger();

    /**
     * @param addresses to bind to; port 0 is a free one for each socket.
     */
    public BindingProvider(final InetSocketAddress... addresses)
    {
        this.addresses = List.of(addresses);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException
    {
        return system.openSocketChannel().bind(
            addresses.get(Math.floorMod(opened.getAndIncrement(), addresses.size())));
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
