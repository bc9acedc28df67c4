package io.heartwheel.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.ReferenceCountUtil;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A channel of the local transport under a {@link Liveness}, and its peer. No kernel is between them.
 */
final class LocalPair implements AutoCloseable
{
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<PeerLostEvent> lost = new LinkedBlockingQueue<>();
    private final Channel server;
    private final Channel watched;
    private final Channel peer;

    LocalPair(final EventLoop loop, final Liveness liveness) throws InterruptedException
    {
        server = new ServerBootstrap().group(loop).channel(LocalServerChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline().addFirst(liveness.newHandler()).addLast(new Recorder());
                }
            })
            .bind(LocalAddress.ANY).sync().channel();
        peer = new Bootstrap().group(loop).channel(LocalChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(server.localAddress()).sync().channel();
        watched = accepted.poll(10, TimeUnit.SECONDS);
    }

    void speak()
    {
        peer.writeAndFlush("message");
    }

    boolean isOpen()
    {
        return watched.isOpen();
    }

    PeerLostEvent lost() throws InterruptedException
    {
        return lost.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public void close()
    {
        peer.close().syncUninterruptibly();
        server.close().syncUninterruptibly();
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
            if (event instanceof PeerLostEvent lostEvent)
            {
                lost.add(lostEvent);
            }
        }
    }
}
