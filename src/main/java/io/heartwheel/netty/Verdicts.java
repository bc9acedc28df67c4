package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.liveness.Verdict;
import io.heartwheel.netty.PeerLostEvent.Cause;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

import java.util.concurrent.TimeUnit;

/**
 * The last look at a channel whose time is up. What the kernel holds of the peer counts, read or not.
 */
final class Verdicts
{
    /** The kernel's times are as exact as its timer tick, 10 ms at most, and are rounded to milliseconds. */
    private static final long KERNEL_TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Liveness liveness;
    private final LivenessTracker tracker;

    Verdicts(final Liveness liveness, final LivenessTracker tracker)
    {
        this.liveness = liveness;
        this.tracker = tracker;
    }

    /**
     * @return what the peer is lost for, or null if it is not.
     */
    PeerLostEvent judge(
        final LivenessHandler handler,
        final ChannelHandlerContext ctx,
        final Verdict verdict,
        final long deadlineNs,
        final long nowNs)
    {
        final int slot = handler.slot();
        final Channel channel = ctx.channel();
        final Cadence cadence = tracker.cadence(slot);
        final long silenceNs = nowNs - tracker.lastHeardNs(slot);
        final long latenessNs = nowNs - deadlineNs;
        if (Verdict.WRITE_STALLED == verdict)
        {
            final Cause cause = causeOfStall(handler, channel, cadence);
            return new PeerLostEvent(Reason.WRITE_STALLED, cause, silenceNs, 0, latenessNs);
        }
        if (handler.is(LivenessHandler.STARTING))
        {
            final Cause cause = LossCause.ofSilence(TcpInfo.of(channel), silenceNs, false);
            return new PeerLostEvent(Reason.START_TIMEOUT, cause, silenceNs, 0, latenessNs);
        }
        if (isAlive(handler, ctx, silenceNs, nowNs))
        {
            return null;
        }
        final Cause cause = LossCause.ofSilence(TcpInfo.of(channel), silenceNs, cadence.count() > 0);
        return new PeerLostEvent(Reason.SILENT, cause, silenceNs, cadence.count(), latenessNs);
    }

    private boolean isAlive(
        final LivenessHandler handler, final ChannelHandlerContext ctx, final long silenceNs, final long nowNs)
    {
        final int slot = handler.slot();
        if (handler.is(LivenessHandler.HALF_CLOSED))
        {
            tracker.heard(slot, nowNs);
            return true;
        }
        final LastLook look = LastLook.at(ctx.channel());
        final long kernelSilenceNs = look.silenceNs(ctx.channel());
        if (LastLook.UNKNOWN_NS != kernelSilenceNs && kernelSilenceNs + KERNEL_TICK_NS - silenceNs < 0 &&
            kernelSilenceNs < tracker.cadence(slot).detectionNs())
        {
            // The kernel knows when it came, which may be long ago.
            spare(handler, ctx, silenceNs, nowNs - kernelSilenceNs);
            return true;
        }
        if (look.hasUnread(ctx.channel()))
        {
            spare(handler, ctx, silenceNs, nowNs);
            return true;
        }
        if (look.isBlind() && LastLook.UNKNOWN_NS == kernelSilenceNs && !handler.is(LivenessHandler.LAST_TURN))
        {
            // The kernel does not tell: what has come is read within one more turn of the loop.
            handler.set(LivenessHandler.LAST_TURN);
            return true;
        }
        return false;
    }

    private void spare(
        final LivenessHandler handler, final ChannelHandlerContext ctx, final long silenceNs, final long heardNs)
    {
        tracker.heard(handler.slot(), heardNs);
        handler.clear(LivenessHandler.SUSPECT);
        liveness.metrics().onSpared();
        final Channel channel = ctx.channel();
        if (!channel.config().isAutoRead())
        {
            ctx.fireUserEventTriggered(new PeerSparedEvent(silenceNs));
        }
    }

    private static Cause causeOfStall(final LivenessHandler handler, final Channel channel, final Cadence cadence)
    {
        if (handler.is(LivenessHandler.PROBE_FAILED))
        {
            return Cause.US;
        }
        // A probe that another handler holds back says nothing about the peer.
        return handler.is(LivenessHandler.BLOCKED) ?
            LossCause.ofWriteStall(TcpInfo.of(channel), cadence.detectionNs()) : Cause.UNKNOWN;
    }
}
