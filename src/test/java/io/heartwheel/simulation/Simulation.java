package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.SendResult;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A real server in a simulated network, with peers and a model that knows what must become of them: one seed, one run.
 */
final class Simulation implements ConnectionListener
{
    private static final long STALL_NS = 100_000_000L;
    private static final long TICK_NS = 1 << 20;
    private static final long MAX_COST_NS = 3_000_000L;
    private static final long QUIET_NS = 5_000_000_000L;
    private static final long MS = 1_000_000L;
    private static final int MAX_PEERS = 12;
    private static final int MAX_CYCLES_AT_ONE_TIME = 500;
    private static final int HISTORY_LENGTH = 60;
    private static final Cadence[] CADENCES = {
        Cadence.STANDARD, Cadence.STRICT, Cadence.passive(4_000 * MS), new Cadence(1_000 * MS, 750 * MS, 2),
        new Cadence(1_000 * MS, 4_000 * MS, 2)};

    private final SplittableRandom random;
    private final VirtualTime time;
    private final SimulatedNetwork network;
    private final Cadence cadence;
    private final HeartbeatServer server;
    private final Stalls stalls = new Stalls(STALL_NS);
    private final List<SimulatedPeer> peers = new ArrayList<>();
    private final Map<Integer, SimulatedPeer> peersByPort = new HashMap<>();
    private final ArrayDeque<String> history = new ArrayDeque<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final boolean isStalling;
    private int opened;
    private int closed;
    private boolean isShuttingDown;

    Simulation(final long seed)
    {
        random = new SplittableRandom(seed);
        time = new VirtualTime(Long.MAX_VALUE - random.nextLong(120_000 * MS));
        network = new SimulatedNetwork(time, random.nextLong());
        cadence = CADENCES[random.nextInt(CADENCES.length)];
        isStalling = random.nextInt(3) > 0;
        final SplittableRandom costs = random.split();
        time.cost(() -> costs.nextLong(0 == costs.nextInt(20) ? MAX_COST_NS : 20_000));
        server = new HeartbeatServer(new HeartbeatServer.Context()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(cadence)
            .selectorProvider(network)
            .nanoClock(time)
            .maxOutboundLength(30_000)
            .errorHandler(this::onError)
            .listener(this));
    }

    /**
     * Run for a virtual time.
     */
    void run(final long durationNs) throws IOException
    {
        long cycleNs = 0;
        int cycles = 0;
        while (time.elapsedNs() < durationNs)
        {
            act();
            server.doWork();
            peers.forEach(this::check);
            require(errors.isEmpty(), "error " + errors);
            cycles = time.elapsedNs() == cycleNs ? cycles + 1 : 0;
            cycleNs = time.elapsedNs();
            require(cycles < MAX_CYCLES_AT_ONE_TIME, "the reactor spins");
        }
        fallQuiet();
        shutDown();
    }

    String history()
    {
        return cadence + "\n" + String.join("\n", history);
    }

    private void act() throws IOException
    {
        if (peers.size() < MAX_PEERS * 3 && peers.size() - closed < MAX_PEERS && random.nextInt(10) == 0)
        {
            final PeerKind[] kinds = PeerKind.values();
            final SimulatedPeer peer = new SimulatedPeer(
                network, random.split(), kinds[random.nextInt(kinds.length)], cadence);
            peer.connect(server.localAddress(), random.nextLong(cadence.detectionNs() * 2));
            peers.add(peer);
            peersByPort.put(((InetSocketAddress)peer.channel.getLocalAddress()).getPort(), peer);
        }
        if (!peers.isEmpty() && random.nextInt(20) == 0)
        {
            final SimulatedPeer peer = peers.get(random.nextInt(peers.size()));
            for (int messages = random.nextInt(1, 8); messages > 0; messages--)
            {
                send(peer);
            }
        }
        peers.stream().filter(SimulatedPeer::isDeaf).forEach(this::send);
        if (isStalling && random.nextInt(200) == 0)
        {
            final long fromNs = time.elapsedNs();
            time.advance(random.nextBoolean() ?
                random.nextLong(2 * STALL_NS) : random.nextLong(cadence.detectionNs() * 2));
            stalls.add(fromNs, time.elapsedNs());
            note("stalled for " + (time.elapsedNs() - fromNs) / MS + " ms");
        }
    }

