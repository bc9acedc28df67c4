package io.heartwheel.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;

import java.util.concurrent.TimeUnit;

/**
 * An {@link IdleStateHandler} that takes no pause of this end for the silence of a peer. It has the same constructors,
 * and fires the same events at the same times, but for these:
 * <ul>
 *   <li>Bytes that wait in the socket are life, though nobody has read them. So after a handler that blocked the event
 *   loop, a long collection of garbage, or a process that was stopped, no peer is reported that has spoken. Nor is one
 *   whose bytes wait because {@link io.netty.channel.ChannelConfig#setAutoRead(boolean) auto-read} is off.</li>
 *   <li>A reader or all idle time in which the event loop has stalled is repeated once. After a stall longer than the
 *   idle time the peers get as long as the stall was, at most 120 s (the longest wait of Linux before it sends again),
 *   in whole idle times: the host may have stood still as a whole, and their bytes be on their way.</li>
 *   <li>A handler before this one that swallows {@code channelReadComplete} does not switch off the reader idle
 *   time.</li>
 * </ul>
 * Writer idle events are those of Netty.
 * <p>
 * What is looked at: the bytes unread, on NIO by FIONREAD, on epoll and io_uring by SO_MEMINFO, on kqueue by SO_NREAD
 * (macOS; that was only read, and never run). A look costs about a microsecond, and is taken only when an idle time is
 * over. What has no TCP socket of its own, as a local channel, a domain socket, or a stream of HTTP/2, is reported when
 * it is not read in the loop's next turns. Bytes that wait there while auto-read is off are not seen. An {@link
 * io.netty.channel.embedded.EmbeddedChannel} has no stalls, as its clock is its test's.
 * <p>
 * A stall is told by a task of 100 ms, one for each event loop that has such a handler, when it is later than 100 ms.
 * <p>
 * <b>Note:</b> a subclass overrides {@link #onIdle} instead of {@code channelIdle}. As Netty's, this handler is not
 * sharable.
 */
public class SteadyIdleStateHandler extends IdleStateHandler
{
    /**
     * Whether the next event is the first of its state: as Netty says, or not.
     */
    private static final byte ASK = 0;
    private static final byte FIRST = 1;
    private static final byte LATER = 2;

    private final PeerSilence silence = new PeerSilence()
    {
        @Override
        void onSilent(final ChannelHandlerContext ctx, final IdleStateEvent event) throws Exception
        {
            SteadyIdleStateHandler.this.onSilent(ctx, event);
        }

        @Override
        void onSpared(final IdleStateEvent event, final boolean isHeard)
        {
            SteadyIdleStateHandler.this.onSpared(event, isHeard);
        }

        @Override
        void onReadCompleteMissing()
        {
            resetReadTimeout();
        }
    };

    private byte readerFirst;
    private byte allFirst;

    /**
     * Construct a handler of idle times in seconds.
     *
     * @param readerIdleTimeSeconds after this long without a read comes {@link IdleState#READER_IDLE}; 0 for never.
     * @param writerIdleTimeSeconds after this long without a write comes {@link IdleState#WRITER_IDLE}; 0 for never.
     * @param allIdleTimeSeconds    after this long without either comes {@link IdleState#ALL_IDLE}; 0 for never.
     */
    public SteadyIdleStateHandler(
        final int readerIdleTimeSeconds, final int writerIdleTimeSeconds, final int allIdleTimeSeconds)
    {
        super(readerIdleTimeSeconds, writerIdleTimeSeconds, allIdleTimeSeconds);
    }

    /**
     * Construct a handler of idle times in any unit.
     *
     * @param readerIdleTime after this long without a read comes {@link IdleState#READER_IDLE}; 0 for never.
     * @param writerIdleTime after this long without a write comes {@link IdleState#WRITER_IDLE}; 0 for never.
     * @param allIdleTime    after this long without either comes {@link IdleState#ALL_IDLE}; 0 for never.
     * @param unit           of the idle times.
     */
    public SteadyIdleStateHandler(
        final long readerIdleTime, final long writerIdleTime, final long allIdleTime, final TimeUnit unit)
    {
        super(readerIdleTime, writerIdleTime, allIdleTime, unit);
    }

    /**
     * Construct a handler that may count the progress of a write as well.
     *
     * @param observeOutput  true if bytes that the socket takes of a long write are no idle time.
     * @param readerIdleTime after this long without a read comes {@link IdleState#READER_IDLE}; 0 for never.
     * @param writerIdleTime after this long without a write comes {@link IdleState#WRITER_IDLE}; 0 for never.
     * @param allIdleTime    after this long without either comes {@link IdleState#ALL_IDLE}; 0 for never.
     * @param unit           of the idle times.
     */
    public SteadyIdleStateHandler(
        final boolean observeOutput,
        final long readerIdleTime,
        final long writerIdleTime,
        final long allIdleTime,
        final TimeUnit unit)
    {
        super(observeOutput, readerIdleTime, writerIdleTime, allIdleTime, unit);
    }

    /**
     * The channel is idle: fire the event. This is what {@code channelIdle} is to subclasses of Netty's handler.
     *
     * @param ctx   of this handler.
     * @param event to fire.
     * @throws Exception if a subclass has one: it goes down the pipeline.
     */
    protected void onIdle(final ChannelHandlerContext ctx, final IdleStateEvent event) throws Exception
    {
        super.channelIdle(ctx, event);
    }

    @Override
    protected final void channelIdle(final ChannelHandlerContext ctx, final IdleStateEvent event) throws Exception
    {
        switch (event.state())
        {
            case READER_IDLE:
                silence.judge(ctx, event, TimeUnit.MILLISECONDS.toNanos(getReaderIdleTimeInMillis()));
                break;

            case ALL_IDLE:
                silence.judge(ctx, event, TimeUnit.MILLISECONDS.toNanos(getAllIdleTimeInMillis()));
                break;

            default:
                onIdle(ctx, event);
                break;
        }
    }

    private void onSilent(final ChannelHandlerContext ctx, final IdleStateEvent event) throws Exception
    {
        final boolean isFirst = isFirst(event);
        first(event.state(), ASK);
        onIdle(ctx, isFirst == event.isFirst() ? event : newIdleStateEvent(event.state(), isFirst));
    }

    /**
     * Netty counts an event that was spared as fired, or forgets that one was fired, by its version.
     */
    private void onSpared(final IdleStateEvent event, final boolean isHeard)
    {
        first(event.state(), isHeard || isFirst(event) ? FIRST : LATER);
        resetReadTimeout();
    }

    private boolean isFirst(final IdleStateEvent event)
    {
        final byte first = IdleState.READER_IDLE == event.state() ? readerFirst : allFirst;
        return ASK == first ? event.isFirst() : FIRST == first;
    }

    private void first(final IdleState state, final byte first)
    {
        if (IdleState.READER_IDLE == state)
        {
            readerFirst = first;
        }
        else
        {
            allFirst = first;
        }
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
        readerFirst = ASK;
        allFirst = ASK;
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) throws Exception
    {
        silence.onReadComplete();
        super.channelReadComplete(ctx);
    }
}
