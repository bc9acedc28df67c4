package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.config.Durations;
import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.HalfFrame;

/**
 * Judges what a peer has to finish in time, however alive it is: its handshake, each frame that it has begun, and its
 * leaving. A connection has one such deadline at most, and as a rule none.
 */
final class Curfew
{
    private final long frameTimeoutNs;
    private final TimingWheel wheel;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final SocketIo io;
    private final Departures departures;
    private final Gate gate;
    private final ExpiryHandler expiryHandler = this::onTimeUp;

    /**
     * @param wheel of the deadlines; {@link Departures} cancels those that are no longer needed.
     */
    Curfew(
        final long frameTimeoutNs,
        final TimingWheel wheel,
        final AttendedClock clock,
        final PeerTable peers,
        final SocketIo io,
        final Departures departures,
        final Gate gate)
    {
        this.frameTimeoutNs = frameTimeoutNs;
        this.wheel = wheel;
        this.clock = clock;
        this.peers = peers;
        this.io = io;
        this.departures = departures;
        this.gate = gate;
    }

    /**
     * The deadline of the handshake begins.
     */
    void onArrival(final Peer peer, final long handshakeTimeoutNs)
    {
        peer.entry.deadlineNs = clock.nowNs() + handshakeTimeoutNs;
        wheel.schedule(peer.slot(), peer.entry.deadlineNs);
    }

    /**
     * A connection that is JOINING has a time to show which protocol it speaks. Then the gate is told that it is mute.
     */
    void onSniffing(final Peer peer, final long sniffNs)
    {
        peer.entry.isSniffing = true;
        peer.entry.muteNs = clock.nowNs() + sniffNs;
        lookAt(peer, peer.entry.deadlineNs);
    }

    private void lookAt(final Peer peer, final long atNs)
    {
        final boolean isMuteFirst = peer.entry.isSniffing && peer.entry.muteNs - atNs < 0;
        wheel.schedule(peer.slot(), isMuteFirst ? peer.entry.muteNs : atNs);
    }

    /**
     * Another half frame is held than before, or none.
     */
    void onHalfFrame(final Peer peer)
    {
        if (null == peer.halfFrame)
        {
            wheel.cancel(peer.slot());
        }
        else
        {
            wheel.schedule(peer.slot(), clock.nowNs() + frameTimeoutNs);
        }
    }

    /**
     * Half a TLS record has the time of half a frame. If there is half a frame too, that began no later, so its
     * deadline counts.
     *
     * @param hasBegun true if a record that is not whole has begun since this was called last.
     */
    void onRecords(final Peer peer, final boolean hasBegun)
    {
        if (null == peer.halfFrame && peer.isOpen())
        {
            if (hasBegun)
            {
                wheel.schedule(peer.slot(), clock.nowNs() + frameTimeoutNs);
            }
            else if (!peer.tls.hasHalfRecord())
            {
                wheel.cancel(peer.slot());
            }
        }
    }

    void lift(final Peer peer)
    {
        wheel.cancel(peer.slot());
    }

    int poll(final long nowNs, final int limit)
    {
        return wheel.poll(nowNs, expiryHandler, limit);
    }

    long nextDeadlineNs(final long noneNs)
    {
        return wheel.nextDeadlineNs(noneNs);
    }

    private void onTimeUp(final int slot, final long nowNs)
    {
        final Peer peer = peers.at(slot);
        assert null != peer && peer.state <= Peer.LEAVING : "slot=" + slot + " is late, but ended";
        try
        {
            onTimeUp(peer, nowNs);
        }
        catch (final Throwable ex)
        {
            departures.onFault(peer, ex);
        }
    }

    /**
     * The last look, as before any verdict: what is missing may have arrived by now.
     */
    private void onTimeUp(final Peer peer, final long nowNs)
    {
        if (Peer.LEAVING == peer.state)
        {
            departures.condemnLeaving(peer);
            return;
        }
        final HalfFrame half = peer.halfFrame;
        final TlsChannel tls = peer.tls;
        final int records = null == tls ? 0 : tls.recordCount();
        io.read(peer);
        if (Peer.JOINING == peer.state && peer.entry.isSniffing && peer.entry.muteNs - nowNs <= 0)
        {
            peer.entry.isSniffing = false;
            gate.onMute(peer);
        }
        if (Peer.JOINING == peer.state)
        {
            judge(peer, peer.entry, nowNs);
        }
        else if (peer.isOpen() && null != half && half == peer.halfFrame)
        {
            judge(peer, "frame", nowNs);
        }
        else if (peer.isOpen() && null == half && null != tls && tls.hasHalfRecord() &&
            records == tls.recordCount())
        {
            judge(peer, "TLS record", nowNs);
        }
    }

    private void judge(final Peer peer, final Entry entry, final long nowNs)
    {
        final long leftNs = entry.leftNs(nowNs);
        if (leftNs > 0)
        {
            lookAt(peer, nowNs + leftNs);
        }
        else
        {
            departures.leave(peer, CloseReason.HANDSHAKE_TIMEOUT, entry.missing());
        }
    }

    /**
     * Send the peer away, unless it has been silent for its idle time: then it is judged for its silence, not for what
     * was cut off by it. A peer that sends a few bytes now and then is found speaking, as it is looked at twice in an
     * idle time.
     */
    private void judge(final Peer peer, final String what, final long nowNs)
    {
        final long idleNs = peer.cadence().idleNs();
        if (idleNs > 0 && nowNs - peer.lastHeardNs() >= idleNs)
        {
            wheel.schedule(peer.slot(), nowNs + idleNs / 2);
        }
        else
        {
            departures.leave(peer, CloseReason.PROTOCOL_ERROR,
                what + " not complete after " + Durations.exact(frameTimeoutNs));
        }
    }
}
