package io.heartwheel.netty;

import io.heartwheel.liveness.LivenessTracker;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;

/**
 * Asks silent peers, and tells the tracker when a question was written. There is at most one on its way to the kernel
 * for each channel: one that waits behind other bytes is the question still.
 */
final class Prober
{
    private final Probe probe;
    private final LivenessMetrics metrics;
    private final Seats seats;
    private final LivenessTracker tracker;
    private final WatchClock clock;
    private final ChannelFutureListener listener = this::onWritten;

    Prober(
        final Probe probe,
        final LivenessMetrics metrics,
        final Seats seats,
        final LivenessTracker tracker,
        final WatchClock clock)
    {
        this.probe = probe;
        this.metrics = metrics;
        this.seats = seats;
        this.tracker = tracker;
        this.clock = clock;
    }

    void ask(final int slot, final long nowNs)
    {
        final LivenessHandler handler = seats.handler(slot);
        if (handler.is(LivenessHandler.PROBING))
        {
            return;
        }
        final ChannelHandlerContext ctx = seats.context(slot);
        final Object question = question(ctx);
        if (!handler.isWatched())
        {
            // The application ended it while it was asked for the question.
            ReferenceCountUtil.release(question);
        }
        else if (null == question)
        {
            tracker.probeWritten(slot, nowNs);
        }
        else
        {
            handler.set(LivenessHandler.PROBING);
            ctx.channel().writeAndFlush(question).addListener(listener);
        }
    }

    /**
     * @return null if there is none, or the application failed to make one.
     */
    private Object question(final ChannelHandlerContext ctx)
    {
        try
        {
            return probe.probe(ctx.channel());
        }
        catch (final RuntimeException ex)
        {
            ctx.fireExceptionCaught(ex);
            return null;
        }
    }

    /**
     * A probe that was written is a question asked, in whichever watch of this channel it was due.
     */
    private void onWritten(final ChannelFuture written)
    {
        final LivenessHandler handler = written.channel().pipeline().get(LivenessHandler.class);
        if (null == handler || !handler.isWatched() || clock != handler.watch().clock())
        {
            return;
        }
        final int slot = handler.slot();
        handler.clear(LivenessHandler.PROBING);
        if (written.isSuccess())
        {
            metrics.onProbe();
            handler.clear(LivenessHandler.PROBE_FAILED);
            tracker.probeWritten(slot, clock.nowNs());
            clock.runBy(tracker.nextDeadlineNs(clock.dueNs()));
        }
        else if (written.channel().isActive())
        {
            handler.set(LivenessHandler.PROBE_FAILED);
            seats.context(slot).fireExceptionCaught(written.cause());
        }
    }
}
