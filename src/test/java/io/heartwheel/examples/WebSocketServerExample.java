package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.heartwheel.netty.WebSocketLiveness;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket server that asks a silent client by a PING frame, which every browser answers.
 */
final class WebSocketServerExample
{
    private WebSocketServerExample()
    {
    }

    static Channel serve(final EventLoopGroup group, final Cadence cadence)
    {
        final Liveness liveness = new Liveness(new LivenessContext()
            .cadence(cadence)
            .probe(WebSocketLiveness.PING)
            .startTimeoutNs(TimeUnit.SECONDS.toNanos(10)));
        final WebSocketLiveness webSocketLiveness = new WebSocketLiveness(liveness);

        return new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline()
                        .addFirst(liveness.newHandler())
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(8 * 1024))
                        .addLast(new WebSocketServerProtocolHandler("/"))
                        .addLast(webSocketLiveness);
                }
            })
            .bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
    }
}
