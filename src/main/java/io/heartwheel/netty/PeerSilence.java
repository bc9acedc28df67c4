package io.heartwheel.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;

import java.util.concurrent.TimeUnit;

/**
 * Tells the silence of a channel's peer from a pause of this end. A deadline of Netty's has passed; before it becomes
 * an event:
 * <ol>
 *   <li>bytes that wait unread are life: the loop did not come to them, or the application has paused reading;</li>
 *   <li>a wait in which the loop stalled is repeated once, attended, as the bytes may still be on their way;</li>
 *   <li>a channel that has no socket of its own gets the loop's next turns to be read in.</li>
 * </ol>
 * The two steady handlers hand on to it what happens to their channel. They extend two classes of Netty, and so cannot
 * share how.
 * <p>
 * <b>Note:</b> to be used on the loop of the handler alone.
 */
abstract class PeerSilence
{
    private LoopClock clock;
    private LastLook look;
    /**
     * How long the loop had stalled in all when the peer was last heard.
     */
    private long heardStalledNs;
    /**
     * Since when the present wait is a repeated one, in attended time, and how long it has to be; 0 is none.
     */
    private long graceSinceNs;
    private long graceNs;
    private int reads;

    /**
     * The peer is silent, and this end has paid attention.
     */
    abstract void onSilent(ChannelHandlerContext ctx, IdleStateEvent event) throws Exception;

    /**
     * The peer is to have one more full wait.
     *
     * @param isHeard true if bytes of it wait, false if this end has paid no attention.
     */
    abstract void onSpared(IdleStateEvent event, boolean isHeard);

    /**
     * No end of a read was told, though it has ended.
     */
    abstract void onReadCompleteMissing();

    /**
     * The handler has a loop from now on, perhaps another than before. Nothing if it has one.
     */
    void start(final ChannelHandlerContext ctx)
    {
        if (null == clock)
        {
            start(LoopClock.of(ctx.channel(), ctx.executor()), LastLook.at(ctx.channel()));
        }
    }

    void start(final LoopClock clock, final LastLook look)
    {
        this.clock = clock;
        this.look = look;
        clock.start();
        onHeard();
    }

    void stop()
    {
        if (null != clock)
        {
            clock.onReadComplete(this);
            clock.stop();
            clock = null;
        }
    }

    void onHeard()
    {
        if (null != clock)
        {
            heardStalledNs = clock.stalledNs();
            graceNs = 0;
        }
    }

    void onRead()
    {
        onHeard();
        ++reads;
        if (null != clock)
        {
            clock.onRead(this);
        }
    }

    void onReadComplete()
    {
        if (null != clock)
        {
            clock.onReadComplete(this);
        }
    }

    /**
     * A deadline has passed.
     *
     * @param event  that Netty has for it.
     * @param idleNs the silence that it stands for.
     */
    void judge(final ChannelHandlerContext ctx, final IdleStateEvent event, final long idleNs) throws Exception
    {
        if (!ctx.executor().inEventLoop())
        {
            // The task of a loop that the channel has left.
            ctx.executor().execute(() -> judgeLate(ctx, event, idleNs, reads));
        }
        else if (isSpared(ctx, event, idleNs))
        {
            return;
        }
        else if (look.isBlind() || ctx.executor() != ctx.channel().eventLoop())
        {
            turn(ctx, event, idleNs, reads, LoopTask.turnsToHear(ctx.channel().eventLoop(), 0));
        }
        else
        {
            onSilent(ctx, event);
        }
    }

    private boolean isSpared(final ChannelHandlerContext ctx, final IdleStateEvent event, final long idleNs)
    {
        if (null == clock)
        {
            // Between two loops: the next one looks.
            onSpared(event, false);
            return true;
        }
        if (look.hasUnread(ctx.channel()))
        {
            onHeard();
            onSpared(event, true);
            return true;
        }
        if (!isAttended(idleNs))
        {
            onSpared(event, false);
            return true;
        }
        return false;
    }

    /**
     * @return false if the loop has stalled since the peer was heard, and it has not had one more wait since.
     */
    private boolean isAttended(final long idleNs)
    {
        final long nowNs = clock.sample();
        if (clock.stalledNs() == heardStalledNs ||
            // What was read in the turn that told the stall was heard a little earlier.
            nowNs - clock.lastStallEndNs() >= idleNs - Math.min(LoopClock.STALL_NS, idleNs >> 1) &&
            nowNs - clock.recoveredNs() >= 0)
        {
            return true;
        }

        final long attendedNs = nowNs - clock.stalledNs();
        if (0 == graceNs)
        {
            graceSinceNs = attendedNs;
            graceNs = Math.max(idleNs, clock.recoveredNs() - nowNs);
            return false;
        }
        // The grace may have begun for the other of two idle times, and be shorter than this one.
        return attendedNs - graceSinceNs >= Math.max(graceNs, idleNs);
    }

    /**
     * Let the loop of the channel read for some turns, and see whether it heard the peer. A loop that is being shut
     * down closes its channels, and reports nothing more.
     */
    private void turn(
        final ChannelHandlerContext ctx,
        final IdleStateEvent event,
        final long idleNs,
        final int readsBefore,
        final int left)
    {
        if (0 == left)
        {
            ctx.executor().execute(() -> judgeLate(ctx, event, idleNs, readsBefore));
        }
        else if (!ctx.channel().eventLoop().isShuttingDown())
        {
            ctx.channel().eventLoop().schedule(
                () -> turn(ctx, event, idleNs, readsBefore, left - 1), 0, TimeUnit.NANOSECONDS);
        }
    }

    private void judgeLate(
        final ChannelHandlerContext ctx, final IdleStateEvent event, final long idleNs, final int readsBefore)
    {
        if (readsBefore != reads || ctx.isRemoved() || !ctx.channel().isOpen() || isSpared(ctx, event, idleNs))
        {
            return;
        }
        try
        {
            onSilent(ctx, event);
        }
        catch (final Throwable ex)
        {
            ctx.fireExceptionCaught(ex);
        }
    }
}
