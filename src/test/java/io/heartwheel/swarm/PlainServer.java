package io.heartwheel.swarm;

import io.heartwheel.CloseReason;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A minimal server for tests of the swarm. It sweeps over all peers every few ms. Switches give it faults.
 */
public final class PlainServer implements AutoCloseable
{
    private static final long TICK_MS = 5;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(TICK_MS);

    private final Hello hello;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    private final FrameDecoder decoder = new FrameDecoder(1024);
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Thread thread;
    private volatile boolean isClosed;

    private volatile boolean saysHello = true;
    private volatile boolean sparesSilent;
    private volatile boolean sparesClosed;
    private volatile int livingToKill;
    private volatile long hurryNs;
    private volatile byte[] greeting = {};

    public PlainServer(final long idleMs, final long intervalMs, final int count, final int port) throws IOException
    {
        hello = new Hello(count, idleMs, intervalMs);
        selector = Selector.open();
        listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::run, "plain-server");
        thread.setDaemon(true);
        thread.start();
    }

    public PlainServer(final long idleMs, final long intervalMs, final int count) throws IOException
    {
        this(idleMs, intervalMs, count, 0);
    }

    /** For trying the swarm by hand: PORT IDLE_MS INTERVAL_MS COUNT. */
    public static void main(final String[] args) throws Exception
    {
        try (PlainServer server = new PlainServer(
            Long.parseLong(args[1]), Long.parseLong(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[0])))
        {
            server.thread.join();
        }
    }

    public InetSocketAddress address() throws IOException
    {
        return (InetSocketAddress)listener.getLocalAddress();
    }

    PlainServer withoutHello()
    {
        saysHello = false;
        return this;
    }

    PlainServer sparingSilent()
    {
        sparesSilent = true;
        return this;
    }

    PlainServer sparingClosed()
    {
        sparesClosed = true;
        return this;
    }

    PlainServer killingLiving(final int count)
    {
        livingToKill = count;
        return this;
    }

    PlainServer hurriedBy(final long hurryMs)
    {
        hurryNs = TimeUnit.MILLISECONDS.toNanos(hurryMs);
        return this;
    }

    PlainServer greetingWith(final byte... bytes)
    {
        greeting = bytes;
        return this;
    }

    @Override
    public void close()
    {
        isClosed = true;
        selector.wakeup();
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    private void run()
    {
        try
        {
            long timeOfLastTickNs = System.nanoTime();
            while (!isClosed)
            {
                selector.select(this::onReady, TICK_MS);
                final long nowNs = System.nanoTime();
                if (nowNs - timeOfLastTickNs < TICK_NS)
                {
                    continue;
                }
                timeOfLastTickNs = nowNs;
                for (final SelectionKey key : selector.keys())
                {
                    if (key.attachment() instanceof Peer peer && key.isValid())
                    {
                        peer.onTick(nowNs);
                    }
                }
            }
            for (final SelectionKey key : selector.keys())
            {
                key.channel().close();
            }
            selector.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void onReady(final SelectionKey key)
    {
        try
        {
            if (key.isValid() && key.attachment() instanceof Peer peer)
            {
                peer.onReadable();
            }
            else if (key.isValid() && key.isAcceptable())
            {
                for (SocketChannel accepted = listener.accept(); null != accepted; accepted = listener.accept())
                {
                    accepted.configureBlocking(false);
                    accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    final Peer peer = new Peer(accepted);
                    accepted.register(selector, SelectionKey.OP_READ, peer);
                    peer.greet();
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private final class Peer implements FrameHandler
    {
        private final SocketChannel channel;
        private HalfFrame half;
        private long timeOfLastHeardNs = System.nanoTime();
        private int probes;

        private Peer(final SocketChannel channel)
        {
            this.channel = channel;
        }

        private void greet()
        {
            buffer.clear();
            if (saysHello)
            {
                hello.putFrame(buffer);
            }
            buffer.put(greeting);
            try
            {
                channel.write(buffer.flip());
            }
            catch (final IOException ex)
            {
                // It is gone already, as the next read tells.
            }
        }

        private void onTick(final long nowNs)
        {
            final long silenceNs = nowNs - timeOfLastHeardNs + hurryNs;
            final long dueNs = TimeUnit.MILLISECONDS.toNanos(hello.idleMs() + probes * hello.intervalMs());
            if (silenceNs < dueNs)
            {
                return;
            }
            if (probes++ < hello.count())
            {
                write(Frame.PING, 7);
            }
            else if (!sparesSilent)
            {
                end(CloseReason.PEER_SILENT, "no answer");
            }
        }

        private void onReadable() throws IOException
        {
            int length;
            try
            {
                length = channel.read(buffer.clear());
            }
            catch (final IOException ex)
            {
                length = -1;
            }
            if (length < 0)
            {
                if (sparesClosed)
                {
                    channel.keyFor(selector).cancel();
                }
                else
                {
                    channel.close();
                }
                return;
            }
            timeOfLastHeardNs = System.nanoTime();
            probes = 0;
            half = decoder.decode(half, buffer.flip(), this);
            if (livingToKill > 0)
            {
                livingToKill--;
                end(CloseReason.FLOODING, "not you");
            }
        }

        private void end(final CloseReason reason, final String text)
        {
            final byte[] bye = Frame.byePayload(reason.code(), text);
            final ByteBuffer out = ByteBuffer.allocate(Frame.HEADER_LENGTH + bye.length);
            Frame.putHeader(out, Frame.BYE, 0, bye.length);
            out.put(bye).flip();
            try (SocketChannel ended = channel)
            {
                ended.setOption(StandardSocketOptions.SO_LINGER, 0);
                ended.write(out);
            }
            catch (final IOException ex)
            {
                // It reset the connection just now.
            }
        }

        private boolean write(final int type, final int token)
        {
            final ByteBuffer out = ByteBuffer.allocate(Frame.HEADER_LENGTH);
            Frame.putHeader(out, type, token, 0);
            try
            {
                channel.write(out.flip());
            }
            catch (final IOException ex)
            {
                return false;
            }
            return true;
        }

        @Override
        public boolean onPing(final byte token)
        {
            return write(Frame.PONG, token);
        }

        @Override
        public boolean onPong(final byte token)
        {
            return true;
        }

        @Override
        public boolean onData(final ByteBuffer payload)
        {
            return true;
        }

        @Override
        public boolean onHello(final Hello heard)
        {
            return true;
        }

        @Override
        public void onBye(final int reason, final String text)
        {
        }

        @Override
        public void onProtocolError(final String what)
        {
            throw new IllegalStateException(what);
        }
    }
}
