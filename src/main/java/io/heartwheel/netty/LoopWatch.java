package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.liveness.Verdict;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.heartwheel.wheel.TimingWheel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;

/**
 * Watches the channels of one event loop: one {@link LivenessTracker} and one scheduled task for all of them. The
 * task's lateness tells stalls of the loop.
 * <p>
 * After a stall the loop hears, at every channel, what came meanwhile before any peer is judged: as many turns of I/O
 * are let pass as {@link LoopTask#turnsToHear that takes}.
 * <p>
 * <b>Note:</b> For the event loop only.
 */
final class LoopWatch implements io.heartwheel.liveness.LivenessHandler
{
    private static final int POLL_LIMIT = 1_024;
    /** One turn is 17 s by the default tick of 1 ms: about the longest wait of the STANDARD cadence. */
    private static final int SPOKES = 1 << 14;
    private static final int NOWHERE_SPOKES = 64;

    private final Liveness liveness;
    private final EventLoop loop;
    private final LivenessMetrics metrics;
    private final Seats seats = new Seats();
    private final WatchClock clock;
    private final LivenessTracker tracker;
    private final Prober prober;
    private final UnsentBytes unsent;
    private final Verdicts verdicts;
    private int turnsToHear;
    private boolean isPolling;

    /**
     * @param loop null for a watch that is nowhere and never has a channel.
     */
    LoopWatch(final Liveness liveness, final EventLoop loop)
    {
        this.liveness = liveness;
        this.loop = loop;
        metrics = liveness.metrics();
        clock = new WatchClock(loop, liveness.stallNs(), this::onRun);
        final int spokes = null == loop ? NOWHERE_SPOKES : SPOKES;
        tracker = new LivenessTracker(
            new TimingWheel(0, liveness.tickNs(), spokes, 0), 0, liveness.probeSlackNs());
        prober = new Prober(liveness.probe(), metrics, seats, tracker, clock);
        unsent = new UnsentBytes(seats, tracker, clock);
        verdicts = new Verdicts(liveness, tracker);
    }

    Liveness liveness()
    {
        return liveness;
    }

    WatchClock clock()
    {
        return clock;
    }

    /**
     * Watch a channel of this loop.
     */
    void begin(
        final LivenessHandler handler, final ChannelHandlerContext ctx, final Cadence cadence, final boolean isStarting)
    {
        assert loop.inEventLoop() && !handler.isWatched();
        if (!clock.isRunning())
        {
            clock.start();
        }
        final int slot = seats.take(ctx);
        handler.onWatched(this, slot);
        if (isStarting)
        {
            handler.set(LivenessHandler.STARTING);
        }
        tracker.watch(slot, isStarting ? Cadence.passive(liveness.startTimeoutNs()) : cadence, clock.nowNs());
        metrics.onWatched(1);
        unsent.onFlushed(handler, ctx.channel());
        runInTime();
    }

    /**
     * Watch a channel no longer.
     */
    void end(final LivenessHandler handler)
    {
        assert loop.inEventLoop();
        final int slot = handler.slot();
        tracker.unwatch(slot);
        unsent.forget(slot);
        seats.free(slot);
        handler.onUnwatched();
        metrics.onWatched(-1);
        if (0 == tracker.watchedCount() && !isPolling)
        {
            clock.stop();
        }
    }

    void cadence(final LivenessHandler handler, final Cadence cadence)
    {
        tracker.cadence(handler.slot(), allowed(handler, cadence), clock.nowNs());
        runInTime();
    }

    /**
     * Begin the watch of a channel anew, by this cadence: the channel counts as heard now.
     */
    void restart(final LivenessHandler handler, final Cadence cadence)
    {
        final int slot = handler.slot();
        tracker.unwatch(slot);
        tracker.watch(slot, allowed(handler, cadence), clock.nowNs());
        handler.clear(LivenessHandler.STARTING);
        if (handler.is(LivenessHandler.BLOCKED))
        {
            tracker.writeBlocked(slot, true, clock.nowNs());
        }
        runInTime();
    }

    Cadence cadence(final LivenessHandler handler)
    {
        return tracker.cadence(handler.slot());
    }

    long silenceNs(final LivenessHandler handler)
    {
        return clock.nowNs() - tracker.lastHeardNs(handler.slot());
    }

    void onHeard(final LivenessHandler handler)
    {
        if (handler.is(LivenessHandler.STARTING))
        {
            return;
        }
        final int slot = handler.slot();
        final long nowNs = clock.nowNs();
        final Cadence cadence = tracker.cadence(slot);
        final long detectionNs = cadence.detectionNs();
        if (nowNs - tracker.lastHeardNs(slot) > detectionNs - (detectionNs >> 2) && !cadence.isOff())
        {
            metrics.onCloseCall();
        }
        tracker.heard(slot, nowNs);
        if (handler.is((byte)(LivenessHandler.SUSPECT | LivenessHandler.LAST_TURN)))
        {
            if (handler.is(LivenessHandler.SUSPECT))
            {
                metrics.onSpared();
            }
            handler.clear((byte)(LivenessHandler.SUSPECT | LivenessHandler.LAST_TURN));
        }
    }

