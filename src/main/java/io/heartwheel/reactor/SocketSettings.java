package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * How every socket of a connection is set, accepted or connected.
 */
final class SocketSettings
{
    private SocketSettings()
    {
    }

    /**
     * What the kernel has taken is out of sight: a probe waits behind it, and no progress of it is seen. So it takes no
     * more than a peer has time to read.
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
     * The send buffer that the kernel makes of the setting, read back from a socket that is not connected.
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
