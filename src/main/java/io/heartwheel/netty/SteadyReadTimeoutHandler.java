package io.heartwheel.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.ReadTimeoutHandler;

import java.util.concurrent.TimeUnit;

/**
 * A {@link ReadTimeoutHandler} that takes no pause of this end for the silence of a peer: by the rules of {@link
 * SteadyIdleStateHandler}. Else it does the same: it fires a {@link io.netty.handler.timeout.ReadTimeoutException}, and
 * closes the channel.
 * <p>
 * <b>Note:</b> a subclass overrides {@link #onTimeout} instead of {@code readTimedOut}. As Netty's, this handler is not
 * sharable.
 */
public class SteadyReadTimeoutHandler extends ReadTimeoutHandler
{
    private final PeerSilence silence = new PeerSilence()
    {
        @Override
        void onSilent(final ChannelHandlerContext ctx, final IdleStateEvent event) throws Exception
        {
            onTimeout(ctx);
        }

        @Override
        void onSpared(final IdleStateEvent event, final boolean isHeard)
        {
            resetReadTimeout();
        }

        @Override
        void onReadCompleteMissing()
        {
            resetReadTimeout();
        }
    };

    /**
     * Construct a handler of a timeout in seconds.
     *
     * @param timeoutSeconds after this long without a read the channel is closed; 0 for never.
     */
    public SteadyReadTimeoutHandler(final int timeoutSeconds)
    {
        super(timeoutSeconds);
    }

    /**
     * Construct a handler of a timeout in any unit.
     *
     * @param timeout after this long without a read the channel is closed; 0 for never.
     * @param unit    of the timeout.
     */
    public SteadyReadTimeoutHandler(final long timeout, final TimeUnit unit)
    {
        super(timeout, unit);
    }

    /**
     * The peer is silent: fire the exception, and close the channel. This is what {@code readTimedOut} is to subclasses
     * of Netty's handler.
     *
     * @param ctx of this handler.
     * @throws Exception if a subclass has one: it goes down the pipeline.
     */
    protected void onTimeout(final ChannelHandlerContext ctx) throws Exception
    {
        super.readTimedOut(ctx);
    }

    @Override
    protected final void readTimedOut(final ChannelHandlerContext ctx) throws Exception
    {
        silence.judge(
            ctx, IdleStateEvent.READER_IDLE_STATE_EVENT, TimeUnit.MILLISECONDS.toNanos(getReaderIdleTimeInMillis()));
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) throws Exception
    {
        if (ctx.channel().isRegistered())
        {
            silence.start(ctx);
        }
        super.handlerAdded(ctx);
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext ctx) throws Exception
    {
        silence.stop();
        super.handlerRemoved(ctx);
    }

    @Override
    public void channelRegistered(final ChannelHandlerContext ctx) throws Exception
    {
        silence.start(ctx);
        super.channelRegistered(ctx);
    }

    @Override
    public void channelUnregistered(final ChannelHandlerContext ctx) throws Exception
    {
        silence.stop();
        super.channelUnregistered(ctx);
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) throws Exception
    {
        silence.onHeard();
        super.channelActive(ctx);
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) throws Exception
    {
        silence.onRead();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) throws Exception
    {
        silence.onReadComplete();
        super.channelReadComplete(ctx);
    }
}
