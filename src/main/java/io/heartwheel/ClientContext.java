package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.HttpProxy;
import io.heartwheel.config.Knob;
import io.heartwheel.host.NameResolver;
import io.heartwheel.websocket.WebSocketFrame;
import io.heartwheel.wire.Identity;

import javax.net.ssl.SSLContext;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Settings of a client. {@link ReactorContext} has those that it shares with a server, and the rules for all.
 */
public final class ClientContext extends ReactorContext<ClientContext>
{
    private long connectTimeoutNs = Knob.CONNECT_TIMEOUT.durationNs();
    private int connectLimit = Knob.CONNECT_LIMIT.integer();
    private long minReconnectNs = Knob.RECONNECT_MIN.durationNs();
    private long maxReconnectNs = Knob.RECONNECT_MAX.durationNs();
    private long reconnectSpreadNs = Knob.RECONNECT_SPREAD.durationNs();
    private long reconnectTakenOverNs = Knob.RECONNECT_TAKEN_OVER.durationNs();
    private int reconnectLimit = Knob.RECONNECT_LIMIT.integer();
    private SSLContext sslContext;
    private String identity;
    private HttpProxy proxy = HttpProxy.configured();
    private int maxWebSocketMessageLength = Knob.WEBSOCKET_MESSAGE_MAX.size();
    private long maxWebSocketQuietNs = Knob.WEBSOCKET_QUIET_MAX.durationNs();
    private NameResolver.Directory directory = InetAddress::getAllByName;
    private long jitterSeed = ThreadLocalRandom.current().nextLong();

    /**
     * Construct with every setting as its system property says, or else its default.
     */
    public ClientContext()
    {
    }

    @Override
    ClientContext self()
    {
        return this;
    }

    @Override
    ClientContext conclude()
    {
        super.conclude();
        requireAtMost(Knob.RECONNECT_MIN, minReconnectNs, Knob.RECONNECT_MAX, maxReconnectNs);
        if (0 == maxWebSocketMessageLength)
        {
            maxWebSocketMessageLength = maxMessageLength();
        }
        requireRoomFor(Knob.WEBSOCKET_MESSAGE_MAX, maxWebSocketMessageLength + WebSocketFrame.MAX_HEADER_LENGTH);
        return this;
    }

    /**
     * Set the listener that is told what happens to links and connections.
     *
     * @param listener to set, a {@link LinkListener}.
     * @return this.
     */
    @Override
    public ClientContext listener(final ConnectionListener listener)
    {
        if (!(listener instanceof LinkListener))
        {
            throw new ConfigurationException("the listener of a client must be a LinkListener, not " + listener);
        }
        return super.listener(listener);
    }

    /**
     * The listener of one reactor.
     *
     * @param reactor index of it.
     * @return the listener, a {@link LinkListener}.
     */
    @Override
    public ConnectionListener listenerOf(final int reactor)
    {
        final ConnectionListener listener = super.listenerOf(reactor);
        if (!(listener instanceof LinkListener))
        {
            throw new ConfigurationException("the listener of a client must be a LinkListener, not " + listener);
        }
        return listener;
    }

    /**
     * Time for the look-up of a name, again for the making of a connection, and again for what has to come before it is
     * open, in nanoseconds.
     *
     * @return the setting.
     */
    public long connectTimeoutNs()
    {
        return connectTimeoutNs;
    }

    /**
     * Set the time for the look-up of a name, again for the making of a connection, and again for what has to come
     * before it is open: the answer of a proxy, the TLS handshake and the answer to a WebSocket request together, in
     * nanoseconds.
     *
     * @param connectTimeoutNs to set.
     * @return this.
     */
    public ClientContext connectTimeoutNs(final long connectTimeoutNs)
    {
        this.connectTimeoutNs = Knob.CONNECT_TIMEOUT.inRange(connectTimeoutNs);
        return this;
    }

    /**
     * Number of connections begun per duty cycle.
     *
     * @return the setting.
     */
    public int connectLimit()
    {
        return connectLimit;
    }

