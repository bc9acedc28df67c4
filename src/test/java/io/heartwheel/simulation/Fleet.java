package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.reactor.Insides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * A real server with many peers of mixed cadences, a few of which fall silent. The server must condemn these in time,
 * and no others, although it stalls now and then.
 */
final class Fleet implements ConnectionListener
{
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    /**
     * What a look at the clock, or a select, takes: so events add up to batches as they do for a busy reactor.
     */
    private static final long COST_NS = 100_000;
    private static final long CONNECT_PERIOD_NS = 10 * MS;
    private static final long SETTLE_NS = 2 * SECOND;
    private static final long TOLERANCE_NS = 250 * MS;
    private static final int PEERS_PER_SILENT = 1_000;
    private static final Cadence SLOW = new Cadence(60 * SECOND, 10 * SECOND, 3);
    private static final Cadence SLOWEST = new Cadence(300 * SECOND, 30 * SECOND, 3);
    private static final Cadence PASSIVE = Cadence.passive(60 * SECOND);

    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime(Long.MAX_VALUE - 30 * SECOND);
    private final SimulatedNetwork network;
    private final HeartbeatServer server;
    private final int size;
    private final long durationNs;
    private final long connectNs;
    private final Stalls stalls;
    private final Map<InetSocketAddress, LightPeer> silent = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private int made;
    private int found;
    private int falseVerdicts;
    private long nextStallNs;
    private boolean isShuttingDown;
    private Footprint footprint;

    Fleet(final int size, final long durationNs, final long seed)
    {
        this.size = size;
        this.durationNs = durationNs;
        connectNs = Math.min(durationNs / 10, 60 * SECOND);
        random = new SplittableRandom(seed);
        network = new SimulatedNetwork(time, random.nextLong());
        time.cost(() -> COST_NS);
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(Cadence.STANDARD)
            .maxConnections(size)
            .acceptBacklog(10_000)
            .selectorProvider(network)
            .nanoClock(time::nowNs)
            .errorHandler(error -> fault("error " + error))
            .listener(this);
        stalls = new Stalls(ctx.stallNs(), 0);
        server = new HeartbeatServer(Insides.parker(ctx, time::advance));
        nextStallNs = connectNs + random.nextLong(10 * SECOND);
    }

    /**
     * Run, and tell how far it has come.
     */
    ScaleResult run(final LongConsumer progress)
    {
        connectSome();
        cycleUntil(connectNs + SETTLE_NS, progress);
        if (server.metrics().count(Counter.OPENED) != size)
        {
            fault(server.metrics().count(Counter.OPENED) + " of " + size + " connected");
        }
        footprint = Footprint.of(server);

        final long probesBefore = server.metrics().count(Counter.PROBES);
        final long heardBefore = server.metrics().count(Counter.HEARD);
        final long eventsBefore = time.eventsDone();
        final long simulatedBefore = time.workedNs();
        final long fromNs = time.elapsedNs();
        final long startNs = System.nanoTime();
        cycleUntil(durationNs, progress);
        final long wallNs = System.nanoTime() - startNs;
        final long simulatedNs = time.workedNs() - simulatedBefore;
        final double seconds = (time.elapsedNs() - fromNs) / (double)SECOND;
        final ScaleResult.Load load = new ScaleResult.Load(
            seconds, wallNs, wallNs - simulatedNs, time.eventsDone() - eventsBefore,
            server.metrics().count(Counter.HEARD) - heardBefore,
            server.metrics().count(Counter.PROBES) - probesBefore);
        while (!silent.isEmpty() && time.elapsedNs() < durationNs + SLOWEST.detectionNs() + SLOWEST.graceNs())
        {
            cycle();
        }
        return finish(load);
    }

    private ScaleResult finish(final ScaleResult.Load load)
    {
        silent.keySet().forEach(address -> fault(address + " fell silent, and was never condemned"));
        final int missed = silent.size();
        isShuttingDown = true;
        return new ScaleResult(size, footprint, load, server.metrics().count(Counter.STALLS),
            found, falseVerdicts, missed, server.metrics().histogram(Measure.LATENESS), List.copyOf(faults));
    }

