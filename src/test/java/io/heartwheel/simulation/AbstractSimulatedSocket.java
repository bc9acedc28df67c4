package io.heartwheel.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * What a socket in memory has to have besides its bytes.
 */
abstract class AbstractSimulatedSocket extends SocketChannel
{
    final SocketOptions options = new SocketOptions(SocketOptions.OF_SOCKETS);
    InetSocketAddress localAddress;
    InetSocketAddress remoteAddress;

    AbstractSimulatedSocket(final SimulatedNetwork network)
    {
        super(network);
    }

    @Override
    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException
    {
        long count = 0;
        for (int i = offset; i < offset + length; i++)
        {
            final int read = read(dsts[i]);
            if (read < 0)
            {
                return count > 0 ? count : -1;
            }
            count += read;
        }
        return count;
    }

    @Override
    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException
    {
        long count = 0;
        for (int i = offset; i < offset + length; i++)
        {
            count += write(srcs[i]);
        }
        return count;
    }

    @Override
    public SocketChannel bind(final SocketAddress local)
    {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implConfigureBlocking(final boolean isBlocking)
    {
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
    public Socket socket()
    {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException
    {
        requireOpen();
        return isConnected() ? remoteAddress : null;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException
    {
        requireOpen();
        return localAddress;
    }

    final void requireOpen() throws ClosedChannelException
    {
        if (!isOpen())
        {
            throw new ClosedChannelException();
        }
    }
}
