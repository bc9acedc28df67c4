package io.heartwheel.reactor;

import io.heartwheel.AcceptSockets;
import io.heartwheel.ServerContext;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Knob;
import org.agrona.SystemUtil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * The port of a server, and the listening sockets that its reactors have there: one for each, or one for all.
 * <p>
 * With SO_REUSEPORT, Linux spreads connections over the sockets by a hash of the addresses of both ends. Other systems
 * that know the option give all connections to one of the sockets, so one reactor accepts there.
 */
final class Port
{
    private final ServerContext ctx;
    private final boolean isForEach;
    private final String text;
    private InetSocketAddress address;

    /**
     * @throws ConfigurationException if there cannot be such sockets here.
     */
    Port(final ServerContext ctx, final InetSocketAddress address)
    {
        this.ctx = ctx;
        final AcceptSockets wanted = ctx.acceptSockets();
        final boolean isAlone = 1 == ctx.reactors();
        final String lacking = AcceptSockets.ONE == wanted || isAlone && AcceptSockets.SHARED != wanted ? "" :
            lacking();
        if (!lacking.isEmpty() && AcceptSockets.AUTO != wanted)
        {
            throw new ConfigurationException(Knob.ACCEPT_SOCKETS.propertyName() + "=" +
                wanted.name().toLowerCase(Locale.ROOT) + ": " + lacking);
        }
        isForEach = switch (wanted)
        {
            case ONE -> false;
            case SHARED -> true;
            case AUTO, EACH -> !isAlone && lacking.isEmpty();
        };
        text = isAlone ? "" : ctx.reactors() + " reactors, " + (isForEach ?
            "each with a listening socket of its own (SO_REUSEPORT)" :
            "of which the first accepts for all, because " +
            (lacking.isEmpty() ? Knob.ACCEPT_SOCKETS.propertyName() + "=one" : lacking));
        this.address = address;
    }

    /**
     * What is lacking for a socket for each reactor, or nothing.
     */
    private String lacking()
    {
        try (ServerSocketChannel any = ctx.selectorProvider().openServerSocketChannel())
        {
            return !any.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT) ?
                "there is no SO_REUSEPORT here" :
                SystemUtil.isLinux() ? "" : "SO_REUSEPORT spreads no connections on " + SystemUtil.osName();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Does each reactor have a listening socket?
     */
    boolean isForEach()
    {
        return isForEach;
    }

    /**
     * How connections come to several reactors, and why so, as a line of text; empty for one reactor.
     */
    String text()
    {
        return text;
    }

    /**
     * Bind the listening socket of a reactor.
     *
     * @return the socket, or null if another reactor accepts for this one.
     * @throws UncheckedIOException if the address cannot be bound.
     */
    ServerSocketChannel listen(final int reactor)
    {
        if (reactor > 0 && !isForEach)
        {
            return null;
        }
        if (0 == reactor && isForEach && AcceptSockets.SHARED != ctx.acceptSockets())
        {
            requireFree();
        }
        final ServerSocketChannel channel = ListeningSocket.bind(ctx, address, isForEach);
        try
        {
            address = (InetSocketAddress)channel.getLocalAddress();
            return channel;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * With SO_REUSEPORT, a second server of the same user at the same port would not fail, but take half of the
     * connections. A socket without that option fails. It does not listen, so nobody connects to it.
     */
    private void requireFree()
    {
        try (SocketChannel probe = ctx.selectorProvider().openSocketChannel())
        {
            probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            probe.bind(address);
        }
        catch (final IOException | RuntimeException ex)
        {
            throw ListeningSocket.failure(address, ex);
        }
    }
}
