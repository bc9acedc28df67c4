package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells which peers of a Netty server or client are gone, and why. One for each server or client:
 * <pre>{@code
 * Liveness liveness = new Liveness(new LivenessContext()
 *     .cadence(Cadence.STANDARD)
 *     .probe(WebSocketLiveness.PING));
 * ...
 * channel.pipeline().addFirst(liveness.newHandler());      // before TLS: any byte is life
 * }</pre>
 * Each event loop has one timing wheel and one scheduled task for all its channels. No living peer is given up for a
 * stall of the loop or the host: time stands still meanwhile, what has come is heard first, and a peer that was nearly
 * given up has one more full wait. The kernel is asked once more right before each verdict.
 * <p>
 * A channel is watched from when it is active. With {@link LivenessContext#startTimeoutNs(long)} it is watched from
 * {@link #start(Channel)}, and is lost if that does not come in time. A pooled channel that nobody uses is not watched
 * between {@link #stop(Channel)} and {@link #start(Channel)}.
 * <p>
 * Threadsafe, but where it says otherwise.
 */
public final class Liveness
{
    private static final AttributeKey<Kept> KEPT = AttributeKey.valueOf(Liveness.class, "KEPT");

    private final Map<EventLoop, LoopWatch> watches = new ConcurrentHashMap<>();
    private final LivenessMetrics metrics = new LivenessMetrics();
    private final Cadence cadence;
    private final Probe probe;
    private final LossAction lossAction;
    private final boolean isIdleStateFired;
    private final long startTimeoutNs;
    private final long stallNs;
    private final long tickNs;
    private final long probeSlackNs;
    private final LoopWatch nowhere;

    /**
     * How a channel that is not watched at present is to be watched next.
     *
     * @param isStarted false if the start timeout comes first.
     */
    private record Kept(Cadence cadence, boolean isStarted)
    {
    }

    /**
     * Construct with these settings, of which a copy is kept.
     *
     * @param context with the settings.
     * @throws IllegalArgumentException if the cadence asks, and there is no probe to ask by.
     */
    public Liveness(final LivenessContext context)
    {
        probe = context.probe;
        cadence = requireProbe(context.cadence);
        lossAction = context.lossAction;
        isIdleStateFired = context.isIdleStateFired;
        startTimeoutNs = context.startTimeoutNs;
        stallNs = context.stallNs;
        tickNs = context.tickNs;
        probeSlackNs = context.probeSlackNs;
        nowhere = new LoopWatch(this, null);
    }

    /**
     * A handler for one channel, to be added first in its pipeline.
     *
     * @return a new handler.
     */
    public LivenessHandler newHandler()
    {
        return new LivenessHandler(nowhere);
    }

    /** {@return what is counted and measured} */
    public LivenessMetrics metrics()
    {
        return metrics;
    }

    /**
     * Watch a channel from now on, by the cadence it was watched by before, or that of the context. It counts as heard
     * now. This ends the start timeout, or a {@link #stop(Channel)}.
     *
     * @param channel with a handler of this.
     */
    public void start(final Channel channel)
    {
        start(channel, null);
    }

    /**
     * Watch a channel from now on, by this cadence. It counts as heard now. This ends the start timeout, or a
     * {@link #stop(Channel)}.
     *
     * @param channel with a handler of this.
     * @param cadence to watch it by; null for the one it had before, or that of the context.
     */
    public void start(final Channel channel, final Cadence cadence)
    {
        requireProbe(cadence);
        run(channel, (handler) ->
        {
            final Kept kept = takeKept(channel);
            final Cadence next = null != cadence ? cadence : null != kept ? kept.cadence : this.cadence;
            handler.clear(LivenessHandler.STOPPED);
            if (handler.isWatched())
            {
                handler.watch().restart(handler, null != cadence || handler.is(LivenessHandler.STARTING) ?
                    next : handler.watch().cadence(handler));
            }
            else
            {
                keep(channel, next, true);
                handler.begin(channel.pipeline().context(handler));
            }
        });
    }

    /**
     * Watch a channel no longer, until it is started again: nothing is sent, and it is not judged.
     *
     * @param channel with a handler of this.
     */
    public void stop(final Channel channel)
    {
        run(channel, (handler) ->
        {
            if (handler.isWatched())
            {
                if (!handler.is(LivenessHandler.STARTING))
                {
                    keep(channel, handler.watch().cadence(handler), true);
                }
                handler.watch().end(handler);
            }
            handler.set(LivenessHandler.STOPPED);
        });
    }

    /**
     * Watch a channel by another cadence: from now on if it is watched, else from when it is.
     *
     * @param channel with a handler of this.
     * @param cadence to watch it by.
     */
    public void cadence(final Channel channel, final Cadence cadence)
    {
        requireProbe(Objects.requireNonNull(cadence, "cadence"));
        run(channel, (handler) ->
        {
            if (handler.isWatched() && !handler.is(LivenessHandler.STARTING))
            {
                handler.watch().cadence(handler, cadence);
            }
            else
            {
                keep(channel, cadence, false);
            }
        });
    }

    /**
     * Ask a peer no more. It is lost if it is silent for as long as it takes to lose it otherwise.
     */
    void listen(final Channel channel)
    {
        run(channel, (handler) ->
        {
            if (handler.isWatched())
            {
                handler.watch().listen(handler);
            }
        });
    }

    /**
     * How long a peer has been silent. Stalls of the event loop are left out.
     * <p>
     * <b>Note:</b> For the event loop of the channel only.
     *
     * @param channel with a handler of this.
     * @return time in ns since the peer was heard, or its watch began; -1 if it is not watched.
     */
    public long silenceNs(final Channel channel)
    {
        if (!channel.eventLoop().inEventLoop())
        {
            throw new IllegalStateException("not called on the event loop of " + channel);
        }
        final LivenessHandler handler = handler(channel);
        return handler.isWatched() ? handler.watch().silenceNs(handler) : -1;
    }

    private void run(final Channel channel, final Consumer<LivenessHandler> action)
    {
        final EventLoop loop = channel.eventLoop();
        if (loop.inEventLoop())
        {
            action.accept(handler(channel));
        }
        else
        {
            final LivenessHandler handler = handler(channel);
            loop.execute(() -> action.accept(handler));
        }
    }

    private LivenessHandler handler(final Channel channel)
    {
        final LivenessHandler handler = channel.pipeline().get(LivenessHandler.class);
        if (null == handler || this != handler.watch().liveness())
        {
            throw new IllegalArgumentException("channel=" + channel + " has no LivenessHandler of this Liveness");
        }
        return handler;
    }

    private Cadence requireProbe(final Cadence cadence)
    {
        if (null == probe && null != cadence && cadence.count() > 0)
        {
            throw new IllegalArgumentException(cadence + " asks, and there is no probe to ask by");
        }
        return cadence;
    }

    void begin(final LivenessHandler handler, final ChannelHandlerContext ctx)
    {
        final Channel channel = ctx.channel();
        final Kept kept = takeKept(channel);
        final boolean isStarting = startTimeoutNs > 0 && (null == kept || !kept.isStarted);
        final Cadence next = null == kept ? cadence : kept.cadence;
        if (isStarting && null != kept)
        {
            keep(channel, next, false);
        }
        final LoopWatch watch = watchOf(channel.eventLoop());
        watch.begin(handler, ctx, next, isStarting);
        if (channel instanceof DuplexChannel && ((DuplexChannel)channel).isInputShutdown())
        {
            watch.onHalfClosed(handler);
        }
    }

    /**
     * Keep a cadence for when the channel is watched again.
     */
    void keep(final Channel channel, final Cadence cadence, final boolean isStarted)
    {
        channel.attr(KEPT).set(new Kept(cadence, isStarted));
    }

    private static Kept takeKept(final Channel channel)
    {
        if (!channel.hasAttr(KEPT))
        {
            // Asking for the attribute would allocate it.
            return null;
        }
        final Attribute<Kept> attribute = channel.attr(KEPT);
        return attribute.getAndSet(null);
    }

    private LoopWatch watchOf(final EventLoop loop)
    {
        LoopWatch watch = watches.get(loop);
        if (null == watch)
        {
            // Groups come and go with servers and clients. What is left of those that have ended goes now.
            watches.keySet().removeIf(EventLoop::isShutdown);
            watch = new LoopWatch(this, loop);
            watches.put(loop, watch);
        }
        return watch;
    }

    void tell(final ChannelHandlerContext ctx, final PeerLostEvent event)
    {
        if (isIdleStateFired && PeerLostEvent.Reason.SILENT == event.reason())
        {
            ctx.fireUserEventTriggered(IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT);
        }
        ctx.fireUserEventTriggered(event);
        if (LossAction.CLOSE == lossAction)
        {
            if (ctx.isRemoved())
            {
                ctx.channel().close();
            }
            else
            {
                ctx.close();
            }
        }
    }

    Probe probe()
    {
        return probe;
    }

    LossAction lossAction()
    {
        return lossAction;
    }

    long startTimeoutNs()
    {
        return startTimeoutNs;
    }

    long stallNs()
    {
        return stallNs;
    }

    long tickNs()
    {
        return tickNs;
    }

    long probeSlackNs()
    {
        return probeSlackNs;
    }
}
