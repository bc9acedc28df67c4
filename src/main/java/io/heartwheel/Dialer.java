package io.heartwheel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One try of a link to connect: looks its server up if that is a name, and makes a connection. The {@link Connector} is
 * told of the outcome, and says when a try begins and when it has taken too long.
 */
final class Dialer implements AutoCloseable
{
    private final HeartbeatClient.Context ctx;
    private final Connector connector;
    private final Reactor reactor;
    private final NameResolver resolver;

    Dialer(final HeartbeatClient.Context ctx, final Connector connector, final Reactor reactor)
    {
        this.ctx = ctx;
        this.connector = connector;
        this.reactor = reactor;
        resolver = new NameResolver(ctx.directory());
    }

    /**
     * Begin a try.
     */
    void begin(final Link link)
    {
        final InetSocketAddress address = link.nextAddress();
        connector.limitTry(link);
        if (address.isUnresolved())
        {
            link.state = Link.RESOLVING;
            final int tries = link.tries;
            link.lookUp = resolver.resolve(address.getHostString(), (found, failure) -> reactor.commands.submit(() ->
            {
                // Another look-up may be under way by now.
                if (Link.RESOLVING == link.state && tries == link.tries)
                {
                    connector.run(link, () -> onResolved(link, address, found, failure));
                }
            }));
        }
        else
        {
            connect(link, address);
        }
    }

    private void onResolved(
        final Link link, final InetSocketAddress address, final InetAddress[] found, final String failure)
    {
        if (null == found)
        {
            connector.fail(link, failure);
        }
        else
        {
            connector.limitTry(link);
            final InetAddress host = found[link.tries / link.addresses().size() % found.length];
            connect(link, new InetSocketAddress(host, address.getPort()));
        }
    }

    private void connect(final Link link, final InetSocketAddress address)
    {
        link.state = Link.CONNECTING;
        final boolean isConnected;
        try
        {
            link.connecting = ctx.selectorProvider().openSocketChannel();
            reactor.register(link.connecting, SelectionKey.OP_CONNECT).attach(link);
            isConnected = link.connecting.connect(address);
        }
        catch (final IOException | RuntimeException ex)
        {
            connector.fail(link, IoFailures.textOf(ex));
            return;
        }
        if (isConnected)
        {
            onConnected(link);
        }
    }

    /**
     * The kernel has news of a socket that is connecting.
     */
    void onReady(final Link link, final SelectionKey key)
    {
        try
        {
            if (link.connecting != key.channel() || !link.connecting.finishConnect())
            {
                return;
            }
        }
        catch (final IOException ex)
        {
            connector.fail(link, IoFailures.textOf(ex));
            return;
        }
        onConnected(link);
    }

    /** What the application throws when it hears of the connection is no failure of this try. */
    private void onConnected(final Link link)
    {
        final Connection connection;
        try
        {
            connection = join(link);
        }
        catch (final IOException | RuntimeException ex)
        {
            connector.fail(link, IoFailures.textOf(ex));
            return;
        }
        connector.onConnected(link, connection);
    }

    private Connection join(final Link link) throws IOException
    {
        final SocketChannel channel = link.connecting;
        final InetSocketAddress address = (InetSocketAddress)channel.getRemoteAddress();
        if (address.equals(channel.getLocalAddress()))
        {
            // A port that nobody listens at, and that the kernel gave to this very connection: reset, it is free for
            // its server at once.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            throw new IOException("connected to itself");
        }
        if (!ctx.tcpKeepAlive().isOff())
        {
            TcpKeepAlive.set(channel, ctx.tcpKeepAlive());
        }
        return reactor.join(channel, address, link);
    }

    /**
     * End what is under way for a link that has no connection yet.
     */
    void abandon(final Link link)
    {
        if (null != link.lookUp)
        {
            resolver.cancel(link.lookUp);
            link.lookUp = null;
        }
        final Connection securing = link.securing;
        if (null != securing)
        {
            link.securing = null;
            link.connecting = null;
            reactor.departures.condemn(securing, CloseReason.LOCAL_CLOSE, "");
        }
        reactor.faults.close(link.connecting);
        link.connecting = null;
    }

    @Override
    public void close()
    {
        resolver.close();
    }
}