    private void send(final SimulatedPeer peer)
    {
        if (null != peer.connection && null == peer.closeReason)
        {
            final byte[] payload = SimulatedPeer.payload(peer.sentByServer);
            final SendResult result = peer.connection.send(ByteBuffer.wrap(payload));
            peer.sentByServer += SendResult.ACCEPTED == result ? 1 : 0;
        }
    }

    /**
     * Completeness: who is gone is told in time.
     */
    private void check(final SimulatedPeer peer)
    {
        if (null == peer.connection || null != peer.closeReason || !peer.connection.isOpen())
        {
            return;
        }
        final SimulatedSocketChannel accepted = peer.channel.peer();
        if (accepted.in().isEndReceived() || accepted.isReset())
        {
            require(++peer.cyclesSinceEnd < 4, "the end of " + peer + " went unnoticed");
        }
        peer.isBlockedEver |= accepted.out().wasFull();
        final Cadence slower = PeerKind.ASKING == peer.kind && peer.hasActed &&
            peer.asked.detectionNs() > cadence.detectionNs() ? peer.asked : cadence;
        final long boundNs = lateBoundNs(peer, slower);
        final long silenceNs = stalls.leastAttentionNs(lastArrivedNs(peer), time.elapsedNs());
        require(silenceNs <= boundNs, peer + " was silent for " + silenceNs / MS + " ms, which is more than " +
            boundNs / MS + ", and not condemned");
        if (accepted.out().isFull())
        {
            final long stuckNs = stalls.leastAttentionNs(accepted.out().lastAcceptedNs(), time.elapsedNs());
            require(stuckNs <= 3 * boundNs + slower.graceNs(), peer + " took nothing for " + stuckNs / MS +
                " ms, and is not condemned");
        }
    }

    /**
     * A last look that finds room for a few bytes, less than makes a socket writable, grants a blocked peer one more
     * detection time.
     */
    private long lateBoundNs(final SimulatedPeer peer, final Cadence slower)
    {
        final long sinceNs = lastArrivedNs(peer);
        final long boundNs = slower.detectionNs() + (stalls.count(sinceNs) > 0 ? slower.graceNs() : 0) +
            2 * TICK_NS + 2 * MS + (slower.count() + 4) * MAX_COST_NS + stalls.lateByNs(sinceNs);
        return peer.isBlockedEver || peer.isDeaf() || PeerKind.ASKING == peer.kind ? 3 * boundNs +
            slower.graceNs() : boundNs;
    }

    private long lastArrivedNs(final SimulatedPeer peer)
    {
        return Math.max(peer.channel.out().lastArrivedNs(), peer.openedNs);
    }

    @Override
    public void onOpen(final Connection connection)
    {
        final SimulatedPeer peer = peerOf(connection);
        require(null == peer.connection, peer + " opened twice");
        peer.connection = connection;
        peer.openedNs = time.elapsedNs();
        ++opened;
        note("open " + peer);
    }

    @Override
    public void onProbe(final Connection connection)
    {
        peerOf(connection).onProbe();
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        final SimulatedPeer peer = peerOf(connection);
        require(null == peer.closeReason && connection.isOpen(), "message of " + peer + " after its end");
        require(payload.equals(ByteBuffer.wrap(SimulatedPeer.payload(peer.heardByServer))),
            "message " + peer.heardByServer + " of " + peer + " arrived wrong");
        ++peer.heardByServer;
        if (PeerKind.CLOSED_BY_LISTENER == peer.kind && peer.hasActed)
        {
            connection.close();
        }
        else if (PeerKind.FAILED_BY_LISTENER == peer.kind && peer.hasActed)
        {
            throw new ListenerFailure();
        }
    }

