package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.heartwheel.netty.PeerLostEvent;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;

import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * A server of lines that asks a silent client by the line {@code PING}. Any line is an answer.
 */
final class PlainServerExample
{
    private PlainServerExample()
    {
    }

    static Channel serve(final EventLoopGroup group, final Cadence cadence, final Consumer<PeerLostEvent> onLost)
    {
        final Liveness liveness = new Liveness(new LivenessContext()
            .cadence(cadence)
            .probe((channel) -> ByteBufUtil.writeAscii(channel.alloc(), "PING\n")));

        return new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline()
                        .addFirst(liveness.newHandler())
                        .addLast(new LineBasedFrameDecoder(1024))
                        .addLast(new Lines(onLost));
                }
            })
            .bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
    }

    private static final class Lines extends ChannelInboundHandlerAdapter
    {
        private final Consumer<PeerLostEvent> onLost;

        Lines(final Consumer<PeerLostEvent> onLost)
        {
            this.onLost = onLost;
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            if (event instanceof PeerLostEvent lost)
            {
                // "SILENT PROCESS": the host of the client is there, and its process does nothing. Then it is closed.
                onLost.accept(lost);
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
