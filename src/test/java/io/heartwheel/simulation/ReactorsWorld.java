package io.heartwheel.simulation;

import io.heartwheel.AcceptSockets;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.IdentityListener;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.reactor.Insides;

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
import java.util.SplittableRandom;

/**
 * A server with several reactors in one virtual time. Each has its turn each millisecond, unless it is stalled. Peers
 * come, fall silent and go. Whatever happens to one reactor must not touch the verdicts of another, and the limit of
 * connections holds in sum.
 */
final class ReactorsWorld implements ConnectionListener, IdentityListener
{
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final long ROUND_NS = MS;
    private static final long TOLERANCE_NS = 50 * MS;
    private static final Cadence CADENCE = new Cadence(2 * SECOND, SECOND, 2);

    private final VirtualTime time;
    private final SplittableRandom random;
    private final SimulatedNetwork network;
    private final HeartbeatServer server;
    private final int maxConnections;
    private final Stalls[] stalls;
    private final long[] stalledUntilNs;
    private final Map<InetSocketAddress, LightPeer> peers = new HashMap<>();
    private final Map<InetSocketAddress, LightPeer> silent = new HashMap<>();
    private final List<Connection> open = new ArrayList<>();
    private final Set<Connection> named = new HashSet<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final int[] stallsMade;
    private final Set<Long> ids = new HashSet<>();
    private int verdicts;
    private boolean isEnding;

    ReactorsWorld(final long seed)
    {
        random = new SplittableRandom(seed);
        time = new VirtualTime(random.nextBoolean() ? Long.MAX_VALUE - 30 * SECOND : 0);
        network = new SimulatedNetwork(time, random.nextLong());
        network.shuffled(random.nextBoolean());
        final int reactors = 2 + random.nextInt(3);
        maxConnections = 20 + random.nextInt(60);
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(CADENCE)
            .reactors(reactors)
            .acceptSockets(AcceptSockets.ONE)
            .maxConnections(maxConnections)
            .maxParkNs(0)
            .lingerNs(100 * MS)
            .selectorProvider(network)
            .nanoClock(time::nowNs)
            .errorHandler(errors::add)
            .listener(this)
            .identities(this);
        server = new HeartbeatServer(Insides.parker(ctx, time::advance));
        stalledUntilNs = new long[reactors];
        stallsMade = new int[reactors];
        stalls = new Stalls[reactors];
        for (int i = 0; i < reactors; i++)
        {
            stalls[i] = new Stalls(ctx.stallNs(), 0);
        }
    }

    /**
     * Run for a virtual time.
     *
     * @return number of verdicts, each of which was checked.
     */
    int run(final long durationNs) throws IOException
    {
        final InetSocketAddress address = server.localAddress();
        while (time.elapsedNs() < durationNs)
        {
            if (0 == random.nextInt(40))
            {
                connect(address);
            }
            if (0 == random.nextInt(1_000))
            {
                for (int i = random.nextInt(20); i > 0; i--)
                {
                    connect(address);
                }
            }
            if (0 == random.nextInt(150))
            {
                silenceOne();
            }
            if (0 == random.nextInt(200) && !open.isEmpty())
            {
                open.get(random.nextInt(open.size())).close();
            }
            if (0 == random.nextInt(2_000))
            {
                stallOne();
            }
            round();
            check();
        }
        settle();
        if (open.size() < maxConnections)
        {
            final int before = open.size();
            connect(address);
            settle();
            Simulation.require(open.size() == before + 1, "there is room, but a peer was not let in");
        }
        isEnding = true;
        server.close();
        Simulation.require(errors.isEmpty(), errors.toString());
        Simulation.require(open.isEmpty(), open.size() + " connections were not told of their end");
        return verdicts;
    }

    private void connect(final InetSocketAddress address) throws IOException
    {
        final long latencyNs = random.nextLong(MS / 10, 20 * MS);
        final LightPeer peer = new LightPeer(network, latencyNs, 2 * latencyNs);
        peer.connect(address);
        peers.put((InetSocketAddress)peer.channel.getLocalAddress(), peer);
    }

    private void silenceOne()
    {
        if (!open.isEmpty())
        {
            final InetSocketAddress address = open.get(random.nextInt(open.size())).remoteAddress();
            final LightPeer peer = peers.get(address);
            peer.fallSilent(random.nextBoolean());
            silent.put(address, peer);
        }
    }

