package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Watches one channel for its {@link Liveness}. It belongs first in the pipeline, before TLS and every codec: there any
 * byte is a sign of life, and a message that is not yet whole is one too. It may be added at any time, and removed at
 * any time, which ends the watch.
 * <p>
 * It fires {@link PeerLostEvent} and {@link PeerSparedEvent} through the pipeline. It delays no event and no write, and
 * leaves the promises of the application alone.
 * <p>
 * <b>Note:</b> Not sharable, and for the event loop of its channel only: it cannot be added with another executor.
 */
public final class LivenessHandler extends ChannelDuplexHandler
{
    /** The watch was stopped, and waits for a start. */
    static final byte STOPPED = 1;
    /** The watch was not started yet: the start timeout runs. */
    static final byte STARTING = 2;
    /** Bytes wait to be written. */
    static final byte BLOCKED = 4;
    /** A probe is under way to the kernel. */
    static final byte PROBING = 8;
    /** A probe could not be written. */
    static final byte PROBE_FAILED = 16;
    /** The peer has closed its end, and the application goes on writing: its silence says nothing. */
    static final byte HALF_CLOSED = 32;
    /** By the wall clock the peer was silent for its detection time, for this end stalled. */
    static final byte SUSPECT = 64;
    /** The time of the peer was up, and it had one more turn of the loop, as the transport has nothing to ask. */
    static final byte LAST_TURN = (byte)128;

    private static final int NO_SLOT = -1;

    /** Of the channel's loop; one of no loop as long as the channel was never watched. */
    private LoopWatch watch;
    private int slot = NO_SLOT;
    /** One byte for all: with a field for each, this object would grow, and there is one for each channel. */
    private byte flags;

    LivenessHandler(final LoopWatch nowhere)
    {
        watch = nowhere;
    }

    boolean is(final byte flag)
    {
        return 0 != (flags & flag);
    }

    void set(final byte flag)
    {
        flags |= flag;
    }

    void clear(final byte flag)
    {
        flags &= (byte)~flag;
    }

    boolean isWatched()
    {
        return NO_SLOT != slot;
    }

    int slot()
    {
        return slot;
    }

    LoopWatch watch()
    {
        return watch;
    }

    /**
     * It has got a slot.
     */
    void onWatched(final LoopWatch watch, final int slot)
    {
        this.watch = watch;
        this.slot = slot;
        flags = 0;
    }

    /**
     * Its slot is free again.
     */
    void onUnwatched()
    {
        slot = NO_SLOT;
        flags = 0;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx)
    {
        if (ctx.executor() != ctx.channel().eventLoop())
        {
            throw new IllegalStateException(
                "LivenessHandler of " + ctx.channel() + " was added with an executor that is not its event loop");
        }
        begin(ctx);
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext ctx)
    {
        end();
    }

    @Override
    public void channelRegistered(final ChannelHandlerContext ctx) throws Exception
    {
        begin(ctx);
        super.channelRegistered(ctx);
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) throws Exception
    {
        begin(ctx);
        super.channelActive(ctx);
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) throws Exception
    {
        end();
        super.channelInactive(ctx);
    }

    @Override
    public void channelUnregistered(final ChannelHandlerContext ctx) throws Exception
    {
        if (NO_SLOT != slot && ctx.channel().isActive())
        {
            // It may be registered with another loop.
            watch.liveness().keep(ctx.channel(), watch.cadence(this), !is(STARTING));
        }
        end();
        super.channelUnregistered(ctx);
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message)
    {
        // Not when the read is complete: a handler before this one may keep that to itself.
        if (NO_SLOT != slot)
        {
            watch.onHeard(this);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) throws Exception
    {
        if (NO_SLOT != slot && event instanceof ChannelInputShutdownEvent)
        {
            watch.onHalfClosed(this);
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void flush(final ChannelHandlerContext ctx)
    {
        ctx.flush();
        if (NO_SLOT != slot)
        {
            watch.onFlushed(this, ctx.channel());
        }
    }

    void begin(final ChannelHandlerContext ctx)
    {
        final Channel channel = ctx.channel();
        if (NO_SLOT == slot && !is(STOPPED) && channel.isRegistered() && channel.isActive())
        {
            watch.liveness().begin(this, ctx);
        }
    }

    private void end()
    {
        if (NO_SLOT != slot)
        {
            watch.end(this);
        }
    }
}
