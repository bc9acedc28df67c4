package io.heartwheel.bench.servers;

import io.heartwheel.liveness.Cadence;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A WebSocket server of Netty, built as its manual recommends: {@link WebSocketServerProtocolHandler} opens, answers
 * PINGs and drops PONGs, an {@link IdleStateHandler} reports idle readers, and a handler sends a PING, or closes after
 * the count of the cadence. Thread, buffers and flags are as in {@link NettyServer}, with an idle time that is the
 * interval too.
 */
final class NettyWebSocketServer implements BenchServer
{
    private static final int BACKLOG = 4096;
    private static final int READ_LENGTH = 512;
    private static final int REQUEST_LENGTH = 8 * 1024;

    private final Cadence cadence;
    private final AtomicLong heartbeats = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;

    NettyWebSocketServer(final Cadence cadence) throws InterruptedException
    {
        this.cadence = cadence;
        listener = new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
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
                        .addLast(new IdleStateHandler(cadence.idleNs(), 0, 0, TimeUnit.NANOSECONDS))
                        .addLast(new Peer())
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(REQUEST_LENGTH))
                        .addLast(new WebSocketServerProtocolHandler("/"))
                        .addLast(new Last());
                }
            })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
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
    public void close()
    {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /**
     * Counts what comes, and asks or closes when nothing does.
     */
    private final class Peer extends ChannelInboundHandlerAdapter
    {
        private int misses;

        @Override
        public void channelActive(final ChannelHandlerContext ctx)
        {
            opened.lazySet(opened.getPlain() + 1);
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message)
        {
            heartbeats.lazySet(heartbeats.getPlain() + 1);
            misses = 0;
            ctx.fireChannelRead(message);
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            if (misses++ < cadence.count())
            {
                final ByteBuf token = ctx.alloc().directBuffer(Integer.BYTES).writeInt(misses);
                // From the end of the pipeline, as the encoder of frames is behind this handler.
                ctx.channel().writeAndFlush(new PingWebSocketFrame(token), ctx.channel().voidPromise());
            }
            else
            {
                ctx.close();
            }
        }
    }

    /**
     * Takes messages, of which there are none here, and closes upon what goes wrong.
     */
    private static final class Last extends ChannelInboundHandlerAdapter
    {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message)
        {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
        {
            ctx.close();
        }
    }
}
