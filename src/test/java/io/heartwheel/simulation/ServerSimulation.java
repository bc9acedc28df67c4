package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.SendResult;
import io.heartwheel.ServerContext;
import io.heartwheel.metrics.Counter;
import io.heartwheel.reactor.Insides;
import org.agrona.concurrent.Agent;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Simulates a real server with simulated peers.
 */
final class ServerSimulation extends Simulation implements ConnectionListener
{
    /** What the kernel queues of one connection. */
    static final int SEND_BUFFER_LENGTH = 64 << 10;
    private static final int MAX_HALF_FRAME_LENGTH = 65_540;
    private static final int PUSHES_PER_CYCLE = 4;
    static final long LINGER_NS = 1_000 * MS;
    /** Longer than any handshake: a peer whose first words are late is not taken for another. */
    private static final long SNIFF_NS = 600_000 * MS;
    private static final long RATE_BURST_NS = 20_000 * MS;
    private static final long QUIET_NS = 40_000 * MS;
    private static final int READ_LENGTH = 66_000;

    private static final Pattern HELD = Pattern.compile("(\\d+) bytes .*, the most of (\\d+) held for all peers");

    private final HeartbeatServer server;
    private final Oracle oracle;
    private final ServerActs acts = new ServerActs(this);
    private final Doors doors;
    private final Promptness promptness;
    private final List<Tongue> tongues;
    private final long frameTimeoutNs;
    private final SSLContext tlsContext;
    private final List<SimulatedPeer> peers = new ArrayList<>();
    private final Map<Integer, SimulatedPeer> peersByNumber = new HashMap<>();
    private final Map<Integer, SimulatedPeer> peersByPort = new HashMap<>();
    private final List<SimulatedPeer> slowPaths = new ArrayList<>();
    private final Set<Long> ids = new HashSet<>();
    private InetSocketAddress address;
    private int opened;
    private int closed;

    ServerSimulation(final Scenario scenario)
    {
        super(scenario);
        oracle = new Oracle(time, stalls, scenario, 0);
        doors = scenario.doors();
        promptness = new Promptness(this, scenario);
        tongues = scenario.tongues();
        tlsContext = doors.isTls() ? PeerTls.newContext() : null;
        final ServerContext ctx = Insides.parker(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(scenario.cadence())
            .tickNs(scenario.tickNs())
            .coalesceNs(scenario.coalesceNs())
            .coalesceRate(0)
            .rateBurstNs(RATE_BURST_NS)
            .lingerNs(LINGER_NS)
            .sendBufferLength(SEND_BUFFER_LENGTH)
            .firstRequired(scenario.isFirstRequired())
            .maxConnections(scenario.maxPeers())
            .selectorProvider(network)
            .nanoClock(time)
            .maxOutboundLength(doors.outboundMax())
            .errorHandler(this::onError)
            .protocols(Tongue.protocols(tongues))
            .sniffNs(SNIFF_NS)
            .listener(this), time::advance);
        doors.build(ctx, time, scenario.randomOf(-2));
        server = new HeartbeatServer(ctx);
        frameTimeoutNs = ctx.frameTimeoutNs();
    }

    @Override
    Agent agent()
    {
        return server;
    }

    HeartbeatServer server()
    {
        return server;
    }

    @Override
    void begin()
    {
        address = server.localAddress();
    }

    @Override
    void onCycle()
    {
        oracle.onCycle();
        // A send may let time pass, in which another peer joins.
        for (final SimulatedPeer peer : List.copyOf(slowPaths))
        {
            for (int i = 0; i < PUSHES_PER_CYCLE && peer.isToBePushed() && send(peer); i++)
            {
                peer.onPushed();
            }
        }
    }

    @Override
    void onEvent(final Step step) throws IOException
    {
        switch (step.kind())
        {
            case JOIN -> join(step);
            case BURST -> peers.forEach(SimulatedPeer::burst);
            case FAIL ->
            {
                ending.onFailure();
                network.failNext(OnPurpose.error(step.peer()));
            }
            case FREEZE -> stall(step.durationNs(), false);
            case STARVE -> promptness.starve(step.durationNs());
            case BLACKOUT ->
            {
                final SimulatedPeer peer = peersByNumber.get(step.peer());
                if (null != peer && !peer.kind.isOfNetwork())
                {
                    peer.expect(CloseReason.PEER_SILENT, CloseReason.WRITE_STALLED, CloseReason.PEER_RESET);
                    peer.excuse();
                    peer.cut(step.durationNs());
                }
            }
            default -> throw new IllegalArgumentException(step.toString());
        }
    }

