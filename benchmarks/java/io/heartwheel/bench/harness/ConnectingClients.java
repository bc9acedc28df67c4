package io.heartwheel.bench.harness;

import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that connect and wait for the server's HELLO, after which they count as served. Either all connect as fast as
 * they are served, and stay; or they connect at a steady rate, and close by FIN once they are served.
 */
final class ConnectingClients implements AutoCloseable
{
    /** Below the backlog of the servers: what the kernel refuses would come back after a second. */
    private static final int IN_FLIGHT_LIMIT = 4_000;
    private static final int OPEN_LIMIT = 64;
    private static final long LAST_WAIT_NS = TimeUnit.SECONDS.toNanos(2);

    /** Source addresses: a client that goes by FIN leaves a port in TIME_WAIT for a minute, and one has too few. */
    private static final int SOURCES = 16;

    private final InetSocketAddress server;
    private final int connections;
    private final int perSecond;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(1024);
    private final Histogram servedUs = new Histogram(3);
    private final List<SocketChannel> staying = new ArrayList<>();

    private int begun;
    private int failed;
    private long timeToServeAllNs;

    ConnectingClients(final InetSocketAddress server, final int connections, final int perSecond) throws IOException
    {
        this.server = server;
        this.connections = connections;
        this.perSecond = perSecond;
    }

    /**
     * Run until all are served, or the time is over.
     *
     * @param onStaying told at once if clients come and go, else when all are served.
     */
    void run(final long runNs, final Runnable onStaying) throws IOException
    {
        final boolean isChurn = perSecond > 0;
        if (isChurn)
        {
            onStaying.run();
        }

        final long startNs = System.nanoTime();
        long ranNs = 0;
        while (ranNs < runNs || isChurn && inFlight() > 0 && ranNs < runNs + LAST_WAIT_NS)
        {
            final long dueCount = !isChurn ? connections : ranNs < runNs ? ranNs * perSecond / 1_000_000_000 : begun;
            for (int i = 0; i < OPEN_LIMIT && begun < dueCount && inFlight() < IN_FLIGHT_LIMIT; i++)
            {
                open();
            }
            if (begun < dueCount && inFlight() < IN_FLIGHT_LIMIT)
            {
                selector.selectNow(this::onReady);
            }
            else
            {
                selector.select(this::onReady, 1);
            }
            ranNs = System.nanoTime() - startNs;
            if (!isChurn && done() == connections)
            {
                timeToServeAllNs = 0 == failed ? ranNs : 0;
                onStaying.run();
                return;
            }
        }
    }

    /**
     * Time it took to serve all, 0 if they were not.
     */
    long timeToServeAllNs()
    {
        return timeToServeAllNs;
    }

    /**
     * Times from connecting to being served.
     */
    Histogram servedUs()
    {
        return servedUs;
    }

    /**
     * Clients that came and were not served.
     */
    int unserved()
    {
        return failed + inFlight();
    }

    @Override
    public void close()
    {
        for (final SocketChannel channel : staying)
        {
            closeByReset(channel);
        }
        CloseHelper.quietClose(selector);
    }

    private long done()
    {
        return servedUs.getTotalCount() + failed;
    }

    private int inFlight()
    {
        return (int)(begun - done());
    }

    private void open() throws IOException
    {
        final SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress("127.0.0." + (2 + begun % SOURCES), 0));
        begun++;
        final long nowNs = System.nanoTime();
        final int ops = channel.connect(server) ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT;
        channel.register(selector, ops, nowNs);
    }

    private void onReady(final SelectionKey key)
    {
        final SocketChannel channel = (SocketChannel)key.channel();
        try
        {
            if (key.isConnectable())
            {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
            }
            else if (channel.read(in.clear()) < 0)
            {
                throw new IOException("closed by the server");
            }
            else
            {
                onServed(key, channel);
            }
        }
        catch (final IOException ex)
        {
            failed++;
            CloseHelper.quietClose(channel);
        }
    }

    private void onServed(final SelectionKey key, final SocketChannel channel) throws IOException
    {
        servedUs.recordValue((System.nanoTime() - (Long)key.attachment()) / 1_000);
        if (perSecond > 0)
        {
            channel.close();
        }
        else
        {
            key.cancel();
            staying.add(channel);
        }
    }

    private static void closeByReset(final SocketChannel channel)
    {
        try (channel)
        {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        catch (final IOException ex)
        {
            // Then by FIN.
        }
    }
}
