package io.heartwheel.bench.harness;

import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection to a server that can send any bytes, whole frames or not.
 */
public final class RawPeer
{
    private static final int SMALL_RECEIVE_LENGTH = 1024;

    public final SocketChannel channel;
    public final SelectionKey key;
    public final long timeOfConnectNs = System.nanoTime();

    /** What has arrived of a frame, or null. */
    HalfFrame half;

    /** What the server said last, or null. */
    public Hello hello;

    /** From the BYE, -1 if none came. */
    public int byeReason = -1;

    /** The connection has ended: how, the next read tells. */
    public boolean hasWriteFailed;

    /** What has still to be written before anything else, or null. */
    private ByteBuffer rest;

    /**
     * Begin to connect.
     *
     * @param source     address to come from.
     * @param isReading  will it read at all? If not, there is little room for what is sent to it.
     * @param attachment of the key.
     */
    public RawPeer(
        final Selector selector,
        final InetAddress source,
        final InetSocketAddress server,
        final boolean isReading,
        final Object attachment)
        throws IOException
    {
        channel = SocketChannel.open();
        try
        {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (!isReading)
            {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_RECEIVE_LENGTH);
            }
            channel.bind(new InetSocketAddress(source, 0));
            channel.connect(server);
            key = channel.register(selector, SelectionKey.OP_CONNECT, attachment);
        }
        catch (final IOException ex)
        {
            CloseHelper.quietClose(channel);
            throw ex;
        }
    }

    public boolean canWrite()
    {
        return null == rest;
    }

    /**
     * Write; what there is no room for goes first the next time.
     *
     * @return number of bytes that left.
     */
    public int write(final ByteBuffer bytes)
    {
        final int written = tryWrite(bytes);
        if (bytes.hasRemaining())
        {
            rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        }
        return written;
    }

    /**
     * Write what is left of before.
     *
     * @return number of bytes that left.
     */
    public int writeRest()
    {
        final int written = tryWrite(rest);
        if (!rest.hasRemaining())
        {
            rest = null;
        }
        return written;
    }

    private int tryWrite(final ByteBuffer bytes)
    {
        try
        {
            return hasWriteFailed ? 0 : channel.write(bytes);
        }
        catch (final IOException ex)
        {
            hasWriteFailed = true;
            return 0;
        }
    }

    public void close()
    {
        CloseHelper.quietClose(channel);
    }

    /**
     * Close by RST.
     */
    public void reset()
    {
        try
        {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        catch (final IOException ex)
        {
            // Then by FIN.
        }
        close();
    }
}
