package io.heartwheel.bench.servers;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import org.HdrHistogram.Histogram;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Netty server with the same function as ours, built as its manual recommends: an {@link IdleStateHandler} reports
 * idle readers, and a handler sends a PING, or closes after the count of the cadence.
 * <p>
 * It is as fast as we could make it. One thread accepts and serves, as in ours. Buffers are direct and pooled, of 256
 * bytes for a read. The pipeline has no other handler. A PONG is written into the buffer of its PING, and a write makes
 * no promise. The JVM has the flags by which Netty reaches its fastest code, and leak detection is off: see
 * {@link Contender}. Like the plain loop, it relies on every read bringing whole frames without payload.
 * <p>
 * The handler reports an idle reader once every idle time, so a cadence has to have an interval of the same length.
 * <p>
 * Or it has a handler of {@link Liveness} in the place of that one, which asks and closes by itself, and everything
 * else the same.
 */
final class NettyServer implements BenchServer
{
    private static final int BACKLOG = 4096;
    private static final int READ_LENGTH = 256;

    private final Cadence cadence;
    private final ByteBuffer hello = ByteBuffer.allocate(Frame.HEADER_LENGTH + Hello.LENGTH);
    private final AtomicLong heartbeats = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final MultiThreadIoEventLoopGroup group;
    private final Channel listener;
    /** Null if an IdleStateHandler watches. */
    private final Liveness liveness;

    private NettyServer(
        final Cadence cadence,
        final boolean isLiveness,
        final IoHandlerFactory factory,
        final Class<? extends ServerChannel> channelType)
        throws InterruptedException
    {
        if (cadence.count() > 0 && cadence.idleNs() != cadence.intervalNs())
        {
            throw new IllegalArgumentException("idle time and interval differ: " + cadence);
        }
        this.cadence = cadence;
        liveness = isLiveness ? new Liveness(new LivenessContext().cadence(cadence).probe((channel) ->
            channel.alloc().directBuffer(Frame.HEADER_LENGTH).writeInt(header(Frame.PING, 1)))) : null;
        BenchServer.hello(cadence).putFrame(hello);
        group = new MultiThreadIoEventLoopGroup(1, factory);
        listener = new ServerBootstrap()
            .group(group)
            .channel(channelType)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_LENGTH))
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline()
                        .addLast(newWatcher())
                        .addLast(new Peer());
                }
            })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
    }

    private ChannelHandler newWatcher()
    {
        return null == liveness ?
            new IdleStateHandler(cadence.idleNs(), 0, 0, TimeUnit.NANOSECONDS) : liveness.newHandler();
    }

    static NettyServer nio(final Cadence cadence, final boolean isLiveness) throws InterruptedException
    {
        return new NettyServer(cadence, isLiveness, NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    static NettyServer epoll(final Cadence cadence, final boolean isLiveness) throws InterruptedException
    {
        return new NettyServer(cadence, isLiveness, EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }

    static NettyServer ioUring(final Cadence cadence, final boolean isLiveness) throws InterruptedException
    {
        return new NettyServer(cadence, isLiveness, IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
    }

    @Override
    public InetSocketAddress address()
    {
        return (InetSocketAddress)listener.localAddress();
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
    public Histogram latenessNs()
    {
        return null == liveness ? null : liveness.metrics().lateness();
    }

    @Override
    public long stalls()
    {
        return null == liveness ? -1 : liveness.metrics().stallCount();
    }

    @Override
    public void close()
    {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Peer extends ChannelInboundHandlerAdapter
    {
        private int misses;

        @Override
        public void channelActive(final ChannelHandlerContext ctx)
        {
            opened.lazySet(opened.getPlain() + 1);
            ctx.writeAndFlush(ctx.alloc().directBuffer(hello.capacity()).writeBytes(hello.array()), ctx.voidPromise());
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message)
        {
            heartbeats.lazySet(heartbeats.getPlain() + 1);
            misses = 0;

            final ByteBuf frames = (ByteBuf)message;
            int answersEnd = 0;
            for (int i = 0; i + Frame.HEADER_LENGTH <= frames.writerIndex(); i += Frame.HEADER_LENGTH)
            {
                if (Frame.PING == frames.getByte(i))
                {
                    frames.setInt(answersEnd, header(Frame.PONG, frames.getByte(i + 1)));
                    answersEnd += Frame.HEADER_LENGTH;
                }
            }
            if (answersEnd > 0)
            {
                ctx.writeAndFlush(frames.setIndex(0, answersEnd), ctx.voidPromise());
            }
            else
            {
                frames.release();
            }
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            if (null != liveness)
            {
                return;
            }
            if (misses++ < cadence.count())
            {
                final ByteBuf ping = ctx.alloc().directBuffer(Frame.HEADER_LENGTH);
                ctx.writeAndFlush(ping.writeInt(header(Frame.PING, misses)), ctx.voidPromise());
            }
            else
            {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
        {
            ctx.close();
        }
    }

    private static int header(final int type, final int token)
    {
        return type << 24 | (token & 0xFF) << 16;
    }
}
