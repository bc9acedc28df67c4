package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.Insides;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.liveness.Cadence;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A real client and a real server. The server's parks let time pass; the client gets its turn every few milliseconds,
 * wherever the server is: like two processes, neither waits for the other.
 */
final class PairSimulation extends Simulation
{
    static final long MIN_RECONNECT_NS = 500 * MS;
    static final long MAX_RECONNECT_NS = 4_000 * MS;
    static final long SPREAD_NS = 2_000 * MS;
    private static final long CONNECT_TIMEOUT_NS = 3_000 * MS;
    private static final int MESSAGES = 3;
    private static final long TRY_SLACK_NS = 200 * MS;
    private static final long LINGER_NS = 1_000 * MS;
    private static final long ACCEPT_PAUSE_NS = 100 * MS;

    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_400);
    private final SplittableRandom turns = scenario.randomOf(-2);
    private final Cadence clientCadence = new Cadence(
        1_000 * MS * (0 == turns.nextInt(3) ? 10 : turns.nextInt(1, 4)), 500 * MS * turns.nextInt(1, 4),
        turns.nextInt(1, 5));
    private final ClientProcess process = new ClientProcess(time, scenario, turns);
    private final Oracle serverOracle = new Oracle(time, stalls, scenario, ClientProcess.TURN_NS);
    private final List<LinkRecord> links = new ArrayList<>();
    private final Map<Integer, Conversation> conversationsByPort = new HashMap<>();
    private final List<Conversation> open = new ArrayList<>();
    private HeartbeatClient client;
    private HeartbeatServer server;
    private boolean isShuttingDown;
    private int starving;

    PairSimulation(final Scenario scenario)
    {
        super(scenario);
    }

    @Override
    Agent agent()
    {
        return server;
    }

    @Override
    void begin()
    {
        startServer();
        client = new HeartbeatClient(new HeartbeatClient.Context()
            .cadence(clientCadence)
            .tickNs(scenario.tickNs())
            .coalesceNs(scenario.coalesceNs())
            .maxParkNs(0)
            .minReconnectNs(MIN_RECONNECT_NS)
            .maxReconnectNs(MAX_RECONNECT_NS)
            .reconnectSpreadNs(SPREAD_NS)
            .connectTimeoutNs(CONNECT_TIMEOUT_NS)
            .jitterSeed(scenario.seed())
            .selectorProvider(network)
            .nanoClock(time)
            .errorHandler(this::onError)
            .listener(new ClientListener()));
        final int count = 1 + scenario.steps().stream().mapToInt(Step::peer).max().orElse(0);
        for (int i = 0; i < count; i++)
        {
            final Link link = client.connect(address);
            final LinkRecord record = new LinkRecord(i, link);
            link.attachment(record);
            links.add(record);
        }
        process.start(client);
        note("client " + clientCadence + ", links " + count);
    }

    private void startServer()
    {
        server = new HeartbeatServer(Insides.parker(new HeartbeatServer.Context()
            .bindAddress(address)
            .cadence(scenario.cadence())
            .tickNs(scenario.tickNs())
            .lingerNs(LINGER_NS)
            .selectorProvider(network)
            .nanoClock(time)
            .errorHandler(this::onError)
            .listener(new ServerListener()), time::advance));
    }

    @Override
    void onCycle()
    {
        serverOracle.onCycle();
    }

    @Override
    void onStall()
    {
        disturb();
    }

    @Override
    void onEvent(final Step step)
    {
        switch (step.kind())
        {
            case FREEZE ->
            {
                disturb();
                final long fromNs = time.elapsedNs();
                final boolean isBoth = process.isRunning();
                stall(step.durationNs(), false);
                if (isBoth)
                {
                    process.stalls.add(fromNs, time.elapsedNs(), false);
                }
            }
            case STALL_CLIENT ->
            {
                disturb();
                process.stall(step.durationNs());
            }
            case BLACKOUT -> cut(step);
            case BLACK_HOLE ->
            {
                network.silent(address.getPort());
                time.after(step.durationNs(), () -> network.answering(address.getPort()));
            }
            case STARVE ->
            {
                disturb();
                ++starving;
                network.outOfDescriptors(true);
                time.after(step.durationNs(), () -> network.outOfDescriptors(0 != --starving));
            }
            default -> throw new IllegalArgumentException(step.toString());
        }
    }

    /**
     * What the link has at present is cut off, for a while; a connection made meanwhile is not.
     */
    private void cut(final Step step)
    {
        final LinkRecord link = links.get(step.peer());
        link.isDisturbed = true;
        if (null != link.conversation)
        {
            link.conversation.cut(time, step.durationNs());
        }
    }

    private void disturb()
    {
        links.forEach((link) -> link.isDisturbed = true);
    }

    @Override
    void onReactorStep(final Step step)
    {
        final LinkRecord link = links.get(step.peer());
        switch (step.kind())
        {
            case RESTART -> restart(step.durationNs());
            case CLOSE ->
            {
                link.isClosed = true;
                process.submit(link.link::close);
            }
            default -> talk(link.conversation);
        }
    }

    private void talk(final Conversation conversation)
    {
        for (int i = 0; null != conversation && i < MESSAGES; i++)
        {
            conversation.server.send();
            if (process.isAwake())
            {
                conversation.client.send();
            }
        }
    }

    private void restart(final long downNs)
    {
        disturb();
        closeServer();
        time.advance(downNs);
        while (starving > 0)
        {
            time.advance(ClientProcess.TURN_NS);
        }
        startServer();
        note("the server is back");
    }

    private void closeServer()
    {
        server.close();
        require(!Insides.hasDeadline(server) && 0 == Insides.slots(server), "the server left something");
        for (final Conversation conversation : open)
        {
            require(null == conversation.server.watch || null != conversation.server.watch.reason,
                conversation + " is still open at the server that was closed");
        }
    }

    @Override
    void check()
    {
        open.forEach((conversation) ->
        {
            process.oracle.check(conversation.client.watch);
            serverOracle.check(conversation.server.watch);
        });
        links.forEach((link) ->
            link.check(process.stalls, time.elapsedNs(), CONNECT_TIMEOUT_NS + TRY_SLACK_NS));
    }

    @Override
    void end() throws IOException
    {
        final long endNs = time.elapsedNs() + recoveryNs();
        while (time.elapsedNs() < endNs && !isAllSettled())
        {
            work();
        }
        links.forEach((link) -> require(link.isSettled(), link + " did not come back, or lacks messages"));
        isShuttingDown = true;
        closeServer();
        process.end();
        require(!Insides.hasDeadline(client) && 0 == Insides.slots(client), "the client left something");
        require(open.isEmpty(), open + " still open");
        require(0 == network.openSockets(), network.openSockets() + " sockets left open");
    }

    /**
     * Both ends have to find out that a connection is gone, and then the longest wait, and two tries.
     */
    private long recoveryNs()
    {
        return 2 * (clientCadence.detectionNs() + clientCadence.graceNs() + scenario.cadence().detectionNs() +
            scenario.cadence().graceNs()) + MAX_RECONNECT_NS + 2 * CONNECT_TIMEOUT_NS + ACCEPT_PAUSE_NS + 6_000 * MS;
    }

    private boolean isAllSettled()
    {
        return 0 == starving && links.stream().allMatch(LinkRecord::isSettled);
    }

    private Conversation conversationAt(final int port)
    {
        return conversationsByPort.computeIfAbsent(port, (key) ->
        {
            final Conversation conversation = new Conversation();
            open.add(conversation);
            return conversation;
        });
    }

    private void onClosed(
        final Conversation conversation, final Conversation.Side side, final String where, final CloseReason reason)
    {
        note("closed " + conversation + " at the " + where + ": " + reason + " " +
            side.watch.connection.closeDetail());
        require(null == side.watch.reason, conversation + " closed twice at the " + where);
        side.watch.reason = reason;
        if (conversation.client.isEnded() && conversation.server.isEnded())
        {
            open.remove(conversation);
        }
    }

    private void requireUndisturbed(final Conversation conversation, final CloseReason reason)
    {
        final LinkRecord link = conversation.link;
        require(isShuttingDown || null == link || link.isDisturbed || link.isClosed,
            conversation + " ended by " + reason + ", though nothing happened to it");
    }

    /**
     * The application at the client.
     */
    private final class ClientListener implements LinkListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            final LinkRecord link = recordOf(connection.link());
            require(null == link.conversation || link.conversation.client.isEnded(), link + " has two connections");
            final int port = ((SimulatedSocketChannel)Insides.channel(connection)).localAddress.getPort();
            final Conversation conversation = conversationAt(port);
            conversation.link = link;
            link.conversation = conversation;
            conversation.client.watch = new Watch(connection, clientCadence, time.elapsedNs());
            note("open " + conversation + " at the client");
        }

        @Override
        public void onProbe(final Connection connection)
        {
            process.oracle.onProbe(of(connection).client.watch);
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            of(connection).client.onMessage(connection, payload);
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            final Conversation conversation = of(connection);
            PairSimulation.this.onClosed(conversation, conversation.client, "client", reason);
            requireUndisturbed(conversation, reason);
            process.oracle.onClosed(conversation.client.watch, reason);
        }

        @Override
        public void onReconnecting(final Link link, final int attempt, final long delayNs)
        {
            note(recordOf(link) + " waits " + delayNs / MS + " ms for try " + attempt + " " + link.failure());
            recordOf(link).onReconnecting(time.elapsedNs(), attempt, delayNs);
        }

        private Conversation of(final Connection connection)
        {
            return recordOf(connection.link()).conversation;
        }

        private static LinkRecord recordOf(final Link link)
        {
            return (LinkRecord)link.attachment();
        }
    }

    /**
     * The application at the server.
     */
    private final class ServerListener implements ConnectionListener
    {
        @Override
        public void onOpen(final Connection connection)
        {
            final Conversation conversation = of(connection);
            require(null == conversation.server.watch, conversation + " opened twice at the server");
            conversation.server.watch = new Watch(connection, scenario.cadence(), time.elapsedNs());
            note("open " + conversation + " at the server");
        }

        @Override
        public void onProbe(final Connection connection)
        {
            serverOracle.onProbe(of(connection).server.watch);
        }

        @Override
        public void onMessage(final Connection connection, final ByteBuffer payload)
        {
            of(connection).server.onMessage(connection, payload);
        }

        @Override
        public void onClosed(final Connection connection, final CloseReason reason)
        {
            final Conversation conversation = of(connection);
            PairSimulation.this.onClosed(conversation, conversation.server, "server", reason);
            requireUndisturbed(conversation, reason);
            serverOracle.onClosed(conversation.server.watch, reason);
        }

        private Conversation of(final Connection connection)
        {
            return conversationAt(connection.remoteAddress().getPort());
        }
    }
}