    private void stallOne()
    {
        final int reactor = random.nextInt(stalls.length);
        if (stalledUntilNs[reactor] <= time.elapsedNs())
        {
            final long lengthNs = random.nextLong(200 * MS, 6 * SECOND);
            stalls[reactor].add(time.elapsedNs(), time.elapsedNs() + lengthNs, true);
            stalledUntilNs[reactor] = time.elapsedNs() + lengthNs;
            ++stallsMade[reactor];
        }
    }

    private void round()
    {
        for (int i = 0; i < stalls.length; i++)
        {
            if (stalledUntilNs[i] <= time.elapsedNs())
            {
                doWork(i);
            }
        }
        time.advance(ROUND_NS);
    }

    private void doWork(final int reactor)
    {
        try
        {
            server.agents().get(reactor).doWork();
        }
        catch (final Exception ex)
        {
            throw new Violation("the duty cycle of reactor " + reactor + " failed: " + ex);
        }
    }

    private void check()
    {
        // What a callback of ours throws is told here as well.
        Simulation.require(errors.isEmpty(), errors.toString());
        final int slots = Insides.slots(server);
        Simulation.require(slots <= maxConnections, slots + " connections, at most " + maxConnections + " allowed");
        Simulation.require(open.size() <= slots, open.size() + " open, but " + slots + " slots in use");
    }

    /** No more stalls: all that are silent are found. */
    private void settle()
    {
        final long endNs = time.elapsedNs() + 6 * SECOND + 2 * (CADENCE.detectionNs() + CADENCE.graceNs());
        while (time.elapsedNs() < endNs)
        {
            round();
            check();
        }
        open.forEach((connection) -> Simulation.require(!silent.containsKey(connection.remoteAddress()),
            connection + " fell silent, and was never condemned"));
        final int slots = Insides.slots(server);
        Simulation.require(open.size() == slots, open.size() + " open, but " + slots + " slots in use at rest");
        final long living =
            peers.values().stream().filter((peer) -> peer.channel.isOpen() && !peer.isSilent()).count();
        Simulation.require(living == open.size(), living + " peers live, but " + open.size() + " are open");
        for (int i = 0; i < stalls.length; i++)
        {
            // What others were doing meanwhile is no stall of this one.
            final long told = server.metrics(i).count(Counter.STALLS);
            Simulation.require(told <= stallsMade[i], "reactor " + i + " tells " + told + " stalls");
        }
    }

    @Override
    public void onOpen(final Connection connection)
    {
        Simulation.require(ids.add(connection.id()), "the id of " + connection + " was another's");
        open.add(connection);
        if (0 != ids.size() % 3)
        {
            connection.identity("u" + connection.id());
        }
    }

    @Override
    public void onIdentified(final Connection connection, final long openedNs)
    {
        Simulation.require(open.contains(connection) && named.add(connection), connection + " is identified twice");
    }

    @Override
    public void onGone(final Connection connection)
    {
        Simulation.require(named.remove(connection), connection + " is gone, and was not identified");
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        throw new Violation("message of " + connection);
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        Simulation.require(open.remove(connection), connection + " closed twice");
        Simulation.require(!named.contains(connection), connection + " closed, and nobody was told that it is gone");
        if (CloseReason.PEER_SILENT == reason)
        {
            judge(connection);
        }
        else
        {
            Simulation.require(isEnding || CloseReason.LOCAL_CLOSE == reason, connection + " ended by " + reason);
        }
    }

    /** By the stalls of its own reactor, and by nothing else. */
    private void judge(final Connection connection)
    {
        ++verdicts;
        final LightPeer peer = silent.remove(connection.remoteAddress());
        Simulation.require(null != peer, connection + " lives, but was condemned");
        final Stalls own = stalls[connection.reactor()];
        final long sinceNs = peer.channel.out().lastArrivedNs();
        final long nowNs = time.elapsedNs();
        final long graceNs = own.isAny(sinceNs) ? CADENCE.graceNs() : 0;
        Simulation.require(own.mostAttentionNs(sinceNs, nowNs) >= CADENCE.detectionNs(),
            connection + " condemned after " + own.mostAttentionNs(sinceNs, nowNs) / MS + " ms");
        Simulation.require(0 == sinceNs ||
            own.leastAttentionNs(sinceNs, nowNs) <= CADENCE.detectionNs() + graceNs + TOLERANCE_NS,
            connection + " condemned as late as after " + own.leastAttentionNs(sinceNs, nowNs) / MS + " ms");
    }
}
