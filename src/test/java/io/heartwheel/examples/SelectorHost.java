package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.Verdict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * A server with a selector of its own. It asks a silent peer by one byte, and takes any byte for an answer.
 */
final class SelectorHost implements SilenceWatch.Sockets, AutoCloseable
{
    private static final int PEERS_MAX = 1_000;
    private static final long PARK_NS = 50_000_000;

    volatile int lost;
    volatile int open;
    private final Cadence cadence;
    private final SilenceWatch watch = new SilenceWatch(this);
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final SocketChannel[] peers = new SocketChannel[PEERS_MAX];
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

    SelectorHost(final Cadence cadence) throws IOException
    {
        this.cadence = cadence;
        for (int slot = PEERS_MAX - 1; slot >= 0; slot--)
        {
            freeSlots.push(slot);
        }
        listener.bind(new InetSocketAddress("127.0.0.1", 0)).configureBlocking(false)
            .register(selector, SelectionKey.OP_ACCEPT);
    }

    InetSocketAddress address() throws IOException
    {
        return (InetSocketAddress)listener.getLocalAddress();
    }

    void doWork() throws IOException
    {
        final long parkMs = watch.parkNs(PARK_NS) / 1_000_000;
        if (parkMs > 0)
        {
            selector.select(this::onReady, parkMs);
        }
        // One select may leave sockets behind: select until nothing is ready, and judge by the time before the last.
        long heardUntilNs = watch.sample(parkMs * 1_000_000);
        int batches = PEERS_MAX / 256 + 2;
        while (selector.selectNow(this::onReady) > 0 && --batches > 0)
        {
            heardUntilNs = watch.sample(0);
        }
        watch.judge(heardUntilNs);
    }

    private void onReady(final SelectionKey key)
    {
        if (key.isAcceptable())
        {
            accept();
        }
        else
        {
            read((int)key.attachment());
        }
    }

    private void accept()
    {
        try
        {
            final SocketChannel peer = listener.accept();
            if (null != peer)
            {
                final int slot = freeSlots.pop();
                peers[slot] = peer;
                peer.configureBlocking(false).register(selector, SelectionKey.OP_READ, slot);
                watch.opened(slot, cadence);
                ++open;
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public boolean ask(final int slot)
    {
        try
        {
            return 1 == peers[slot].write(ByteBuffer.wrap(new byte[]{'?'}));
        }
        catch (final IOException ex)
        {
            close(slot);
            return false;
        }
    }

    @Override
    public void read(final int slot)
    {
        int length = -1;
        try
        {
            length = peers[slot].read(buffer.clear());
        }
        catch (final IOException ex)
        {
            // A reset: its connection is over as by an end of its own.
            buffer.clear();
        }
        if (length > 0)
        {
            watch.heard(slot);
        }
        else if (length < 0)
        {
            close(slot);
        }
    }

    @Override
    public void lose(final int slot, final Verdict verdict)
    {
        ++lost;
        close(slot);
    }

    private void close(final int slot)
    {
        try
        {
            peers[slot].close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        peers[slot] = null;
        watch.closed(slot);
        freeSlots.push(slot);
        --open;
    }

    @Override
    public void close() throws IOException
    {
        for (int slot = 0; slot < PEERS_MAX; slot++)
        {
            if (null != peers[slot])
            {
                close(slot);
            }
        }
        selector.close();
        listener.close();
    }
}
