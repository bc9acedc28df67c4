package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.Jol;
import io.netty.channel.ChannelHandler;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalChannel;
import io.netty.handler.timeout.IdleStateHandler;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a channel costs to watch: the difference that it makes to all that is reachable from the channels of one event
 * loop.
 */
class LivenessFootprintTest
{
    private static final int CHANNELS = 4_000;
    private static final double MOST_BYTES = 150;

    private final Liveness liveness = new Liveness(new LivenessContext()
        .cadence(Cadence.STANDARD).probe(WebSocketLiveness.PING));

    @BeforeAll
    static void setUpJol()
    {
        Jol.prepare();
    }

    /** A channel that is active without a peer. */
    private static final class LoneChannel extends LocalChannel
    {
        @Override
        public boolean isActive()
        {
            return isOpen();
        }
    }

    @Test
    void shouldCostLittleBesideAnIdleStateHandler() throws Exception
    {
        // Each once before it is measured: what loads and fills itself at first is not of a channel.
        bytesPerChannel(liveness::newHandler);
        bytesPerChannel(() -> new IdleStateHandler(15, 0, 0));
        final double none = bytesPerChannel(null);
        final double idle = bytesPerChannel(() -> new IdleStateHandler(15, 0, 0)) - none;
        final double ours = bytesPerChannel(liveness::newHandler) - none;

        final String figures = String.format(
            "bytes per channel, of %,d: IdleStateHandler %.1f, LivenessHandler %.1f", CHANNELS, idle, ours);
        System.out.println(figures);
        assertTrue(ours <= MOST_BYTES, figures);
        assertTrue(idle > 1.5 * ours, figures);
    }

    /**
     * Twice as many channels, so that what is there once, such as the loop and its thread, cancels out.
     */
    private static double bytesPerChannel(final Supplier<ChannelHandler> handlers) throws Exception
    {
        final EventLoop loop = new DefaultEventLoop();
        final List<LocalChannel> channels = new ArrayList<>(2 * CHANNELS);
        try
        {
            final long few = bytes(loop, channels, handlers);
            return (bytes(loop, channels, handlers) - few) / (double)CHANNELS;
        }
        finally
        {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static long bytes(
        final EventLoop loop, final List<LocalChannel> channels, final Supplier<ChannelHandler> handlers)
        throws Exception
    {
        for (int i = 0; i < CHANNELS; i++)
        {
            final LocalChannel channel = new LoneChannel();
            if (null != handlers)
            {
                channel.pipeline().addFirst(handlers.get());
            }
            channels.add(channel);
            loop.register(channel).sync();
        }
        // On the loop, so that nothing changes meanwhile.
        return loop.submit(() -> GraphLayout.parseInstance(channels).totalSize()).get();
    }
}
