package io.heartwheel.simulation;

import io.heartwheel.AdmissionRequest;
import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.IdentityListener;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import org.agrona.concurrent.Agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A client with a few links, and their server. Every callback comes at least once, and one of them performs an action.
 * Whatever its result, the world goes on, and each connection and agent ends once and leaves nothing behind.
 */
final class CallbackWorld
{
    private static final long MS = 1_000_000L;
    private static final long STEP_NS = 20 * MS;
    private static final Cadence CADENCE = new Cadence(1_000 * MS, 500 * MS, 2);
    private static final long LOSS_NS = 2_000 * MS;
    private static final long RUN_NS = 5_000 * MS;
    static final String NAME = "named";
    private static final int SHUTDOWN_CYCLES = 2_000;
    /** What an action brings about may call back, and so on. */
    private static final int TIMES_MAX = 6;

    /**
     * What tells the application something.
     */
    enum Callback
    {
        SERVER_ADDRESS_CHECK, SERVER_CREDENTIAL_CHECK, SERVER_OPEN, SERVER_IDENTIFIED, SERVER_MESSAGE, SERVER_PROBE,
        SERVER_GONE, SERVER_CLOSED,
        CLIENT_OPEN, CLIENT_MESSAGE, CLIENT_PROBE, CLIENT_CLOSED, CLIENT_RECONNECTING, CLIENT_GIVEN_UP
    }

    /**
     * What the application does then.
     */
    @FunctionalInterface
    interface Action
    {
        /**
         * @param connection that the callback tells of, or null.
         * @param link       that it tells of, or null.
         */
        void run(CallbackWorld world, Connection connection, Link link);
    }

