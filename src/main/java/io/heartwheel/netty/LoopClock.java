package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The stalls of an event loop, for the handlers that stand in the place of Netty's. A task that comes every {@link
 * #TICK_NS} tells them by its lateness. There is one clock for each loop, and it ticks while it has users.
 * <p>
 * <b>Note:</b> but for {@link #of}, to be used on the loop alone.
 */
final class LoopClock
{
    /**
     * Time between two ticks. A stall may have begun this long before it is told by a late one.
     */
    static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /**
     * A tick that is later than this tells a stall: what Heartwheel's own reactor has for a default.
     */
    static final long STALL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * For how long after a stall the peers' bytes may be on their way, at most: the longest wait of Linux before it
     * sends again (TCP_RTO_MAX).
     */
    private static final long RECOVERY_MAX_NS = TimeUnit.SECONDS.toNanos(120);

    private static final Map<EventExecutor, WeakReference<LoopClock>> CLOCKS = new WeakHashMap<>();

    /**
     * Null for a clock that stands still.
     */
    private final LoopTask tick;
    private int users;
    private long lastStallEndNs;
    private long recoveredNs;
    /**
     * The channel whose read the loop is at: a loop reads one after the other.
     */
    private PeerSilence reading;

    /**
     * @param loop to tell the time of, or null for a clock that stands still.
     */
    LoopClock(final EventExecutor loop)
    {
        tick = null == loop ? null : new LoopTask(loop, STALL_NS, this::onTick);
    }

    /**
     * The clock of the loop on which a channel's handler runs. The time of an {@link EmbeddedChannel} is its test's,
     * which moves it in leaps, so its clock tells no stalls.
     *
     * @param loop of the handler, which may be another than the channel's.
     */
    static LoopClock of(final Channel channel, final EventExecutor loop)
    {
        if (channel instanceof EmbeddedChannel)
        {
            return new LoopClock(null);
        }
        synchronized (CLOCKS)
        {
            final WeakReference<LoopClock> known = CLOCKS.get(loop);
            LoopClock clock = null == known ? null : known.get();
            if (null == clock)
            {
                clock = new LoopClock(loop);
                CLOCKS.put(loop, new WeakReference<>(clock));
            }
            return clock;
        }
    }

    /**
     * Begin to use this clock. The first user starts it.
     */
    void start()
    {
        if (0 == users++ && null != tick)
        {
            tick.start(TICK_NS);
        }
    }

    /**
     * End to use this clock. The last user stops it.
     */
    void stop()
    {
        if (0 == --users && null != tick)
        {
            tick.stop();
        }
    }

    boolean isTicking()
    {
        return null != tick && tick.isStarted();
    }

    /**
     * Look whether the loop has just stalled: its tick may be due, and not have had its turn.
     *
     * @return the loop's time now, from an origin of its own; 0 always if this clock tells no stalls.
     */
    long sample()
    {
        if (null == tick)
        {
            return 0;
        }
        final long stalledBeforeNs = tick.stalledNs();
        final long nowNs = tick.sample();
        final long stallNs = tick.stalledNs() - stalledBeforeNs;
        if (stallNs > 0)
        {
            final long recoveryNs = Math.min(stallNs + STALL_NS, RECOVERY_MAX_NS);
            lastStallEndNs = nowNs;
            recoveredNs = Math.max(recoveredNs, nowNs + recoveryNs);
        }
        return nowNs;
    }

    /**
     * For how long the loop has stalled in all, as of the last sample or tick. Of each stall {@link #STALL_NS} do not
     * count, so a loop that stalls all the time has some attention left.
     */
    long stalledNs()
    {
        return null == tick ? 0 : tick.stalledNs();
    }

    /**
     * When the last stall ended, in the loop's time; meaningless while {@link #stalledNs()} is 0.
     */
    long lastStallEndNs()
    {
        return lastStallEndNs;
    }

    /**
     * Until when bytes that the peers sent during the last stalls may be on their way, in the loop's time. If the whole
     * host stood still, nothing was acknowledged. The peers' kernels send again after waits that double, so the next
     * one may come as long after the stall as the stall was.
     */
    long recoveredNs()
    {
        return recoveredNs;
    }

    /**
     * A channel on this loop has begun to read. If another handler swallowed the end of the read before, the channel of
     * that read is told now.
     */
    void onRead(final PeerSilence silence)
    {
        if (reading != silence)
        {
            endRead();
            reading = silence;
        }
    }

    void onReadComplete(final PeerSilence silence)
    {
        if (reading == silence)
        {
            reading = null;
        }
    }

    private void endRead()
    {
        final PeerSilence silence = reading;
        reading = null;
        if (null != silence)
        {
            silence.onReadCompleteMissing();
        }
    }

    private void onTick()
    {
        tick.onRun();
        endRead();
        sample();
        tick.schedule(TICK_NS);
    }
}
