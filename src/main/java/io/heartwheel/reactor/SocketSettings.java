package io.heartwheel.reactor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Sets the options of every socket of a connection, accepted or connected.
 */
final class SocketSettings
{
    private SocketSettings()
    {
    }

    /**
     * Set the options. The send buffer is bounded, since bytes that the kernel has accepted are out of sight: a probe
     * waits behind them, and their progress is not seen. So the kernel accepts no more than a peer has time to read. A
     * length of 0 leaves the choice to the kernel.
     */
    static void set(final SocketChannel channel, final int sendBufferLength) throws IOException
    {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (sendBufferLength > 0)
        {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferLength);
        }
    }

    /**
     * The length that the kernel gives a send buffer by the setting, read back from a socket that is not connected.
     */
    static int sendBufferLength(final SelectorProvider provider, final int sendBufferLength)
    {
        try (SocketChannel channel = provider.openSocketChannel())
        {
            set(channel, sendBufferLength);
            return channel.getOption(StandardSocketOptions.SO_SNDBUF);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
