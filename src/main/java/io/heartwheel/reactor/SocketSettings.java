package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

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
     * waits behind them, and their progress is not seen. So the kernel accepts no more than a peer has time to read.
     */
    static void set(final SocketChannel channel, final ReactorContext<?> ctx) throws IOException
    {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (ctx.sendBufferLength() > 0)
        {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, ctx.sendBufferLength());
        }
    }

    /**
     * The length that the kernel gives a send buffer by the setting, read back from a socket that is not connected.
     */
    static int sendBufferLength(final ReactorContext<?> ctx)
    {
        try (SocketChannel channel = ctx.selectorProvider().openSocketChannel())
        {
            set(channel, ctx);
            return channel.getOption(StandardSocketOptions.SO_SNDBUF);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