    /**
     * Set the number of connections begun per duty cycle.
     *
     * @param connectLimit to set.
     * @return this.
     */
    public ClientContext connectLimit(final int connectLimit)
    {
        this.connectLimit = Knob.CONNECT_LIMIT.inRange(connectLimit);
        return this;
    }

    /**
     * Limit of the first delay of a reconnect, in nanoseconds. The delay is a random part of it.
     *
     * @return the setting.
     */
    public long minReconnectNs()
    {
        return minReconnectNs;
    }

    /**
     * Set the limit of the first delay of a reconnect, in nanoseconds. The delay is a random part of it. The limit
     * doubles with each try.
     *
     * @param minReconnectNs to set.
     * @return this.
     */
    public ClientContext minReconnectNs(final long minReconnectNs)
    {
        this.minReconnectNs = Knob.RECONNECT_MIN.inRange(minReconnectNs);
        return this;
    }

    /**
     * Longest limit of the delay of a reconnect, in nanoseconds.
     *
     * @return the setting.
     */
    public long maxReconnectNs()
    {
        return maxReconnectNs;
    }

    /**
     * Set the longest limit of the delay of a reconnect, in nanoseconds.
     *
     * @param maxReconnectNs to set.
     * @return this.
     */
    public ClientContext maxReconnectNs(final long maxReconnectNs)
    {
        this.maxReconnectNs = Knob.RECONNECT_MAX.inRange(maxReconnectNs);
        return this;
    }

    /**
     * Time over which clients come back to a server that said it shuts down, in nanoseconds. Each waits a random part
     * of it.
     *
     * @return the setting.
     */
    public long reconnectSpreadNs()
    {
        return reconnectSpreadNs;
    }

    /**
     * Set the time over which clients come back to a server that said it shuts down, in nanoseconds. Each waits a
     * random part of it.
     *
     * @param reconnectSpreadNs to set.
     * @return this.
     */
    public ClientContext reconnectSpreadNs(final long reconnectSpreadNs)
    {
        this.reconnectSpreadNs = Knob.RECONNECT_SPREAD.inRange(reconnectSpreadNs);
        return this;
    }

    /**
     * Delay of a reconnect after a server said that a newer connection has taken the place of this one, in nanoseconds.
     *
     * @return the setting.
     */
    public long reconnectTakenOverNs()
    {
        return reconnectTakenOverNs;
    }

    /**
     * Set the delay of a reconnect after a server said {@link CloseReason#TAKEN_OVER}, in nanoseconds. If it were
     * short, two clients of one identity would throw each other out for ever. {@link Link#reconnect()} ends the wait;
     * {@link Link#close()} in {@link LinkListener#onClosed} keeps the client away for good.
     *
     * @param reconnectTakenOverNs to set.
     * @return this.
     */
    public ClientContext reconnectTakenOverNs(final long reconnectTakenOverNs)
    {
        this.reconnectTakenOverNs = Knob.RECONNECT_TAKEN_OVER.inRange(reconnectTakenOverNs);
        return this;
    }

    /**
     * Number of reconnects in a row that may fail; 0 never gives up. A reconnect that made a connection has not failed,
     * however soon that connection ended.
     *
     * @return the setting.
     */
    public int reconnectLimit()
    {
        return reconnectLimit;
    }

    /**
     * Set the number of reconnects in a row that may fail; 0 never gives up. A reconnect that made a connection has not
     * failed, however soon that connection ended: {@link LinkListener#onClosed} may close the link then.
     *
     * @param reconnectLimit to set.
     * @return this.
     */
    public ClientContext reconnectLimit(final int reconnectLimit)
    {
        this.reconnectLimit = Knob.RECONNECT_LIMIT.inRange(reconnectLimit);
        return this;
    }

    /**
     * Seed of the random delays of reconnects.
     *
     * @return the setting.
     */
    public long jitterSeed()
    {
        return jitterSeed;
    }

    /**
     * Set the seed of the random delays of reconnects. By default each client has another.
     *
     * @param jitterSeed to set.
     * @return this.
     */
    public ClientContext jitterSeed(final long jitterSeed)
    {
        this.jitterSeed = jitterSeed;
        return this;
    }

