package io.heartwheel.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * The parts of a socket in memory that have nothing to do with its bytes.
 */
abstract class AbstractSimulatedSocket extends SocketChannel
{
    final SocketOptions options = new SocketOptions(this, SocketOptions.OF_SOCKETS);
    InetSocketAddress localAddress;
    InetSocketAddress remoteAddress;
    int reads;
    long lastReadNs;
    long arrivedWhenLastReadNs;
    long lastWriteNs;

    AbstractSimulatedSocket(final SimulatedNetwork network)
    {
        super(network);
    }

    /**
     * How often it was tried to read.
     */
    final int reads()
    {
        return reads;
    }

    /**
     * When it was last tried to read.
     */
    final long lastReadNs()
    {
        return lastReadNs;
    }

    /**
     * When the last of the bytes arrived that were there then.
     */
    final long arrivedWhenLastReadNs()
    {
        return arrivedWhenLastReadNs;
    }

    /**
     * When it was last tried to write.
     */
    final long lastWriteNs()
    {
        return lastWriteNs;
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
        SocketOptions.requireOpen(this);
        return isConnected() ? remoteAddress : null;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException
    {
        SocketOptions.requireOpen(this);
        return localAddress;
    }
}