    /**
     * The peer has closed its end, and this end may go on writing: only a lack of progress in that is judged now.
     */
    void onHalfClosed(final LivenessHandler handler)
    {
        handler.set(LivenessHandler.HALF_CLOSED);
        listen(handler);
    }

    /**
     * Ask a peer no more, and wait as long as for a peer that is asked.
     */
    void listen(final LivenessHandler handler)
    {
        if (cadence(handler).count() > 0)
        {
            cadence(handler, passive(cadence(handler)));
        }
    }

    /**
     * A peer that has closed its end is not asked.
     */
    private static Cadence allowed(final LivenessHandler handler, final Cadence cadence)
    {
        return handler.is(LivenessHandler.HALF_CLOSED) && cadence.count() > 0 ? passive(cadence) : cadence;
    }

    private static Cadence passive(final Cadence cadence)
    {
        return Cadence.passive(Math.min(cadence.detectionNs(), Cadence.MAX_NS));
    }

    void onFlushed(final LivenessHandler handler, final Channel channel)
    {
        unsent.onFlushed(handler, channel);
    }

    /**
     * A deadline may have come to lie before the next run.
     */
    private void runInTime()
    {
        clock.runBy(tracker.nextDeadlineNs(clock.dueNs()));
    }

    private void onRun()
    {
        metrics.onLag(clock.onRun());
        isPolling = true;
        boolean isDone = false;
        try
        {
            isDone = hearAndJudge();
        }
        finally
        {
            isPolling = false;
            if (0 == tracker.watchedCount())
            {
                clock.stop();
            }
            else
            {
                final long nowNs = clock.nowNs();
                clock.runAt(isDone ? tracker.nextDeadlineNs(nowNs + liveness.stallNs()) : nowNs);
            }
        }
    }

    /**
     * @return false if there is more to do after one more turn of I/O.
     */
    private boolean hearAndJudge()
    {
        final long nowNs = clock.nowNs();
        final long stallNs = clock.takeStallNs();
        if (stallNs > 0)
        {
            onStall(nowNs, stallNs);
        }
        if (turnsToHear > 0)
        {
            --turnsToHear;
            return false;
        }
        return tracker.poll(nowNs, this, POLL_LIMIT) < POLL_LIMIT;
    }

    private void onStall(final long nowNs, final long stallNs)
    {
        metrics.onStall(stallNs);
        tracker.stalled(nowNs);
        int suspects = 0;
        for (int slot = 0; slot < seats.slots(); slot++)
        {
            if (null != seats.context(slot) && isSuspect(slot, nowNs + stallNs))
            {
                ++suspects;
                seats.handler(slot).set(LivenessHandler.SUSPECT);
            }
        }
        LivenessEvents.stall(stallNs, suspects);
        // A loop that stalls in each of these turns is to judge as well: they are not begun anew.
        if (0 == turnsToHear)
        {
            turnsToHear = LoopTask.turnsToHear(loop, tracker.watchedCount());
        }
    }

    private boolean isSuspect(final int slot, final long wallNs)
    {
        final Cadence cadence = tracker.cadence(slot);
        return !cadence.isOff() && wallNs - tracker.lastHeardNs(slot) >= cadence.detectionNs();
    }

    @Override
    public void onProbeDue(final int slot, final long nowNs)
    {
        prober.ask(slot, nowNs);
    }

    @Override
    public void onUnsent(final int slot, final long nowNs)
    {
        unsent.look(slot, nowNs);
    }

    @Override
    public void onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        final LivenessHandler handler = seats.handler(slot);
        final ChannelHandlerContext ctx = seats.context(slot);
        if (!ctx.channel().isOpen())
        {
            // Another handler kept the end of the channel to itself.
            end(handler);
            return;
        }
        final PeerLostEvent event = verdicts.judge(handler, ctx, verdict, deadlineNs, nowNs);
        if (null != event)
        {
            lose(handler, ctx, event);
        }
    }

    private void lose(final LivenessHandler handler, final ChannelHandlerContext ctx, final PeerLostEvent event)
    {
        final Cadence cadence = tracker.cadence(handler.slot());
        end(handler);
        metrics.onLost(event);
        LivenessEvents.lost(ctx.channel(), event);
        liveness.tell(ctx, event);
        if (LossAction.EVENT_ONLY == liveness.lossAction() && !ctx.isRemoved() && !handler.isWatched())
        {
            if (Reason.START_TIMEOUT != event.reason())
            {
                liveness.keep(ctx.channel(), cadence, true);
            }
            handler.begin(ctx);
        }
    }
}
