package io.heartwheel.netty;

import io.heartwheel.liveness.LivenessTracker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.nio.AbstractNioChannel;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Tells the tracker which channels have bytes that wait to be written, and when a peer has taken some of them.
 */
final class UnsentBytes
{
    private final Seats seats;
    private final LivenessTracker tracker;
    private final WatchClock clock;
    /** Of slots whose bytes waited when they were looked at last. */
    private final Int2ObjectHashMap<WriteProgress> progress = new Int2ObjectHashMap<>();

    UnsentBytes(final Seats seats, final LivenessTracker tracker, final WatchClock clock)
    {
        this.seats = seats;
        this.tracker = tracker;
        this.clock = clock;
    }

    /**
     * A channel was flushed. On some transports the kernel gets the bytes later, so that they seem to wait: that is
     * found out when they are looked at.
     */
    void onFlushed(final LivenessHandler handler, final Channel channel)
    {
        final boolean isBlocked = null != waiting(channel);
        if (isBlocked == handler.is(LivenessHandler.BLOCKED))
        {
            return;
        }
        if (isBlocked)
        {
            handler.set(LivenessHandler.BLOCKED);
            tracker.writeBlocked(handler.slot(), false, clock.nowNs());
            clock.runBy(tracker.nextDeadlineNs(clock.dueNs()));
        }
        else
        {
            drained(handler);
        }
    }

    /**
     * The tracker wants to know whether the bytes of a slot still wait.
     */
    void look(final int slot, final long nowNs)
    {
        final LivenessHandler handler = seats.handler(slot);
        final ChannelHandlerContext ctx = seats.context(slot);
        tryToWrite(ctx.channel());
        final ChannelOutboundBuffer waiting = waiting(ctx.channel());
        if (null == waiting)
        {
            if (handler.isWatched())
            {
                drained(handler);
            }
            return;
        }
        WriteProgress seen = progress.get(slot);
        if (null == seen)
        {
            seen = new WriteProgress();
            progress.put(slot, seen);
        }
        if (seen.isProgress(ctx, waiting))
        {
            tracker.writeBlocked(slot, true, nowNs);
        }
    }

    /**
     * A kernel may have room without saying so: Linux announces a socket as writable when a third of its buffer is
     * free. For a native transport the kernel tells what the peer has taken, so nothing has to be tried.
     */
    private static void tryToWrite(final Channel channel)
    {
        if (channel instanceof AbstractNioChannel)
        {
            ((AbstractNioChannel)channel).unsafe().forceFlush();
        }
    }

    void forget(final int slot)
    {
        progress.remove(slot);
    }

    private void drained(final LivenessHandler handler)
    {
        handler.clear(LivenessHandler.BLOCKED);
        tracker.writeDrained(handler.slot());
        forget(handler.slot());
    }

    /**
     * @return null if nothing waits that was flushed.
     */
    private static ChannelOutboundBuffer waiting(final Channel channel)
    {
        final ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return null == buffer || buffer.isEmpty() ? null : buffer;
    }
}
