package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import org.agrona.concurrent.Agent;

import javax.net.ssl.SSLContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Watches its servers: makes connections, one or thousands, tells the listener which are gone, when and why, and
 * makes them anew.
 * <pre>{@code
 * HeartbeatClient client = HeartbeatClient.launch(new HeartbeatClient.Context().listener(listener));
 * Link link = client.connect(InetSocketAddress.createUnresolved("gateway.example.org", 7400));
 * }</pre>
 * It probes a server that is silent, by its own cadence; answers the server's probes; and speaks three times in the
 * server's detection time if the server's HELLO says that it only listens.
 * <p>
 * It is an Agrona {@link Agent}, and run like a {@link HeartbeatServer}. Its {@link #onClose()} sends BYE to every
 * server.
 */
public final class HeartbeatClient extends ReactorAgent
{
    private final Connector connector;

    /**
     * Construct a client without any link.
     *
     * @param ctx with the settings; it is concluded, and cannot be used again.
     * @throws ConfigurationException if a setting is wrong or two are at odds.
     */
    public HeartbeatClient(final Context ctx)
    {
        this(ctx, new Connector(ctx.conclude()));
    }

    private HeartbeatClient(final Context ctx, final Connector connector)
    {
        super(Reactor.open(ctx, connector), ctx);
        this.connector = connector;
    }

    /**
     * Run a client on a new thread.
     *
     * @param ctx with the settings.
     * @return the client; close it to end it.
     */
    public static HeartbeatClient launch(final Context ctx)
    {
        final HeartbeatClient client = new HeartbeatClient(ctx);
        client.startOnThread(ctx);
        return client;
    }

    /**
     * Make a link to a server, from any thread. It begins to connect in the next duty cycle.
     *
     * @param addresses of the server, or of several that are alike, to be tried in turn. One that is unresolved is
     *                  looked up before each try, not on the reactor thread.
     * @return the link; of a client that is closed it never connects.
     */
    public Link connect(final InetSocketAddress... addresses)
    {
        if (0 == addresses.length)
        {
            throw new IllegalArgumentException("no address to connect to");
        }
        return connector.connect(List.of(addresses));
    }

    @Override
    public String roleName()
    {
        return "heartwheel-client";
    }

    /**
     * Settings of a client.
     */
    public static final class Context extends ReactorContext<Context>
    {
        private long connectTimeoutNs = Knob.CONNECT_TIMEOUT.durationNs(Cadence.MIN_NS, Cadence.MAX_NS);
        private int connectLimit = Knob.CONNECT_LIMIT.integer(1, Integer.MAX_VALUE);
        private long minReconnectNs = Knob.RECONNECT_MIN.durationNs(Cadence.MIN_NS, Cadence.MAX_NS);
        private long maxReconnectNs = Knob.RECONNECT_MAX.durationNs(Cadence.MIN_NS, Cadence.MAX_NS);
        private long reconnectSpreadNs = Knob.RECONNECT_SPREAD.durationNs(0, Cadence.MAX_NS);
        private int reconnectLimit = Knob.RECONNECT_LIMIT.integer(0, Integer.MAX_VALUE);
        private SSLContext sslContext;
        private NameResolver.Directory directory = InetAddress::getAllByName;
        private long jitterSeed = ThreadLocalRandom.current().nextLong();

        /**
         * Construct with every setting as its system property says, or else its default.
         */
        public Context()
        {
        }

        @Override
        Context self()
        {
            return this;
        }

        @Override
        Context conclude()
        {
            super.conclude();
            requireAtMost(Knob.RECONNECT_MIN, minReconnectNs, Knob.RECONNECT_MAX, maxReconnectNs);
            return this;
        }

        /**
         * Set the listener that is told what happens to links and connections.
         *
         * @param listener to set, a {@link LinkListener}.
         * @return this.
         */
        @Override
        public Context listener(final ConnectionListener listener)
        {
            if (!(listener instanceof LinkListener))
            {
                throw new ConfigurationException("the listener of a client must be a LinkListener, not " + listener);
            }
            return super.listener(listener);
        }

        /**
         * Time for a look-up of a name, and again for a connection to be made, in nanoseconds.
         *
         * @return the setting.
         */
        public long connectTimeoutNs()
        {
            return connectTimeoutNs;
        }

        /**
         * Set the time for a look-up of a name, and again for a connection to be made, in nanoseconds.
         *
         * @param connectTimeoutNs to set.
         * @return this.
         */
        public Context connectTimeoutNs(final long connectTimeoutNs)
        {
            this.connectTimeoutNs = Knob.CONNECT_TIMEOUT.inRange(connectTimeoutNs, Cadence.MIN_NS, Cadence.MAX_NS);
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
        public Context connectLimit(final int connectLimit)
        {
            this.connectLimit = Knob.CONNECT_LIMIT.inRange(connectLimit, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * First back-off, of which a random part is waited, in nanoseconds.
         *
         * @return the setting.
         */
        public long minReconnectNs()
        {
            return minReconnectNs;
        }

        /**
         * Set the first back-off, of which a random part is waited, in nanoseconds.
         *
         * @param minReconnectNs to set.
         * @return this.
         */
        public Context minReconnectNs(final long minReconnectNs)
        {
            this.minReconnectNs = Knob.RECONNECT_MIN.inRange(minReconnectNs, Cadence.MIN_NS, Cadence.MAX_NS);
            return this;
        }

        /**
         * Longest back-off, in nanoseconds.
         *
         * @return the setting.
         */
        public long maxReconnectNs()
        {
            return maxReconnectNs;
        }

        /**
         * Set the longest back-off, in nanoseconds.
         *
         * @param maxReconnectNs to set.
         * @return this.
         */
        public Context maxReconnectNs(final long maxReconnectNs)
        {
            this.maxReconnectNs = Knob.RECONNECT_MAX.inRange(maxReconnectNs, Cadence.MIN_NS, Cadence.MAX_NS);
            return this;
        }

        /**
         * Time over which clients come back to a server that said it shuts down, in nanoseconds.
         *
         * @return the setting.
         */
        public long reconnectSpreadNs()
        {
            return reconnectSpreadNs;
        }

        /**
         * Set the time over which clients come back to a server that said it shuts down, in nanoseconds.
         *
         * @param reconnectSpreadNs to set.
         * @return this.
         */
        public Context reconnectSpreadNs(final long reconnectSpreadNs)
        {
            this.reconnectSpreadNs = Knob.RECONNECT_SPREAD.inRange(reconnectSpreadNs, 0, Cadence.MAX_NS);
            return this;
        }

        /**
         * Number of reconnects that may fail in a row; 0 never gives up. One that was made has not failed, however
         * soon its connection ended.
         *
         * @return the setting.
         */
        public int reconnectLimit()
        {
            return reconnectLimit;
        }

        /**
         * Set the number of reconnects that may fail in a row; 0 never gives up. One that was made has not failed,
         * however soon its connection ended: {@link LinkListener#onClosed} may close the link then.
         *
         * @param reconnectLimit to set.
         * @return this.
         */
        public Context reconnectLimit(final int reconnectLimit)
        {
            this.reconnectLimit = Knob.RECONNECT_LIMIT.inRange(reconnectLimit, 0, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Seed of the random delays.
         *
         * @return the setting.
         */
        public long jitterSeed()
        {
            return jitterSeed;
        }

        /**
         * Set the seed of the random delays, which by default is another for each client.
         *
         * @param jitterSeed to set.
         * @return this.
         */
        public Context jitterSeed(final long jitterSeed)
        {
            this.jitterSeed = jitterSeed;
            return this;
        }

        NameResolver.Directory directory()
        {
            return directory;
        }

        /**
         * Look names up elsewhere, as a test does.
         */
        Context directory(final NameResolver.Directory directory)
        {
            this.directory = directory;
            return this;
        }

        /**
         * TLS.
         *
         * @return the setting, or null without.
         */
        public SSLContext sslContext()
        {
            return sslContext;
        }

        /**
         * Set TLS: whom to trust, and whose key to show when a server asks. The certificate of a server has to be for
         * the name or address that {@link HeartbeatClient#connect} was given.
         *
         * @param sslContext to set, or null for none.
         * @return this.
         */
        public Context sslContext(final SSLContext sslContext)
        {
            this.sslContext = sslContext;
            return this;
        }
    }
}
