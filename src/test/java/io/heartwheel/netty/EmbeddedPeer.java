package io.heartwheel.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A channel under a {@link Liveness}, in virtual time, with the peer in the hands of the test.
 */
final class EmbeddedPeer
{
    /** Time passes in steps that are no stall. */
    private static final long STEP_MS = 5;

    final EmbeddedChannel channel;
    final List<PeerLostEvent> lost = new ArrayList<>();
    final List<Object> events = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    /** The kernel takes no bytes. */
    boolean isBlocked;

    EmbeddedPeer(final ChannelHandler... handlers)
    {
        channel = new EmbeddedChannel()
        {
            @Override
            protected void doWrite(final ChannelOutboundBuffer buffer) throws Exception
            {
                if (!isBlocked)
                {
                    super.doWrite(buffer);
                }
            }
        };
        channel.freezeTime();
        channel.pipeline().addLast(handlers).addLast(new Recorder());
    }

    /**
     * Bytes arrive from the peer.
     */
    void speak()
    {
        channel.writeInbound(Unpooled.copyInt(1));
        channel.releaseInbound();
    }

    void passMs(final long timeMs)
    {
        long leftMs = timeMs;
        while (leftMs > 0)
        {
            final long stepMs = Math.min(STEP_MS, leftMs);
            jumpMs(stepMs);
            leftMs -= stepMs;
        }
    }

    /**
     * Time passes at once, and then the loop runs.
     */
    void jumpMs(final long timeMs)
    {
        channel.advanceTimeBy(timeMs, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    /**
     * How many messages were written since this was asked last.
     */
    int takeWritten()
    {
        int written = 0;
        for (ByteBuf message = channel.readOutbound(); null != message; message = channel.readOutbound())
        {
            message.release();
            ++written;
        }
        return written;
    }

    private final class Recorder extends ChannelInboundHandlerAdapter
    {
        @Override
        public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
        {
            events.add(event);
            if (event instanceof PeerLostEvent lostEvent)
            {
                lost.add(lostEvent);
            }
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
        {
            failures.add(cause);
        }
    }
}
