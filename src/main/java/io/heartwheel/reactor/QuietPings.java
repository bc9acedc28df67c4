package io.heartwheel.reactor;

import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;

/**
 * Sends PINGs over connections by WebSocket that may be quiet in one direction, as a proxy between may cut them. A peer
 * that speaks is never probed, and one that only listens is never heard. Each PING, whatever it was sent for, makes a
 * byte in both directions: so a connection is looked at twice in the longest quiet time, and asked if no PING was sent
 * since the last look.
 */
final class QuietPings
{
    /** A power of two, and beside the shortest setting nothing. */
    private static final long TICK_NS = 1 << 20;
    private static final int SPOKES = 1 << 14;

    private final long lookNs;
    private final int expiryLimit;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final SocketIo io;
    private final TimingWheel wheel;
    private final ExpiryHandler handler = this::onLook;

    /**
     * @param maxQuietNs longest time without a byte in either direction; 0 is any.
     */
    QuietPings(
        final long maxQuietNs,
        final int expiryLimit,
        final AttendedClock clock,
        final PeerTable peers,
        final SocketIo io)
    {
        lookNs = maxQuietNs / 2;
        this.expiryLimit = expiryLimit;
        this.clock = clock;
        this.peers = peers;
        this.io = io;
        wheel = 0 == maxQuietNs ? null : new TimingWheel(clock.nowNs(), TICK_NS, SPOKES, 0);
    }

    void onOpen(final Peer peer)
    {
        if (null != wheel && peer.isUpgraded)
        {
            peer.pingTokenSeen = peer.pingToken();
            wheel.schedule(peer.slot(), clock.nowNs() + lookNs);
        }
    }

    void onClosed(final Peer peer)
    {
        if (null != wheel && peer.isUpgraded)
        {
            wheel.cancel(peer.slot());
        }
    }

    int doWork()
    {
        return null == wheel ? 0 : wheel.poll(clock.nowNs(), handler, expiryLimit);
    }

    long nextDeadlineNs(final long noneNs)
    {
        return null == wheel ? noneNs : wheel.nextDeadlineNs(noneNs);
    }

    private void onLook(final int slot, final long nowNs)
    {
        final Peer peer = peers.at(slot);
        if (null != peer && peer.isOpen())
        {
            final byte token = peer.pingToken();
            if (peer.pingTokenSeen == token)
            {
                peer.dialect.probe(peer);
                io.flushUnlessBlocked(peer);
            }
            peer.pingTokenSeen = token;
            wheel.schedule(slot, nowNs + lookNs);
        }
    }
}
