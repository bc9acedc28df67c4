package io.heartwheel.bench.harness;

import io.heartwheel.wire.Frame;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Clients that cost little beside the server that they load: one thread, no allocation for a beat but what the JDK
 * makes for a ready key. They answer PINGs at once, or send one each per interval, spread evenly over it. Like the
 * contenders that they are for, they rely on every read bringing whole frames.
 * <p>
 * Between two PINGs the thread waits in select, for a millisecond at least: an answer ends the wait, and the next PING
 * leaves then, or together with those that came due meanwhile.
 */
final class BeatClients
{
    /** Connections without a HELLO yet, at most: fewer than the backlogs of the servers. */
    private static final int UNGREETED_LIMIT = 512;
    /** Connected between two looks at what the server sends. */
    private static final int CONNECT_LIMIT = 32;
    private static final int PING_LIMIT = 1_024;
    /** Most events that one select of the JDK returns. After as many there may be more. */
    private static final int SELECT_LIMIT = 1_024;
    private static final int ANSWERING_PARK_MS = 100;
    private static final int CHURN_PART = 10;
    private static final long CHURN_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long CONNECT_WAIT_NS = TimeUnit.MINUTES.toNanos(1);

    private final BeatPlan plan;
    private final BeatPeer[] peers;
    /** Index of the peer that has its turn. */
    private final int[] turns;
    private final long intervalNs;
    private final Selector selector = Selector.open();
    private final Consumer<SelectionKey> onReady = this::onReady;
    private final ByteBuffer in = ByteBuffer.allocateDirect(4096);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BeatProtocol.MAX_FRAME_LENGTH);
    private final BeatProtocol protocol;
    private final Histogram roundTripUs = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
    private final BeatDeaths deaths;

    private int greeted;
    private int turn;
    private long timeOfRoundNs;
    private long beats;

    /** When the events that are handled were returned by the selector. */
    private long batchNs;
    private int batchLength;
    /** As {@link #batchNs}, but of the first of several full batches: what waited may have waited for all of them. */
    private long gapStartNs;
    private long longestGapNs;

    BeatClients(final BeatPlan plan) throws IOException
    {
        this.plan = plan;
        protocol = plan.isWebSocket() ? new BeatWebSocket(ThreadLocalRandom.current().nextInt()) : BeatProtocol.OWN;
        peers = new BeatPeer[plan.connections()];
        turns = plan.turns();
        intervalNs = TimeUnit.MILLISECONDS.toNanos(plan.pingMs());
        deaths = new BeatDeaths(TimeUnit.MILLISECONDS.toNanos(plan.detectionMs()));
    }

    /**
     * Connect all that are not connected, one after the other, and return once the server has greeted each. Those that
     * are there have their turns meanwhile.
     */
    void connect() throws IOException
    {
        final InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.port());
        final long startNs = System.nanoTime();
        timeOfRoundNs = startNs;
        turn = 0;
        int next = 0;
        int connected = greeted;
        while (greeted < peers.length)
        {
            if (System.nanoTime() - startNs > CONNECT_WAIT_NS)
            {
                throw new IOException(greeted + " of " + peers.length + " were greeted within a minute");
            }
            for (int i = 0; i < CONNECT_LIMIT && canConnect(connected); next++)
            {
                if (null == peers[next])
                {
                    peers[next] = open(server, next);
                    connected++;
                    i++;
                }
            }
            select(canConnect(connected) ? 0 : 1);
            speak();
        }
    }

    /**
     * End a tenth of the connections, by chance, and make them anew, until as many were replaced as planned.
     */
    void churn() throws IOException
    {
        final Random random = new Random(peers.length);
        for (int left = plan.churned(); left > 0; left -= Math.max(1, peers.length / CHURN_PART))
        {
            final int count = Math.min(left, Math.max(1, peers.length / CHURN_PART));
            for (int i = 0; i < count; i++)
            {
                final int chosen = random.nextInt(peers.length);
                if (null != peers[chosen])
                {
                    peers[chosen].isClosed = true;
                    peers[chosen].channel.close();
                    peers[chosen] = null;
                    greeted--;
                }
            }
            selector.selectNow();
            // The server has noticed by then, and does not make room for the new while it loses the old.
            LockSupport.parkNanos(CHURN_PAUSE_NS);
            connect();
        }
    }

    private boolean canConnect(final int connected)
    {
        return connected < peers.length && connected - greeted < UNGREETED_LIMIT;
    }

    /**
     * Wait for what the server sends, and send the PINGs that are due.
     */
    void doWork() throws IOException
    {
        select(parkMs());
        speak();
    }

    /**
     * End the wait. Any thread may call this.
     */
    void wakeUp()
    {
        selector.wakeup();
    }

    /**
     * What happened since the last call: PINGs or answers sent, round trips in µs.
     */
    String takeWindow()
    {
        final String window = beats + " " + Histograms.encode(roundTripUs);
        roundTripUs.reset();
        beats = 0;
        listenAgain();
        return window;
    }

    /**
     * So many connections, spread over all, fall silent.
     *
     * @param isTogether true if each sends a last PING now, so that all have to be closed at the same time.
     */
    void fallSilent(final int count, final boolean isTogether)
    {
        for (int i = 0; i < count; i++)
        {
            final BeatPeer peer = peers[(int)((long)i * peers.length / count)];
            if (!peer.isClosed)
            {
                if (isTogether)
                {
                    ping(peer, System.nanoTime());
                }
                deaths.onSilent(peer);
            }
        }
        listenAgain();
    }

    /**
     * The longest time for which the clients were behind with what the server sends, in this window, or since the first
     * of many silent ones was closed: what is said of times may be wrong by as much.
     */
    long longestGapNs()
    {
        return longestGapNs;
    }

    BeatDeaths deaths()
    {
        return deaths;
    }

    private BeatPeer open(final InetSocketAddress server, final int index) throws IOException
    {
        final SocketChannel channel = SocketChannel.open(server);
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // The end of this process resets it: no port is left in TIME_WAIT.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        final ByteBuffer opening = ByteBuffer.wrap(plan.isNamed() ? BeatProtocol.helloOf(index) : protocol.opening());
        channel.write(opening);
        if (opening.hasRemaining())
        {
            throw new IOException("no room for " + opening.capacity() + " bytes");
        }
        final BeatPeer peer = new BeatPeer(channel);
        channel.register(selector, SelectionKey.OP_READ, peer);
        return peer;
    }

    private long parkMs()
    {
        if (plan.isSpinning())
        {
            return 0;
        }
        if (0 == intervalNs)
        {
            return ANSWERING_PARK_MS;
        }
        final long parkNs = timeOfNextPingNs() - System.nanoTime();
        return parkNs <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(parkNs + 999_999);
    }

    private void listenAgain()
    {
        batchLength = 0;
        gapStartNs = 0;
        longestGapNs = 0;
    }

    private void select(final long parkMs) throws IOException
    {
        if (0 != gapStartNs)
        {
            longestGapNs = Math.max(longestGapNs, System.nanoTime() - gapStartNs);
            gapStartNs = batchLength < SELECT_LIMIT ? 0 : gapStartNs;
        }
        batchLength = 0;
        if (parkMs > 0)
        {
            selector.select(onReady, parkMs);
        }
        else
        {
            selector.selectNow(onReady);
        }
    }

    private long timeOfNextPingNs()
    {
        return timeOfRoundNs + intervalNs * turn / peers.length;
    }

    private void speak()
    {
        final long nowNs = System.nanoTime();
        for (int i = 0; intervalNs > 0 && i < PING_LIMIT && timeOfNextPingNs() - nowNs <= 0; i++)
        {
            final BeatPeer peer = peers[turns[turn]];
            if (null != peer && !peer.isSilent && !peer.isClosed)
            {
                ping(peer, System.nanoTime());
            }
            if (++turn == peers.length)
            {
                turn = 0;
                timeOfRoundNs += intervalNs;
                if (nowNs - timeOfRoundNs > intervalNs)
                {
                    timeOfRoundNs = nowNs; // Rounds that were slept through are not made up for.
                }
            }
        }
    }

    private void ping(final BeatPeer peer, final long nowNs)
    {
        peer.token++;
        peer.isWaiting = true;
        protocol.putPing(out.clear(), peer.token);
        write(peer, nowNs);
    }

    private void write(final BeatPeer peer, final long nowNs)
    {
        try
        {
            peer.channel.write(out.flip());
            if (out.hasRemaining())
            {
                throw new IllegalStateException("the server takes nothing from " + peer.channel);
            }
            peer.onWrite(nowNs);
            beats++;
        }
        catch (final IOException ex)
        {
            // The next read tells that it is gone.
        }
    }

    private void onReady(final SelectionKey key)
    {
        if (0 == batchLength++)
        {
            batchNs = System.nanoTime();
            gapStartNs = 0 == gapStartNs ? batchNs : gapStartNs;
        }
        final BeatPeer peer = (BeatPeer)key.attachment();
        int length = read(peer);
        // Behind a BYE comes the end.
        if (length > 0 && onFrames(peer, length))
        {
            length = read(peer);
        }
        if (length < 0)
        {
            // Not closed: that takes time while others are measured.
            key.cancel();
            peer.isClosed = true;
            if (deaths.isFirst(peer))
            {
                // What was before, such as the answers to last PINGs, holds up no close.
                longestGapNs = 0;
                gapStartNs = batchNs;
            }
            deaths.onClosed(peer, batchNs);
        }
    }

    private int read(final BeatPeer peer)
    {
        try
        {
            return peer.channel.read(in.clear());
        }
        catch (final IOException ex)
        {
            return -1;
        }
    }

    /**
     * Handle what was read.
     *
     * @return true if a BYE is among it.
     */
    private boolean onFrames(final BeatPeer peer, final int length)
    {
        boolean isBye = false;
        int begin = 0;
        while (begin < length)
        {
            final int end = protocol.endOf(in, begin, length);
            if (end > length)
            {
                throw new UncheckedIOException(new IOException("half a frame in " + length + " bytes"));
            }
            final int type = protocol.typeOf(in, begin);
            onFrame(peer, type, begin);
            isBye |= Frame.BYE == type;
            begin = end;
        }
        return isBye;
    }

    private void onFrame(final BeatPeer peer, final int type, final int begin)
    {
        if (Frame.PING == type && !peer.isSilent)
        {
            protocol.putPong(out.clear(), protocol.tokenOf(in, begin));
            write(peer, System.nanoTime());
        }
        else if (Frame.PONG == type && peer.isWaiting && protocol.tokenOf(in, begin) == peer.token)
        {
            peer.isWaiting = false;
            roundTripUs.recordValue(Math.max(0, batchNs - peer.timeOfLastWriteNs) / 1_000);
        }
        else if (Frame.HELLO == type)
        {
            greeted++;
        }
    }
}
