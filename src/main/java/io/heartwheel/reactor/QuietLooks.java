package io.heartwheel.reactor;

import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;

/**
 * Bounds the time for which connections by WebSocket are quiet, without any work for what is said: a connection is
 * looked at twice in the longest quiet time, and this end says something if it has said nothing since the last look.
 */
abstract class QuietLooks
{
    /** A power of two, and beside the shortest setting nothing. */
    private static final long TICK_NS = 1 << 20;
    private static final int SPOKES = 1 << 14;

    private final long lookNs;
    private final int expiryLimit;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final TimingWheel wheel;
    private final ExpiryHandler handler = this::onDeadline;

    /**
     * @param maxQuietNs longest quiet time; 0 is any.
     */
    QuietLooks(final long maxQuietNs, final int expiryLimit, final AttendedClock clock, final PeerTable peers)
    {
        lookNs = maxQuietNs / 2;
        this.expiryLimit = expiryLimit;
        this.clock = clock;
        this.peers = peers;
        wheel = 0 == maxQuietNs ? null : new TimingWheel(clock.nowNs(), TICK_NS, SPOKES, 0);
    }

    /**
     * Say something if nothing was said since the last look.
     */
    abstract void onLook(Peer peer);

    final boolean isOn()
    {
        return null != wheel;
    }

    final void begin(final Peer peer)
    {
        wheel.schedule(peer.slot(), clock.nowNs() + lookNs);
    }

    final void onClosed(final Peer peer)
    {
        if (null != wheel)
        {
            wheel.cancel(peer.slot());
        }
    }

    final int doWork()
    {
        return null == wheel ? 0 : wheel.poll(clock.nowNs(), handler, expiryLimit);
    }

    final long nextDeadlineNs(final long noneNs)
    {
        return null == wheel ? noneNs : wheel.nextDeadlineNs(noneNs);
    }

    private void onDeadline(final int slot, final long nowNs)
    {
        final Peer peer = peers.at(slot);
        if (null != peer && peer.isTalking())
        {
            onLook(peer);
            wheel.schedule(slot, nowNs + lookNs);
        }
    }
}