    private void join(final Step step) throws IOException
    {
        final SimulatedPeer peer = new SimulatedPeer(
            network, scenario.randomOf(step.peer()), step.peer(), step.peerKind(), scenario.cadence(),
            doors, Tongue.any(tongues, scenario.randomOf(-3 - step.peer())), tongues.size() > 1, tlsContext);
        peer.connect(address, step.durationNs());
        peers.add(peer);
        peersByNumber.put(step.peer(), peer);
        if (PeerKind.SLOW_PATH == step.peerKind())
        {
            slowPaths.add(peer);
        }
        peersByPort.put(((InetSocketAddress)peer.channel.getLocalAddress()).getPort(), peer);
    }

    @Override
    void onReactorStep(final Step step)
    {
        final SimulatedPeer peer = peersByNumber.get(step.peer());
        if (null == peer)
        {
            return;
        }
        if (Step.Kind.CLOSE == step.kind())
        {
            close(peer);
        }
        else
        {
            for (int messages = 1 + step.peer() % 7; messages > 0; messages--)
            {
                send(peer);
            }
        }
    }

    void close(final SimulatedPeer peer)
    {
        if (null != peer.watch)
        {
            peer.expect(CloseReason.LOCAL_CLOSE);
            peer.watch.connection.close();
        }
    }

    boolean send(final SimulatedPeer peer)
    {
        if (null == peer.watch || !peer.watch.isWatched())
        {
            return false;
        }
        final byte[] payload = Messages.payload(peer.sentByServer, peer.sentByServerLength);
        final SendResult result = sendTo(peer.watch.connection, peer.tongue.message(payload));
        peer.sentByServer += SendResult.ACCEPTED == result ? 1 : 0;
        return SendResult.ACCEPTED == result;
    }

    /**
     * A socket that fails by an error while it is written has its message all the same.
     */
    private static SendResult sendTo(final Connection connection, final ByteBuffer message)
    {
        try
        {
            return connection.send(message);
        }
        catch (final Error ex)
        {
            if (!OnPurpose.is(ex))
            {
                throw ex;
            }
            return SendResult.ACCEPTED;
        }
    }

    @Override
    void check()
    {
        // A send may let time pass, in which another peer joins, and may end others.
        for (final SimulatedPeer peer : List.copyOf(peers))
        {
            if (peer.isDeaf())
            {
                send(peer);
            }
        }
        int open = 0;
        for (final SimulatedPeer peer : peers)
        {
            promptness.check(peer, peers.size() <= scenario.maxPeers());
            if (null != peer.watch && null == peer.watch.reason)
            {
                open += peer.watch.connection.isOpen() ? 1 : 0;
                oracle.check(peer.watch);
                require(Insides.unsentBytes(peer.watch.connection) <= doors.outboundMax() + 1_000 &&
                    Insides.halfFrameLength(peer.watch.connection) <= MAX_HALF_FRAME_LENGTH, peer + " takes memory");
            }
        }
        require(open == Insides.watched(server), open + " open, but " + Insides.watched(server) + " watched");
        // Those not let in yet have a slot as well.
        final boolean isEntering = scenario.isFirstRequired() || doors.isAny() || tongues.size() > 1 ||
            tongues.contains(Tongue.WEBSOCKET);
        require(isEntering ? opened - closed <= Insides.slots(server) :
            opened - closed == Insides.slots(server), opened + " opened and " + closed + " closed, but " +
            Insides.slots(server) + " slots in use");
        require(Insides.slots(server) <= scenario.maxPeers(), "more connections than may be");
        require(!doors.isHoard() || server.metrics().count(Counter.HELD_BYTES) <= Doors.HELD_MAX + READ_LENGTH,
            server.metrics().count(Counter.HELD_BYTES) + " bytes held for all");
    }

    @Override
    public void onOpen(final Connection connection)
    {
        final SimulatedPeer peer = peerOf(connection);
        require(null == peer.watch, peer + " opened twice");
        require(ids.add(connection.id()), "the id of " + connection + " was another's");
        peer.onOpen(connection);
        ++opened;
        note("open " + connection + ": " + peer);
        meanwhile(peer, true);
    }

