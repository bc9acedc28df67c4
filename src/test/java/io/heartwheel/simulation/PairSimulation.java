package io.heartwheel.simulation;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.Link;
import io.heartwheel.Protocol;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Simulates a real client and a real server. The server's parks let time pass. The client has its turn every few
 * milliseconds, whatever the server does at that time: as with two processes, neither waits for the other.
 */
final class PairSimulation extends Simulation
{
    static final long MIN_RECONNECT_NS = 500 * MS;
    static final long MAX_RECONNECT_NS = 4_000 * MS;
    static final long SPREAD_NS = 2_000 * MS;
    /** Longer than any other wait, so that it is told from them. */
    static final long TAKEN_OVER_NS = 7_000 * MS;
    private static final long CONNECT_TIMEOUT_NS = 3_000 * MS;
    private static final int MESSAGES = 3;
    private static final long TRY_SLACK_NS = 200 * MS;
    static final long LINGER_NS = 1_000 * MS;
    private static final long RATE_BURST_NS = 5_000 * MS;
    private static final long ACCEPT_PAUSE_NS = 100 * MS;
    /** A server that only listens cannot tell so by WebSocket: this is less than its patience. */
    private static final long QUIET_NS = 1_500 * MS;

    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_400);
    private final SplittableRandom turns = scenario.randomOf(-2);
    final Cadence clientCadence = new Cadence(
        1_000 * MS * (0 == turns.nextInt(3) ? 10 : turns.nextInt(1, 4)), 500 * MS * turns.nextInt(1, 4),
        turns.nextInt(1, 5));
    final ClientProcess process = new ClientProcess(this, turns);
    final Oracle serverOracle = new Oracle(time, stalls, scenario, ClientProcess.TURN_NS);
    final List<LinkRecord> links = new ArrayList<>();
    private final Map<Integer, Conversation> conversationsByPort = new HashMap<>();
    private final List<Conversation> open = new ArrayList<>();
    HeartbeatClient client;
    HeartbeatServer server;
    /** Null unless WebSocket is spoken. */
    private Impostor impostor;
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
    void begin() throws IOException
    {
        startServer();
        client = new HeartbeatClient(new ClientContext()
            .cadence(clientCadence)
            .tickNs(scenario.tickNs())
            .coalesceNs(scenario.coalesceNs())
            .coalesceRate(0)
            .maxParkNs(0)
            .minReconnectNs(MIN_RECONNECT_NS)
            .maxReconnectNs(MAX_RECONNECT_NS)
            .reconnectSpreadNs(SPREAD_NS)
            .reconnectTakenOverNs(TAKEN_OVER_NS)
            .connectTimeoutNs(CONNECT_TIMEOUT_NS)
            .jitterSeed(scenario.seed())
            .selectorProvider(network)
            .nanoClock(time)
            .errorHandler(this::onError)
            .rateBurstNs(RATE_BURST_NS)
            .maxWebSocketQuietNs(QUIET_NS)
            .listener(new ClientApplication(this)));
        final int count = 1 + scenario.steps().stream().mapToInt(Step::peer).max().orElse(0);
        for (int i = 0; i < count; i++)
        {
            connect();
        }
        if (scenario.isPairByWebSocket())
        {
            impostor = new Impostor(this);
            impostor.connect();
        }
        process.start(client);
        note("client " + clientCadence + ", links " + count);
    }

    /**
     * The client is told to end: its host keeps the server waiting until it has.
     */
    void endClient()
    {
        disturb();
        links.forEach((link) -> link.isClosed = true);
        process.tellToEnd();
    }

    /**
     * The client makes one more link.
     */
    LinkRecord connect()
    {
        final Link link = scenario.isPairByWebSocket() ?
            client.connect(URI.create("ws://127.0.0.1:" + address.getPort() + "/a?b")) :
            client.connect("u" + links.size(), address);
        final LinkRecord record = new LinkRecord(links.size(), link, time.elapsedNs());
        link.attachment(record);
        links.add(record);
        return record;
    }

    private void startServer()
    {
        final ServerApplication application = new ServerApplication(this);
        server = new HeartbeatServer(Insides.parker(new ServerContext()
            .bindAddress(address)
            .cadence(scenario.cadence())
            .tickNs(scenario.tickNs())
            .lingerNs(LINGER_NS)
            .selectorProvider(network)
            .nanoClock(time)
            .errorHandler(this::onError)
            .rateBurstNs(RATE_BURST_NS)
            .protocols(scenario.isPairByWebSocket() ? Protocol.WEBSOCKET : Protocol.HEARTWHEEL)
            .listener(application)
            .helloIdentity(true)
            .identities(application), time::advance));
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
            case FAIL ->
            {
                disturb();
                ending.onFailure();
                network.failNext(OnPurpose.error(step.peer()));
            }
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

    void disturb()
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

    void talk(final Conversation conversation)
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
        server.onClose();
        requireServerClosed();
        ending.forget();
        time.advance(downNs);
        while (starving > 0)
        {
            time.advance(ClientProcess.TURN_NS);
        }
        startServer();
        note("the server is back");
    }

    private void requireServerClosed()
    {
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
            link.check(process.stalls, time.elapsedNs(), tryNs() + TRY_SLACK_NS));
    }

    /**
     * The longest time of one try: to connect, and to be answered.
     */
    private long tryNs()
    {
        return scenario.isPairByWebSocket() ? 2 * CONNECT_TIMEOUT_NS : CONNECT_TIMEOUT_NS;
    }

    boolean isShuttingDown()
    {
        return isShuttingDown;
    }

    @Override
    void end() throws IOException
    {
        final long endNs = time.elapsedNs() + recoveryNs();
        while (!isOver() && time.elapsedNs() < endNs && !isAllSettled())
        {
            work();
        }
        if (isOver())
        {
            return;
        }
        links.forEach((link) -> require(link.isSettled(), link + " did not come back, or lacks messages"));
        isShuttingDown = true;
        server.onClose();
        onEnded();
    }

    @Override
    void onEnded() throws IOException
    {
        isShuttingDown = true;
        requireServerClosed();
        process.end();
        if (null != impostor)
        {
            impostor.end();
        }
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
            scenario.cadence().graceNs()) + TAKEN_OVER_NS + MAX_RECONNECT_NS + 2 * tryNs() +
            ACCEPT_PAUSE_NS + 6_000 * MS + 2 * Cadence.STANDARD.detectionNs();
    }

    private boolean isAllSettled()
    {
        return 0 == starving && links.stream().allMatch(LinkRecord::isSettled);
    }

    Conversation conversationAt(final int port)
    {
        return conversationsByPort.computeIfAbsent(port, (key) ->
        {
            final Conversation conversation = new Conversation();
            open.add(conversation);
            return conversation;
        });
    }

    void onClosed(
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

    void requireUndisturbed(final Conversation conversation, final CloseReason reason)
    {
        final LinkRecord link = conversation.link();
        require(isShuttingDown || ending.isBegun() || null == link || link.isDisturbed || link.isClosed,
            conversation + " ended by " + reason + ", though nothing happened to it");
    }
}