    /**
     * The directory in which names are looked up.
     *
     * @return the setting.
     */
    public NameResolver.Directory directory()
    {
        return directory;
    }

    /**
     * Set the directory in which names are looked up. A test sets it.
     *
     * @param directory to ask. It is called on a thread of its own, and may block.
     * @return this.
     */
    public ClientContext directory(final NameResolver.Directory directory)
    {
        this.directory = directory;
        return this;
    }

    /**
     * Who this client says it is.
     *
     * @return the setting, or null if it says none.
     */
    public String identity()
    {
        return identity;
    }

    /**
     * Set who this client says it is, on each of its connections, to servers that ask for that by their HELLO. {@link
     * HeartbeatClient#connect(String, java.net.InetSocketAddress...)} sets it for one link.
     *
     * @param identity {@code user} or {@code user/device}, 1 to 128 bytes of UTF-8 without control characters; or null
     *                 for none.
     * @return this.
     * @throws IllegalArgumentException if that is no identity.
     */
    public ClientContext identity(final String identity)
    {
        this.identity = null == identity ? null : Identity.required(identity);
        return this;
    }

    /**
     * Proxy of HTTP that connections go through.
     *
     * @return the setting, or null without.
     */
    public HttpProxy proxy()
    {
        return proxy;
    }

    /**
     * Set a proxy of HTTP that all connections go through, by CONNECT, whatever they speak. It is told the addresses
     * and names of servers as they were given, and looks the names up. {@link Connection#remoteAddress()} is that of
     * the server, not looked up.
     *
     * @param proxy to set, or null for none.
     * @return this.
     */
    public ClientContext proxy(final HttpProxy proxy)
    {
        this.proxy = proxy;
        return this;
    }

    /**
     * Longest message accepted or sent by WebSocket, in bytes; 0 is {@link #maxMessageLength()}.
     *
     * @return the setting.
     */
    public int maxWebSocketMessageLength()
    {
        return maxWebSocketMessageLength;
    }

    /**
     * Set the longest message accepted or sent by WebSocket, in bytes: the sum of its fragments.
     *
     * @param maxWebSocketMessageLength to set; 0 is {@link #maxMessageLength()}.
     * @return this.
     */
    public ClientContext maxWebSocketMessageLength(final int maxWebSocketMessageLength)
    {
        this.maxWebSocketMessageLength = Knob.WEBSOCKET_MESSAGE_MAX.inRange(maxWebSocketMessageLength);
        return this;
    }

    /**
     * Longest time without a byte in either direction of a WebSocket, in nanoseconds; 0 is any.
     *
     * @return the setting.
     */
    public long maxWebSocketQuietNs()
    {
        return maxWebSocketQuietNs;
    }

    /**
     * Set the longest time without a byte in either direction of a WebSocket, in nanoseconds; 0 is any. See {@link
     * WebSocketContext#maxQuietNs(long)}.
     *
     * @param maxWebSocketQuietNs to set.
     * @return this.
     */
    public ClientContext maxWebSocketQuietNs(final long maxWebSocketQuietNs)
    {
        this.maxWebSocketQuietNs = Knob.WEBSOCKET_QUIET_MAX.inRange(maxWebSocketQuietNs);
        return this;
    }

    /**
     * TLS of the client's connections.
     *
     * @return the setting, or null without.
     */
    public SSLContext sslContext()
    {
        return sslContext;
    }

    /**
     * Set TLS: which servers to trust, and which key to show when a server asks for it. The certificate of a server has
     * to be for the name or address that {@link HeartbeatClient#connect(java.net.InetSocketAddress...)} was given. A
     * link by WebSocket has TLS by its URI: with this setting if it is {@code wss}, or with that of the JVM if this is
     * null; and none if it is {@code ws}.
     *
     * @param sslContext to set, or null for none.
     * @return this.
     */
    public ClientContext sslContext(final SSLContext sslContext)
    {
        this.sslContext = sslContext;
        return this;
    }
}
