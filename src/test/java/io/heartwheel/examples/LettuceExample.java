package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.Liveness;
import io.heartwheel.netty.LivenessContext;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;

/**
 * The connections of a Redis client, which notice a server that is gone without a word, and are made anew.
 */
final class LettuceExample
{
    private LettuceExample()
    {
    }

    static ClientResources resources(final Cadence cadence)
    {
        final Liveness liveness = new Liveness(new LivenessContext()
            .cadence(cadence)
            .probe((channel) -> new Command<>(CommandType.PING, new StatusOutput<>(StringCodec.UTF8))));

        return ClientResources.builder()
            .nettyCustomizer(new NettyCustomizer()
            {
                @Override
                public void afterChannelInitialized(final Channel channel)
                {
                    channel.pipeline().addFirst(liveness.newHandler());
                }
            })
            .build();
    }
}
