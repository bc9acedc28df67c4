package io.heartwheel.bench.servers;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The baseline: a java.nio loop that answers PINGs, probes and closes silent peers, and does nothing else. It sweeps
 * over an array of deadlines every 8 ms. It relies on every read bringing whole frames without payload, drops bytes
 * that the kernel does not take, and does not notice stalls of its own.
 */
public final class PlainNioServer implements BenchServer
{
    private static final int BACKLOG = 4096;
    private static final long TICK_MS = 8;
    private static final long TICK_NS = TICK_MS * 1_000_000;
    private static final long NEVER_NS = 1L << 62;

    private final Cadence cadence;
    private final Hello hello;
    private final ByteBuffer in = ByteBuffer.allocateDirect(4096);
    private final ByteBuffer out = ByteBuffer.allocateDirect(4096);
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Consumer<SelectionKey> onReady = this::onReady;
    private final AtomicLong heartbeats = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong selects = new AtomicLong();

    private Peer[] peers = new Peer[1024];
    private long[] deadlinesNs = new long[peers.length];
    private int peerCount;
    private long nowNs = System.nanoTime();
    private long timeOfLastTickNs = nowNs;

    private static final class Peer
    {
        private final SocketChannel channel;
        private int index;
        private int misses;

        private Peer(final SocketChannel channel, final int index)
        {
            this.channel = channel;
            this.index = index;
        }
    }

    public PlainNioServer(final Cadence cadence) throws IOException
    {
        this.cadence = cadence;
        hello = BenchServer.hello(cadence);
        selector = Selector.open();
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Run on a thread of its own, until the process ends.
     */
    static PlainNioServer launch(final Cadence cadence) throws IOException
    {
        final PlainNioServer server = new PlainNioServer(cadence);
        final Thread thread = new Thread(server::run, "plain-nio");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    @Override
    public InetSocketAddress address() throws IOException
    {
        return (InetSocketAddress)listener.getLocalAddress();
    }

    @Override
    public long heartbeats()
    {
        return heartbeats.get();
    }

    @Override
    public long opened()
    {
        return opened.get();
    }

    @Override
    public long selects()
    {
        return selects.get();
    }

    @Override
    public void close()
    {
        for (int i = 0; i < peerCount; i++)
        {
            CloseHelper.quietClose(peers[i].channel);
        }
        CloseHelper.quietCloseAll(listener, selector);
    }

    /**
     * One duty cycle.
     */
    public void doWork(final long parkMs) throws IOException
    {
        if (parkMs > 0)
        {
            selector.select(onReady, parkMs);
        }
        else
        {
            selector.selectNow(onReady);
        }
        selects.lazySet(selects.getPlain() + 1);
        nowNs = System.nanoTime();
        if (nowNs - timeOfLastTickNs >= TICK_NS)
        {
            timeOfLastTickNs = nowNs;
            sweep();
        }
    }

    private void run()
    {
        try
        {
            while (true)
            {
                doWork(TICK_MS);
            }
        }
        catch (final IOException ex)
        {
            ex.printStackTrace();
        }
    }

    private void sweep()
    {
        for (int i = peerCount - 1; i >= 0; i--)
        {
            if (deadlinesNs[i] - nowNs <= 0)
            {
                onDeadline(peers[i]);
            }
        }
    }

    private void onDeadline(final Peer peer)
    {
        if (peer.misses++ < cadence.count())
        {
            deadlinesNs[peer.index] += cadence.intervalNs();
            Frame.putHeader(out.clear(), Frame.PING, peer.misses, 0);
            write(peer);
        }
        else
        {
            close(peer);
        }
    }

    private void onReady(final SelectionKey key)
    {
        if (key.attachment() instanceof Peer peer)
        {
            read(peer);
        }
        else
        {
            accept();
        }
    }

    private void accept()
    {
        try
        {
            for (SocketChannel channel = listener.accept(); null != channel; channel = listener.accept())
            {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                if (peerCount == peers.length)
                {
                    peers = Arrays.copyOf(peers, 2 * peerCount);
                    deadlinesNs = Arrays.copyOf(deadlinesNs, 2 * peerCount);
                }
                final Peer peer = new Peer(channel, peerCount);
                peers[peerCount] = peer;
                deadlinesNs[peerCount++] = System.nanoTime() + (cadence.isOff() ? NEVER_NS : cadence.idleNs());
                channel.register(selector, SelectionKey.OP_READ, peer);
                opened.lazySet(opened.getPlain() + 1);
                hello.putFrame(out.clear());
                write(peer);
            }
        }
        catch (final IOException ex)
        {
            ex.printStackTrace();
        }
    }

    private void read(final Peer peer)
    {
        int length;
        try
        {
            length = peer.channel.read(in.clear());
        }
        catch (final IOException ex)
        {
            length = -1;
        }
        if (length < 0)
        {
            close(peer);
            return;
        }

        heartbeats.lazySet(heartbeats.getPlain() + 1);
        peer.misses = 0;
        deadlinesNs[peer.index] = System.nanoTime() + (cadence.isOff() ? NEVER_NS : cadence.idleNs());
        out.clear();
        for (int i = 0; i + Frame.HEADER_LENGTH <= length; i += Frame.HEADER_LENGTH)
        {
            if (Frame.PING == in.get(i))
            {
                Frame.putHeader(out, Frame.PONG, in.get(i + 1), 0);
            }
        }
        if (out.position() > 0)
        {
            write(peer);
        }
    }

    private void write(final Peer peer)
    {
        try
        {
            peer.channel.write(out.flip());
        }
        catch (final IOException ex)
        {
            // The next read tells that it is gone.
        }
    }

    private void close(final Peer peer)
    {
        CloseHelper.quietClose(peer.channel);
        final Peer last = peers[--peerCount];
        peers[peerCount] = null;
        if (last != peer)
        {
            peers[peer.index] = last;
            deadlinesNs[peer.index] = deadlinesNs[last.index];
            last.index = peer.index;
        }
    }
}
