package io.heartwheel.reactor;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.config.HttpProxy;
import io.heartwheel.host.NameResolver;
import io.heartwheel.host.TcpKeepAlive;
import io.heartwheel.liveness.Cadence;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Makes one try of a link to connect: looks up the name of the server or of its proxy, if it is a name, and makes a
 * connection. Tells an {@link Outcome}.
 */
final class Dialer implements AutoCloseable
{
    private final Peer.Dialect dialect;
    private final SelectorProvider provider;
    private final Cadence tcpKeepAlive;
    private final NameResolver resolver;
    /** Null if servers are connected to themselves. */
    private final HttpProxy proxy;
    private final Outcome outcome;
    private final Commands commands;
    private final Arrivals arrivals;
    private final Departures departures;
    private final Faults faults;

    /**
     * Told what becomes of a try.
     */
    interface Outcome
    {
        /**
         * A step of a try begins, and has a limited time from now on.
         */
        void limitTry(ClientLink link);

        /**
         * Do something for a link. What that throws is a fault of this link only.
         */
        void run(ClientLink link, Runnable action);

        void onConnected(ClientLink link, Peer peer);

        void fail(ClientLink link, String what);
    }

    Dialer(
        final ClientContext ctx,
        final Peer.Dialect dialect,
        final Outcome outcome,
        final Commands commands,
        final Arrivals arrivals,
        final Departures departures,
        final Faults faults)
    {
        provider = ctx.selectorProvider();
        tcpKeepAlive = ctx.tcpKeepAlive();
        resolver = new NameResolver(ctx.directory());
        proxy = ctx.proxy();
        this.dialect = dialect;
        this.outcome = outcome;
        this.commands = commands;
        this.arrivals = arrivals;
        this.departures = departures;
        this.faults = faults;
    }

    /**
     * Begin a try.
     */
    void begin(final ClientLink link)
    {
        // The name of the server is for the proxy to look up.
        final InetSocketAddress address = null == proxy ? link.nextAddress() : proxy.address();
        outcome.limitTry(link);
        if (address.isUnresolved())
        {
            link.state = ClientLink.RESOLVING;
            final int tries = link.tries;
            link.lookUp = resolver.resolve(address.getHostString(), (found, failure) -> commands.submit(() ->
            {
                // The link may have begun another look-up by now.
                if (ClientLink.RESOLVING == link.state && tries == link.tries)
                {
                    outcome.run(link, () -> onResolved(link, address, found, failure));
                }
            }));
        }
        else
        {
            connect(link, address);
        }
    }

    private void onResolved(
        final ClientLink link, final InetSocketAddress address, final InetAddress[] found, final String failure)
    {
        if (null == found)
        {
            outcome.fail(link, failure);
        }
        else
        {
            outcome.limitTry(link);
            final InetAddress host = found[link.tries / link.addresses().size() % found.length];
            connect(link, new InetSocketAddress(host, address.getPort()));
        }
    }

    private void connect(final ClientLink link, final InetSocketAddress address)
    {
        link.state = ClientLink.CONNECTING;
        final boolean isConnected;
        try
        {
            link.connecting = provider.openSocketChannel();
            arrivals.register(link.connecting, SelectionKey.OP_CONNECT).attach(link);
            isConnected = link.connecting.connect(address);
        }
        catch (final IOException | RuntimeException ex)
        {
            outcome.fail(link, IoFailures.textOf(ex));
            return;
        }
        if (isConnected)
        {
            onConnected(link);
        }
    }

    /**
     * The socket of a link is connected, or failed to connect.
     */
    void onReady(final ClientLink link, final SelectionKey key)
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
            outcome.fail(link, IoFailures.textOf(ex));
            return;
        }
        onConnected(link);
    }

    /** The connection is made. What the application throws when it hears of that is no failure of this try. */
    private void onConnected(final ClientLink link)
    {
        final Peer peer;
        try
        {
            peer = join(link);
        }
        catch (final IOException | RuntimeException ex)
        {
            outcome.fail(link, IoFailures.textOf(ex));
            return;
        }
        outcome.onConnected(link, peer);
    }

    private Peer join(final ClientLink link) throws IOException
    {
        final SocketChannel channel = link.connecting;
        final InetSocketAddress address = (InetSocketAddress)channel.getRemoteAddress();
        if (address.equals(channel.getLocalAddress()))
        {
            // No server listens at this port, and the kernel gave the port to this very socket, which is connected to
            // itself. A reset frees the port for its server at once.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            throw new IOException("connected to itself");
        }
        if (!tcpKeepAlive.isOff())
        {
            TcpKeepAlive.set(channel, tcpKeepAlive);
        }
        return arrivals.join(channel, address, link, dialect);
    }

    /**
     * Drop what is under way for a link that has no connection yet.
     */
    void abandon(final ClientLink link)
    {
        if (null != link.lookUp)
        {
            resolver.cancel(link.lookUp);
            link.lookUp = null;
        }
        final Peer securing = link.securing;
        if (null != securing)
        {
            link.securing = null;
            link.connecting = null;
            departures.condemn(securing, CloseReason.LOCAL_CLOSE, "");
        }
        faults.close(link.connecting);
        link.connecting = null;
    }

    @Override
    public void close()
    {
        resolver.close();
    }
}
