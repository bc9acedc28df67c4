package io.heartwheel.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection of either kind, and both its ends.
 */
final class Sockets implements AutoCloseable
{
    private static final int TRIES_MAX = 3_000;

    /**
     * In memory, or the kernel's.
     */
    enum Kind
    {
        SIMULATED, REAL
    }

    /**
     * What is waited for.
     */
    @FunctionalInterface
    interface Condition
    {
        boolean isMet() throws IOException;
    }

    final SelectorProvider provider;
    final Selector selector;
    final ServerSocketChannel listener;
    InetSocketAddress listenerAddress;
    SocketChannel client;
    SocketChannel server;
    final Selector nobody;
    private final List<SelectableChannel> channels = new ArrayList<>();

    Sockets(final Kind kind) throws IOException
    {
        provider = Kind.REAL == kind ?
            SelectorProvider.provider() : new SimulatedNetwork(new VirtualTime(Long.MAX_VALUE - 1_000_000), 1);
        selector = provider.openSelector();
        nobody = provider.openSelector();
        listener = keep(provider.openServerSocketChannel());
    }

    void listen(final InetSocketAddress address, final int backlog) throws IOException
    {
        listener.bind(address, backlog);
        listenerAddress = (InetSocketAddress)listener.getLocalAddress();
    }

    void connect() throws IOException
    {
        client = open();
        client.connect(listener.getLocalAddress());
        await(client::finishConnect);
        await(() -> null != (server = listener.accept()));
        keep(server);
    }

    SocketChannel open() throws IOException
    {
        return keep(provider.openSocketChannel());
    }

    <T extends SelectableChannel> T keep(final T channel) throws IOException
    {
        channel.configureBlocking(false);
        channels.add(channel);
        return channel;
    }

    SelectionKey register(final SelectableChannel channel, final int ops) throws IOException
    {
        return channel.register(selector, ops);
    }

    /**
     * What a select now says of a key.
     */
    int readyOps(final SelectionKey asked) throws IOException
    {
        final int[] ops = new int[1];
        selector.selectNow(key -> ops[0] |= key == asked ? key.readyOps() : 0);
        return ops[0];
    }

    void resetClient() throws IOException
    {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
    }

    /**
     * Let time pass, be it real or not.
     */
    void pass(final int ms) throws IOException
    {
        nobody.select(SocketContractTest::ignore, ms);
    }

    void await(final Condition condition) throws IOException
    {
        for (int tries = 0; !condition.isMet(); tries++)
        {
            if (tries == TRIES_MAX)
            {
                throw new AssertionError("waited in vain");
            }
            pass(1);
        }
    }

    /**
     * Read so many bytes, or the end of the stream if -1.
     */
    void awaitRead(final SocketChannel channel, final int expected) throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.allocate(Math.max(1, expected));
        await(() -> channel.read(buffer) < 0 ? expected < 0 : buffer.position() == expected);
    }

    @Override
    public void close() throws IOException
    {
        for (final SelectableChannel channel : channels)
        {
            channel.close();
        }
        selector.close();
        nobody.close();
    }
}
