package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * An MQTT server. The protocol has no question that a server may ask: a client says in CONNECT how often it speaks, and
 * is gone after one and a half times that.
 */
final class MqttServerExample
{
    private MqttServerExample()
    {
    }

    static Channel serve(final EventLoopGroup group)
    {
        final Liveness liveness = new Liveness(new LivenessContext()
            .cadence(Cadence.OFF)
            .startTimeoutNs(TimeUnit.SECONDS.toNanos(10)));

        return new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                @Override
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline()
                        .addFirst(liveness.newHandler())
                        .addLast(new MqttDecoder(), MqttEncoder.INSTANCE, new Session(liveness));
                }
            })
            .bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
    }

    private static final class Session extends SimpleChannelInboundHandler<MqttMessage>
    {
        private final Liveness liveness;

        Session(final Liveness liveness)
        {
            this.liveness = liveness;
        }

        @Override
        protected void channelRead0(final ChannelHandlerContext ctx, final MqttMessage message)
        {
            if (message instanceof MqttConnectMessage connect)
            {
                final long keepAliveNs = TimeUnit.SECONDS.toNanos(connect.variableHeader().keepAliveTimeSeconds());
                // A client that says 0 wants never to be given up.
                liveness.start(
                    ctx.channel(), 0 == keepAliveNs ? Cadence.OFF : Cadence.passive(keepAliveNs + keepAliveNs / 2));
                ctx.writeAndFlush(MqttMessageBuilders.connAck()
                    .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED).build());
            }
            else if (MqttMessageType.PINGREQ == message.fixedHeader().messageType())
            {
                ctx.writeAndFlush(MqttMessage.PINGRESP);
            }
        }
    }
}
