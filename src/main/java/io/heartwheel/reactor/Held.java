package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;

/**
 * Counts the bytes that are held for all peers together: half frames and half TLS records, what waits behind a
 * credential, what is unsent, and what other threads have sent and the reactor has not taken over yet. Above the limit,
 * the peer for which most is held is sent away. Of several reactors, the one that holds most sends away its own: a
 * flood of peers of one must not cost those of another their connections.
 * <p>
 * <b>Note:</b> For the reactor thread, but for {@link #reserve} and {@link #release(int)}.
 */
final class Held
{
    private final PeerTable peers;
    private final ReactorMetrics metrics;
    private final Totals totals;
    private final Share share;
    private final Evictor evictor;

    /**
     * Ends the connection for which most is held.
     */
    interface Evictor
    {
        void evict(Peer peer, CloseReason reason, String detail);
    }

    Held(
        final PeerTable peers, final ReactorMetrics metrics, final Totals totals, final Share share,
        final Evictor evictor)
    {
        this.peers = peers;
        this.metrics = metrics;
        this.totals = totals;
        this.share = share;
        this.evictor = evictor;
    }

    /**
     * A connection was handled: count again what is held for it.
     */
    void update(final Peer peer)
    {
        if (peer.state <= Peer.LEAVING)
        {
            final int now = inboundBytes(peer) + outboundBytes(peer);
            if (now != peer.heldBytes)
            {
                set(peer, now);
                limit();
            }
        }
    }

    /**
     * A connection is about to be closed: drop what is held for it. What is unsent is kept if the peer still takes
     * bytes.
     */
    void release(final Peer peer)
    {
        set(peer, 0);
        if (peer.isWriteBlocked)
        {
            peer.outbound.discard();
        }
        if (null != peer.tls)
        {
            peer.tls.discard();
        }
    }

    private void set(final Peer peer, final int now)
    {
        totals.hold(share, now - peer.heldBytes);
        peer.heldBytes = now;
        assert now >= 0 && share.heldBytes() >= 0 : peer + " holds " + now + " of " + share.heldBytes() + " bytes";
        metrics.set(Counter.HELD_BYTES, share.heldBytes());
    }

    /**
     * Send peers away until the limit is kept. This ends: each turn takes one of those for which anything is held.
     */
    void limit()
    {
        share.onLook();
        Peer most = null;
        while (totals.isToHoldLess(share) && null != (most = most()))
        {
            final boolean isInbound = inboundBytes(most) >= outboundBytes(most);
            evictor.evict(most, isInbound ? CloseReason.FLOODING : CloseReason.WRITE_STALLED,
                most.heldBytes + (isInbound ? " bytes of what is not whole" : " bytes unsent") + ", the most of " +
                totals.heldBytes() + " held for all peers, at most " + totals.maxHeldBytes() + " allowed");
        }
        totals.askOthersToHoldLess(share);
    }

    private Peer most()
    {
        Peer most = null;
        for (int slot = 0; slot < peers.slots(); slot++)
        {
            final Peer peer = peers.at(slot);
            if (null != peer && peer.heldBytes > (null == most ? 0 : most.heldBytes))
            {
                most = peer;
            }
        }
        return most;
    }

    /**
     * Reserve room for bytes that another thread is about to send.
     *
     * @return false if there is no room.
     */
    boolean reserve(final int byteCount)
    {
        totals.queue(share, byteCount);
        if (totals.isTooMuchHeld())
        {
            release(byteCount);
            return false;
        }
        return true;
    }

    /**
     * Release room: the reactor has taken the bytes over, or they were not sent.
     */
    void release(final int byteCount)
    {
        totals.queue(share, -byteCount);
    }

    private static int inboundBytes(final Peer peer)
    {
        int held = 0;
        if (null != peer.halfFrame)
        {
            held += peer.halfFrame.capacity();
        }
        if (null != peer.entry)
        {
            held += peer.entry.heldBytes();
        }
        if (null != peer.tls)
        {
            held += peer.tls.halfBytes();
        }
        return held;
    }

    private static int outboundBytes(final Peer peer)
    {
        final int queued = peer.outbound.capacity();
        return null == peer.tls ? queued : queued + peer.tls.unsentCapacity();
    }
}
