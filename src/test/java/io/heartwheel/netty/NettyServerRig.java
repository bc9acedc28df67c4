package io.heartwheel.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ReferenceCountUtil;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A server of Netty on loopback with one event loop, and plain sockets for its peers.
 */
final class NettyServerRig implements AutoCloseable
{
    private static final long PATIENCE_S = 20;

    /**
     * A channel of the server, and the socket at its other end.
     */
    record Pair(Channel channel, Socket socket)
    {
        void speak() throws IOException
        {
            socket.getOutputStream().write(1);
        }
    }

    final Queue<Object> events = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup group;
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final InetSocketAddress address;

    NettyServerRig(final Transport transport, final Consumer<Channel> initializer) throws InterruptedException
    {
        this(transport, 1, initializer);
    }

    NettyServerRig(final Transport transport, final int loops, final Consumer<Channel> initializer)
        throws InterruptedException
    {
        group = transport.group(loops);
        address = (InetSocketAddress)new ServerBootstrap().group(group).channel(transport.type())
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    initializer.accept(channel);
                    channel.pipeline().addLast(new Recorder());
                }
            })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel().localAddress();
    }

    InetSocketAddress address()
    {
        return address;
    }

    Pair connect() throws IOException, InterruptedException
    {
        final Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        final Channel channel = accepted.poll(PATIENCE_S, TimeUnit.SECONDS);
        assertNotNull(channel, "not accepted");
        return new Pair(channel, socket);
    }

    List<Pair> connect(final int count) throws IOException, InterruptedException
    {
        final List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            pairs.add(connect());
        }
        return pairs;
    }

    EventLoop loop()
    {
        return group.next();
    }

    EventLoopGroup group()
    {
        return group;
    }

    List<PeerLostEvent> lost()
    {
        return events.stream().filter(PeerLostEvent.class::isInstance).map(PeerLostEvent.class::cast).toList();
    }

    /**
     * Keep the loop from everything for a while, as a handler that blocks does.
     */
    void block(final EventLoop loop, final long timeMs)
    {
        loop.execute(() ->
        {
            try
            {
                Thread.sleep(timeMs);
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
        });
    }

    static void await(final BooleanSupplier condition) throws InterruptedException
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.getAsBoolean())
        {
            assertTrue(deadlineNs - System.nanoTime() > 0, "not in time");
            Thread.sleep(2);
        }
    }

    @Override
    public void close() throws IOException
    {
        for (final Socket socket : sockets)
        {
            socket.close();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Recorder extends ChannelInboundHandlerAdapter
    {
        @Override
        public void channelActive(final ChannelHandlerContext ctx)
        {
            accepted.add(ctx.channel());
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message)
        {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            events.add(event);
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
        {
            failures.add(cause);
        }
    }
}
