package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Knob;
import io.heartwheel.host.Log;
import io.heartwheel.host.TcpKeepAlive;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Binds the socket on which a server listens.
 */
final class ListeningSocket
{
    private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");
    private static final int SOMAXCONN_LENGTH = 16;

    private ListeningSocket()
    {
    }

    /**
     * @param isPortReused true if other sockets listen at the same port, all with SO_REUSEPORT.
     * @throws UncheckedIOException   if the address cannot be bound.
     * @throws ConfigurationException if the platform has no such TCP keepalive.
     */
    static ServerSocketChannel bind(
        final ServerContext ctx, final InetSocketAddress address, final boolean isPortReused)
    {
        ServerSocketChannel channel = null;
        try
        {
            channel = ctx.selectorProvider().openServerSocketChannel();
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (isPortReused)
            {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            if (!ctx.tcpKeepAlive().isOff())
            {
                TcpKeepAlive.setNumbers(channel, ctx.tcpKeepAlive());
            }
            channel.bind(address, ctx.acceptBacklog());
            tellBacklog(ctx.acceptBacklog());
            return channel;
        }
        catch (final ConfigurationException ex)
        {
            CloseHelper.quietClose(channel);
            throw ex;
        }
        catch (final IOException | RuntimeException ex)
        {
            CloseHelper.quietClose(channel);
            throw failure(address, ex);
        }
    }

    static UncheckedIOException failure(final InetSocketAddress address, final Exception ex)
    {
        return new UncheckedIOException(new IOException(
            "cannot listen on " + Configuration.addressText(address) + ": " + IoFailures.textOf(ex), ex));
    }

    private static void tellBacklog(final int backlog)
    {
        final int most = mostWaiting();
        if (most < backlog)
        {
            Log.line(Level.WARNING, "the kernel keeps {0} connections waiting to be accepted (net.core.somaxconn), " +
                "not {1} ({2}): of more at one time it makes some wait for a second or more",
                most, backlog, Knob.ACCEPT_BACKLOG.propertyName());
        }
    }

    /**
     * The system's limit of the backlog. Linux applies it without telling.
     */
    private static int mostWaiting()
    {
        // In one read: a second read of this file finds nothing, and Files.readString reads one byte first.
        try (InputStream in = Files.newInputStream(SOMAXCONN))
        {
            return Integer.parseInt(new String(in.readNBytes(SOMAXCONN_LENGTH), StandardCharsets.US_ASCII).strip());
        }
        catch (final IOException | RuntimeException ex)
        {
            return Integer.MAX_VALUE;
        }
    }
}