    private void cycleUntil(final long endNs, final LongConsumer progress)
    {
        long shownNs = 0;
        while (time.elapsedNs() < endNs)
        {
            cycle();
            if (time.elapsedNs() - shownNs > SECOND)
            {
                shownNs = time.elapsedNs();
                progress.accept(Math.min(shownNs, durationNs));
            }
        }
    }

    private void cycle()
    {
        if (time.elapsedNs() >= nextStallNs)
        {
            final long fromNs = time.elapsedNs();
            time.advance(random.nextLong(200 * MS, 3 * SECOND));
            stalls.add(fromNs, time.elapsedNs(), true);
            nextStallNs = time.elapsedNs() + random.nextLong(30 * SECOND, 90 * SECOND);
        }
        server.doWork();
    }

    /**
     * As many as are due by now, so that all are there when the time to connect is over.
     */
    private void connectSome()
    {
        try
        {
            final long due = Math.min(size, size * (time.elapsedNs() + CONNECT_PERIOD_NS) / connectNs);
            for (; made < due; made++)
            {
                connectOne();
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        if (made < size)
        {
            time.after(CONNECT_PERIOD_NS, this::connectSome);
        }
    }

    private void connectOne() throws IOException
    {
        final long latencyNs = random.nextLong(MS, 75 * MS);
        final LightPeer peer = new LightPeer(network, latencyNs, 2 * latencyNs);
        peer.connect(server.localAddress());
        if (made % PEERS_PER_SILENT == PEERS_PER_SILENT / 2)
        {
            final long lastNs = Math.max(durationNs / 2, durationNs - SLOWEST.detectionNs() - 30 * SECOND);
            final boolean isCut = random.nextBoolean();
            time.after(random.nextLong(connectNs + SETTLE_NS, lastNs) - time.elapsedNs(), () ->
            {
                silent.put(addressOf(peer), peer);
                peer.fallSilent(isCut);
            });
        }
    }

    private static InetSocketAddress addressOf(final LightPeer peer)
    {
        try
        {
            return (InetSocketAddress)peer.channel.getLocalAddress();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void onOpen(final Connection connection)
    {
        final int share = random.nextInt(100);
        final Cadence cadence = share < 10 ? Cadence.STRICT : share < 50 ? Cadence.STANDARD :
            share < 75 ? SLOW : share < 95 ? SLOWEST : PASSIVE;
        if (Cadence.STANDARD != cadence)
        {
            connection.cadence(cadence);
        }
        connection.attachment(cadence);
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        fault("message of " + connection);
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        if (isShuttingDown)
        {
            return;
        }
        final LightPeer peer = silent.remove(connection.remoteAddress());
        if (null == peer || CloseReason.PEER_SILENT != reason)
        {
            ++falseVerdicts;
            fault(connection + " ended by " + reason + " " + connection.closeDetail());
            return;
        }
        ++found;
        final Cadence cadence = (Cadence)connection.attachment();
        final long sinceNs = peer.channel.out().lastArrivedNs();
        final long leastNs = stalls.leastAttentionNs(sinceNs, time.elapsedNs());
        final long mostNs = stalls.mostAttentionNs(sinceNs, time.elapsedNs());
        final long graceNs = stalls.isAny(sinceNs) ? cadence.graceNs() : 0;
        if (mostNs < cadence.detectionNs())
        {
            ++falseVerdicts;
            fault(connection + " condemned after " + mostNs / MS + " ms");
        }
        if (0 != sinceNs && leastNs > cadence.detectionNs() + graceNs + TOLERANCE_NS)
        {
            fault(connection + " condemned as late as after " + leastNs / MS + " ms, " + cadence);
        }
    }

    private void fault(final String what)
    {
        if (faults.size() < 20)
        {
            faults.add(time.elapsedNs() / MS + " ms: " + what);
        }
    }
}
