package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.netty.buffer.ByteBufUtil;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/**
 * An echo server of reactor-netty that asks a silent client by the line {@code PING}.
 */
final class ReactorNettyExample
{
    private ReactorNettyExample()
    {
    }

    static DisposableServer serve(final Cadence cadence)
    {
        final Liveness liveness = new Liveness(new LivenessContext()
            .cadence(cadence)
            .probe((channel) -> ByteBufUtil.writeAscii(channel.alloc(), "PING\n")));

        return TcpServer.create()
            .host("127.0.0.1")
            .port(0)
            .doOnChannelInit((observer, channel, remoteAddress) ->
                channel.pipeline().addFirst(liveness.newHandler()))
            .handle((in, out) -> out.send(in.receive().retain()))
            .bindNow();
    }
}