    @Override
    public void onProbe(final Connection connection)
    {
        final SimulatedPeer peer = peerOf(connection);
        require(peer.watch.maxCount > 0, peer + " is asked, though it is watched passively");
        oracle.onProbe(peer.watch);
        meanwhile(peer, false);
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        final SimulatedPeer peer = peerOf(connection);
        require(connection == peer.watch.connection && peer.watch.isWatched(), "message of " + peer + " after its end");
        payload.position(payload.position() + peer.tongue.headerLength());
        require(Messages.isPayload(payload, peer.heardByServer, peer.sentLength),
            "message " + peer.heardByServer + " of " + peer + " arrived wrong");
        ++peer.heardByServer;
        meanwhile(peer, true);
        if (PeerKind.CLOSED_BY_LISTENER == peer.kind && peer.mayEndBy(CloseReason.LOCAL_CLOSE))
        {
            connection.close();
        }
        else if (PeerKind.FAILED_BY_LISTENER == peer.kind && peer.mayEndBy(CloseReason.LISTENER_FAILED))
        {
            throw OnPurpose.exception();
        }
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        final SimulatedPeer peer = peerOf(connection);
        note("closed " + connection + ": " + peer + " " + reason + " " + connection.closeDetail());
        require(connection == peer.watch.connection && null == peer.watch.reason, peer + " closed twice");
        peer.watch.reason = reason;
        final boolean isByHoard = isByHoard(connection);
        ++closed;
        require(peer.mayEndBy(reason) || ending.isBegun() && CloseReason.SHUTDOWN == reason ||
            CloseReason.PROTOCOL_ERROR == reason && isFrameJudged(peer) ||
            isByHoard || ending.isByFailure(reason), peer + " ended by " + reason);
        peer.expect(reason);
        if (!isByHoard)
        {
            oracle.onClosed(peer.watch, reason);
        }
        meanwhile(peer, false);
    }

    /**
     * May it hang in the middle of a frame, or be cut off, and be judged for that before it is for its silence?
     */
    private boolean isFrameJudged(final SimulatedPeer peer)
    {
        return !peer.isBlameless() && (peer.watch.isOnceOff || peer.watch.maxIdleNs > frameTimeoutNs ||
            peer.isExcused() || peer.kind.isOfNetwork());
    }

    /**
     * Does it end for holding most of what is held for all? That is not less than what each holds on average.
     */
    private boolean isByHoard(final Connection connection)
    {
        final Matcher held = HELD.matcher(connection.closeDetail());
        return doors.isHoard() && held.lookingAt() &&
            Long.parseLong(held.group(1)) * peers.size() >= Long.parseLong(held.group(2));
    }

    /**
     * What listeners do besides.
     *
     * @param isEnding does it end the connection if this callback throws?
     */
    private void meanwhile(final SimulatedPeer peer, final boolean isEnding)
    {
        final Step step = nextCallbackStep();
        if (null != step)
        {
            acts.perform(step, peer, peersByNumber.getOrDefault(step.peer(), peer), isEnding);
        }
    }

    /**
     * Nothing is under way any more, so all that was sent must be there.
     */
    @Override
    void end() throws IOException
    {
        peers.forEach(SimulatedPeer::quiet);
        final long endNs = time.elapsedNs() + QUIET_NS;
        while (!isOver() && time.elapsedNs() < endNs && !peers.stream().allMatch(ServerSimulation::isSettled))
        {
            work();
        }
        if (!isOver())
        {
            peers.forEach((peer) -> require(isSettled(peer), peer + " lacks messages: " + peer.progress()));
            ending.tell(0);
            server.onClose();
            onEnded();
        }
    }

    @Override
    void onEnded() throws IOException
    {
        require(opened == closed, opened + " opened, but " + closed + " closed");
        require(opened == server.metrics().count(Counter.OPENED), "counted " + opened + " opened");
        require(closed == server.metrics().count(Counter.CLOSED), "counted " + closed + " closed");
        require(!Insides.hasDeadline(server), "a deadline is left");
        peers.forEach(SimulatedPeer::close);
        require(0 == network.openSockets(), network.openSockets() + " sockets left open");
    }

    private static boolean isSettled(final SimulatedPeer peer)
    {
        return !peer.isBlameless() || null == peer.watch || peer.isAllHeard();
    }

    private SimulatedPeer peerOf(final Connection connection)
    {
        return peersByPort.get(connection.remoteAddress().getPort());
    }
}
