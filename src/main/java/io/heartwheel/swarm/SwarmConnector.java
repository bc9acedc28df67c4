package io.heartwheel.swarm;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.Durations;
import io.heartwheel.host.FileLimit;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connects the clients, a bounded number at a time, and opens their WebSockets if they speak by these. What fails is
 * tried again. Connecting fails when no client at all could be connected within the connect timeout.
 */
final class SwarmConnector
{
    private static final int IN_FLIGHT_LIMIT = 256;
    private static final int OPEN_LIMIT = 64;
    private static final long RETRY_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** EADDRNOTAVAIL of glibc, musl, macOS. */
    private static final List<String> OUT_OF_PORTS = List.of(
        "Cannot assign requested address", "Address not available", "Can't assign requested address");

    private final SwarmPlan plan;
    private final SwarmClient[] clients;
    private final Selector selector;
    private final Conversation conversation;
    private final ArrayDeque<SwarmClient> waiting;
    /** Null if a client is connected as soon as TCP is. */
    private final SwarmOpening opening;

    /** Read beforehand: once the limit is reached, the JDK has no descriptor to read it with. */
    private final long fileLimit = FileLimit.max();
    private int opened;
    private int inFlight;
    private int connected;
    private IOException failure;
    private long failureTimeNs;
    private long timeOfProgressNs;

    SwarmConnector(
        final SwarmPlan plan,
        final SwarmClient[] clients,
        final Selector selector,
        final Conversation conversation,
        final long nowNs)
    {
        this.plan = plan;
        this.clients = clients;
        this.selector = selector;
        this.conversation = conversation;
        waiting = new ArrayDeque<>(Arrays.asList(clients));
        opening = SwarmProtocol.WEBSOCKET == plan.protocol() ? new SwarmOpening(plan.server()) : null;
        timeOfProgressNs = nowNs;
    }

    int connected()
    {
        return connected;
    }

    boolean isDone()
    {
        return clients.length == connected;
    }

    /**
     * May more connections be begun now, so that the swarm should not park?
     */
    boolean isEager(final long nowNs)
    {
        return !waiting.isEmpty() && inFlight < inFlightLimit() && !isBackingOff(nowNs);
    }

    /**
     * Begin some connections.
     *
     * @throws IOException if the connect timeout is over.
     */
    void open(final long nowNs) throws IOException
    {
        if (nowNs - timeOfProgressNs > plan.connectTimeoutNs())
        {
            throw new IOException("cannot connect to " + Configuration.addressText(plan.server()) + ": " +
                (null == failure ? "no answer" : failure.getMessage()) + hint() +
                " (" + connected + " of " + clients.length + " connected, gave up after " +
                Durations.text(plan.connectTimeoutNs()) + ")", failure);
        }

        for (int i = 0; i < OPEN_LIMIT && isEager(nowNs); i++)
        {
            open(waiting.poll(), nowNs);
        }
    }

    /**
     * Handle a connection that was made or has failed, or of which the answer to its request has come.
     */
    void onReady(final SwarmClient client, final long nowNs)
    {
        try
        {
            if (client.channel.isConnected())
            {
                final ByteBuffer behind = opening.read(client);
                if (null != behind)
                {
                    onConnected(client, nowNs);
                    conversation.onBytes(client, behind, nowNs);
                }
            }
            else if (client.channel.finishConnect())
            {
                onTcpConnected(client, nowNs);
            }
        }
        catch (final IOException ex)
        {
            onFailed(client, ex, nowNs);
        }
    }

    private void open(final SwarmClient client, final long nowNs) throws IOException
    {
        inFlight++;
        try
        {
            client.channel = SocketChannel.open();
            client.channel.configureBlocking(false);
            client.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (0 == (++opened & 1))
            {
                // Linux gives odd ports to bind and even ones to connect, and searches one half before it takes from
                // the other. Without this bind, each connection after the first 14,000 takes 1 ms.
                client.channel.bind(null);
            }
            // Its silence counts from here until it writes, as the server may accept before we know of it.
            client.timeOfLastWriteNs = nowNs;
            final boolean isConnected = client.channel.connect(plan.server());
            client.key = client.channel.register(selector, SelectionKey.OP_CONNECT, client);
            if (isConnected)
            {
                onTcpConnected(client, nowNs);
            }
        }
        catch (final IOException ex)
        {
            if (FileLimit.isCauseOf(ex))
            {
                throw new IOException("too many open files: " + connected + " of " + clients.length +
                    " connected, and this process may have " + fileLimit + " open (ulimit -n)", ex);
            }
            onFailed(client, ex, nowNs);
        }
        catch (final UnsupportedAddressTypeException ex)
        {
            throw new IOException("cannot connect to " + Configuration.addressText(plan.server()) +
                ": this JVM speaks IPv4 only (java.net.preferIPv4Stack)", ex);
        }
    }

    private void onTcpConnected(final SwarmClient client, final long nowNs) throws IOException
    {
        final InetSocketAddress local = (InetSocketAddress)client.channel.getLocalAddress();
        if (local.equals(plan.server()))
        {
            // If no server listens on a port of the ephemeral range, the client may connect to itself. A reset frees
            // the port for the server at once.
            client.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            throw new IOException("Connection refused");
        }
        client.localPort = local.getPort();
        client.key.interestOps(SelectionKey.OP_READ);
        if (null == opening)
        {
            onConnected(client, nowNs);
        }
        else
        {
            client.timeOfLastWriteNs = nowNs;
            opening.begin(client);
        }
    }

    private void onConnected(final SwarmClient client, final long nowNs)
    {
        inFlight--;
        conversation.onConnected(client);
        connected++;
        timeOfProgressNs = nowNs;
        failure = null;
    }

    private void onFailed(final SwarmClient client, final IOException ex, final long nowNs)
    {
        inFlight--;
        CloseHelper.quietClose(client.channel);
        waiting.addLast(client);
        failure = ex;
        failureTimeNs = nowNs;
    }

    private boolean isBackingOff(final long nowNs)
    {
        return null != failure && nowNs - failureTimeNs < RETRY_DELAY_NS;
    }

    /**
     * Most connections that may be under way: one after a failure, until a client is connected again.
     */
    private int inFlightLimit()
    {
        return null == failure ? IN_FLIGHT_LIMIT : 1;
    }

    private String hint()
    {
        final String message = null == failure ? null : failure.getMessage();
        return null != message && OUT_OF_PORTS.stream().anyMatch(message::contains) ?
            ", out of local ports (net.ipv4.ip_local_port_range)" : "";
    }
}