    /**
     * Accuracy: nobody is condemned early, or for what it did not do.
     */
    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        final SimulatedPeer peer = peerOf(connection);
        note("closed " + peer + " " + reason + " " + connection.closeDetail());
        require(connection == peer.connection && null == peer.closeReason, peer + " closed twice");
        peer.closeReason = reason;
        ++closed;
        require(isShuttingDown && CloseReason.SHUTDOWN == reason ||
            peer.kind.mayEndBy(reason) && peer.hasActed, peer + " ended by " + reason);
        final long quickestNs = PeerKind.ASKING == peer.kind ?
            Math.min(peer.asked.detectionNs(), cadence.detectionNs()) : cadence.detectionNs();
        final SimulatedSocketChannel accepted = peer.channel.peer();
        final long nowNs = time.elapsedNs();
        if (CloseReason.PEER_SILENT == reason)
        {
            require(0 == accepted.in().received.length(), peer + " has been heard, but not read");
            final long silenceNs = stalls.mostAttentionNs(lastArrivedNs(peer), nowNs);
            requireAsked(peer);
            require(silenceNs >= quickestNs - 2 * MAX_COST_NS, peer + " condemned after " + silenceNs / MS + " ms");
        }
        else if (CloseReason.WRITE_STALLED == reason)
        {
            require(accepted.out().isFull(), peer + " could have been written to");
            final long stuckNs = stalls.mostAttentionNs(accepted.out().lastAcceptedNs(), nowNs);
            require(stuckNs >= quickestNs - 2 * MAX_COST_NS, peer + " condemned after " + stuckNs / MS +
                " ms without progress");
        }
    }

    /**
     * Before it is condemned a peer has been asked, and has had the reactor's attention.
     */
    private void requireAsked(final SimulatedPeer peer)
    {
        final long sinceNs = lastArrivedNs(peer);
        if (PeerKind.ASKING != peer.kind)
        {
            require(peer.probesSince(sinceNs) >= Math.min(4, cadence.count()), peer + " has not been asked");
            require(1 != stalls.count(sinceNs) ||
                time.elapsedNs() - stalls.lastEndNs() >= cadence.graceNs() - 2 * MAX_COST_NS, peer + " had no grace");
        }
    }

    /**
     * Nothing is under way any more, so all that was sent must be there.
     */
    private void fallQuiet()
    {
        peers.forEach(SimulatedPeer::quiet);
        for (final long endNs = time.elapsedNs() + QUIET_NS; time.elapsedNs() < endNs;)
        {
            server.doWork();
            peers.forEach(this::check);
        }
        for (final SimulatedPeer peer : peers)
        {
            require(!peer.kind.isBlameless() || null == peer.connection || peer.isAllHeard(),
                peer + " lacks messages");
        }
    }

    private void shutDown()
    {
        isShuttingDown = true;
        server.close();
        require(opened == closed, opened + " opened, but " + closed + " closed");
        require(opened == server.metrics().count(Counter.OPENED), "counted " + opened + " opened");
        require(closed == server.metrics().count(Counter.CLOSED), "counted " + closed + " closed");
        peers.forEach(SimulatedPeer::close);
        require(0 == network.openSockets(), network.openSockets() + " sockets left open");
        require(errors.isEmpty(), "error " + errors);
    }

    private void onError(final Throwable error)
    {
        if (!(error instanceof ListenerFailure))
        {
            errors.add(error);
        }
    }

    private SimulatedPeer peerOf(final Connection connection)
    {
        return peersByPort.get(connection.remoteAddress().getPort());
    }

    private void note(final String what)
    {
        history.add(time.elapsedNs() / MS + " ms: " + what);
        if (history.size() > HISTORY_LENGTH)
        {
            history.poll();
        }
    }

    private void require(final boolean isTrue, final String what)
    {
        if (!isTrue)
        {
            throw new Violation(time.elapsedNs() / MS + " ms: " + what);
        }
    }

    /**
     * What a listener does wrong on purpose.
     */
    private static final class ListenerFailure extends RuntimeException
    {
        private static final long serialVersionUID = 1;
    }

    /**
     * An error, so that nobody on the way takes it for a failing listener's; it is looked for in what is reported too.
     */
    private static final class Violation extends AssertionError
    {
        private static final long serialVersionUID = 1;

        private Violation(final String message)
        {
            super(message);
        }
    }
}