    final VirtualTime time = new VirtualTime(Long.MAX_VALUE - 2_000 * MS);
    final SimulatedNetwork network = new SimulatedNetwork(time, 1);
    final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_400);
    final InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
    final List<Connection> opened = new ArrayList<>();
    final HeartbeatServer server;
    final HeartbeatClient client;
    /** The first is in most of what happens, the second is a bystander, the third never connects. */
    final List<Link> links = new ArrayList<>();
    private final Callback callback;
    private final Action action;
    private final boolean isAlways;
    private final Map<Connection, Integer> closed = new HashMap<>();
    private final Set<Connection> identified = new HashSet<>();
    private final Set<Connection> gone = new HashSet<>();
    private final Set<Link> closedLinks = new HashSet<>();
    private final Set<Link> leavingLinks = new HashSet<>();
    private final List<Throwable> errors = new ArrayList<>();
    private int times;

    /**
     * @param isAlways is it done each time that the callback comes, or only the first time?
     */
    CallbackWorld(final Callback callback, final Action action, final boolean isAlways)
    {
        this.callback = callback;
        this.action = action;
        this.isAlways = isAlways;
        server = new HeartbeatServer(new ServerContext()
            .bindAddress(address).cadence(CADENCE).maxParkNs(0).lingerNs(200 * MS)
            .selectorProvider(network).nanoClock(time).errorHandler(errors::add)
            .addressCheck(this::onAddress).credentialCheck(this::onCredential).listener(new ServerListener())
            .identities(new ServerIdentities()));
        client = new HeartbeatClient(new ClientContext()
            .cadence(CADENCE).maxParkNs(0).lingerNs(200 * MS)
            .minReconnectNs(50 * MS).maxReconnectNs(100 * MS).reconnectSpreadNs(100 * MS)
            .reconnectTakenOverNs(100 * MS).reconnectLimit(3)
            .jitterSeed(1).selectorProvider(network).nanoClock(time).errorHandler(errors::add)
            .listener(new ClientListener()));
    }

    /**
     * Let it all happen.
     */
    void run()
    {
        links.add(client.connect(address));
        links.add(client.connect(address));
        links.add(client.connect(nowhere));
        while (time.elapsedNs() < RUN_NS)
        {
            final boolean isBeforeLoss = time.elapsedNs() < LOSS_NS;
            step();
            if (isBeforeLoss && time.elapsedNs() >= LOSS_NS)
            {
                lose();
            }
        }
    }

    /** The first connection is cut, and its link comes back. */
    private void lose()
    {
        final Connection connection = links.get(0).connection();
        if (null != connection && connection.isOpen())
        {
            final SimulatedSocketChannel end = (SimulatedSocketChannel)Insides.channel(connection);
            end.in().cut();
            end.out().cut();
        }
    }

    private void step()
    {
        work(server);
        work(client);
        time.advance(STEP_NS);
    }

    private void work(final Agent agent)
    {
        try
        {
            agent.doWork();
        }
        catch (final Exception ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    boolean wasCalled()
    {
        return times > 0;
    }

    /**
     * A link is closed by the application, on the reactor thread, so nothing is heard of it any more but its end.
     */
    void closeLink(final Link link)
    {
        link.close();
        closedLinks.add(link);
    }

    /**
     * End what has not ended, and see that nothing is left.
     */
    void finish()
    {
        client.close();
        server.close();
        require(client.ended().isDone() && server.ended().isDone(), "an agent has not ended");
        for (int cycles = 0; cycles < SHUTDOWN_CYCLES && network.openSockets() > 0; cycles++)
        {
            time.advance(STEP_NS);
        }
        require(errors.isEmpty(), "errors " + errors);
        opened.forEach((connection) ->
            require(1 == closed.getOrDefault(connection, 0), connection + " closed " + closed.get(connection)));
        require(opened.size() == closed.size(), closed.keySet() + " closed that never opened");
        require(identified.equals(gone), "of " + identified + " gone are " + gone);
        require(0 == Insides.slots(server) + Insides.slots(client), "slots left");
        require(!Insides.hasDeadline(server) && !Insides.hasDeadline(client), "deadlines left");
        require(0 == network.openSockets(), network.openSockets() + " sockets left open");
    }

    /**
     * Close a connection: at the client its link ends with it.
     */
    void close(final Connection connection)
    {
        if (null != connection.link() && connection.isOpen())
        {
            leavingLinks.add(connection.link());
        }
        connection.close();
    }

    /**
     * A link that was not closed has a connection at the end.
     */
    void requireBystanderOpen()
    {
        final Link link = links.get(1);
        require(leavingLinks.contains(link) || closedLinks.contains(link) ||
            null != link.connection() && link.connection().isOpen(), link + " did not come back");
    }

    static void require(final boolean isTrue, final String what)
    {
        if (!isTrue)
        {
            throw new Violation(what);
        }
    }

    private void on(final Callback now, final Connection connection, final Link link)
    {
        require(null == link || !closedLinks.contains(link) || Callback.CLIENT_CLOSED == now,
            now + " of a link that was closed");
        if (callback == now && times < (isAlways ? TIMES_MAX : 1))
        {
            ++times;
            action.run(this, connection, link);
            action.run(this, connection, link);
        }
    }

    private String onAddress(final InetSocketAddress peer)
    {
        on(Callback.SERVER_ADDRESS_CHECK, null, null);
        return null;
    }

    private void onCredential(final AdmissionRequest request, final ByteBuffer credential)
    {
        on(Callback.SERVER_CREDENTIAL_CHECK, null, null);
        request.admit(null, NAME);
    }

    private static ByteBuffer message()
    {
        return ByteBuffer.wrap(new byte[]{'m'});
    }

    private void onClosed(final Connection connection)
    {
        closed.merge(connection, 1, Integer::sum);
    }

    /**
     * The application at the server answers each message.
     */
    private final class ServerListener implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            opened.add(connection);
            on(Callback.SERVER_OPEN, connection, null);
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            connection.send(message());
            on(Callback.SERVER_MESSAGE, connection, null);
        }

        @Override
        public void onProbe(final Connection connection)
        {
            on(Callback.SERVER_PROBE, connection, null);
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            CallbackWorld.this.onClosed(connection);
            on(Callback.SERVER_CLOSED, connection, null);
        }
    }

    /**
     * Is told of each connection that is open and named, and again when it has ended.
     */
    private final class ServerIdentities implements IdentityListener
    {
        @Override
        public void onIdentified(final Connection connection, final long openedNs)
        {
            require(identified.add(connection), connection + " is identified twice");
            on(Callback.SERVER_IDENTIFIED, connection, null);
        }

        @Override
        public void onGone(final Connection connection)
        {
            require(gone.add(connection) && !closed.containsKey(connection), connection + " is gone twice or late");
            on(Callback.SERVER_GONE, connection, null);
        }
    }

    /**
     * The application at the client sends its name, and then one word more.
     */
    private final class ClientListener implements LinkListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            opened.add(connection);
            connection.send(message());
            connection.send(message());
            on(Callback.CLIENT_OPEN, connection, connection.link());
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            if (!closedLinks.contains(connection.link()))
            {
                on(Callback.CLIENT_MESSAGE, connection, connection.link());
            }
        }

        @Override
        public void onProbe(final Connection connection)
        {
            on(Callback.CLIENT_PROBE, connection, connection.link());
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            CallbackWorld.this.onClosed(connection);
            on(Callback.CLIENT_CLOSED, connection, connection.link());
        }

        @Override
        public void onReconnecting(final Link link, final int attempt, final long delayNs)
        {
            on(Callback.CLIENT_RECONNECTING, link.connection(), link);
        }

        @Override
        public void onGivenUp(final Link link)
        {
            require(!link.failure().isEmpty(), "given up without a reason");
            on(Callback.CLIENT_GIVEN_UP, link.connection(), link);
        }
    }
}
