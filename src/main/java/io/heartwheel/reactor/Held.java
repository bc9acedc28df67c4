package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that are held for peers, of all connections together: the beginnings of frames and TLS records that are not
 * whole, what waits behind a credential, what is unsent, and what other threads have sent and the reactor has not taken
 * over yet. Beyond the limit the connection goes that holds most.
 * <p>
 * <b>Note:</b> For the reactor thread, but for {@link #reserve} and {@link #release(int)}.
 */
final class Held
{
    private final PeerTable peers;
    private final ReactorMetrics metrics;
    private final long maxBytes;
    private final Evictor evictor;
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile long bytes;

    /**
     * Ends the connection that holds most.
     */
    interface Evictor
    {
        void evict(Peer peer, CloseReason reason, String detail);
    }

    Held(
        final PeerTable peers, final ReactorMetrics metrics, final long maxBytes, final Evictor evictor)
    {
        this.peers = peers;
        this.metrics = metrics;
        this.maxBytes = maxBytes;
        this.evictor = evictor;
    }

    /**
     * Something was done for a connection: look what is held for it now.
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
     * A connection is as good as closed. What it would still say to a peer that reads it may be said.
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
        bytes += now - peer.heldBytes;
        peer.heldBytes = now;
        metrics.set(Counter.HELD_BYTES, bytes + queuedBytes.get());
    }

    /**
     * Ends: each turn takes one connection out of those that hold anything.
     */
    private void limit()
    {
        Peer most = null;
        while (bytes + queuedBytes.get() > maxBytes && null != (most = most()))
        {
            final boolean isInbound = inboundBytes(most) >= outboundBytes(most);
            evictor.evict(most, isInbound ? CloseReason.FLOODING : CloseReason.WRITE_STALLED,
                most.heldBytes + (isInbound ? " bytes of what is not whole" : " bytes unsent") + ", the most of " +
                bytes + " held for all peers, at most " + maxBytes + " allowed");
        }
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
     * Another thread is about to send.
     *
     * @return false if that would be too much.
     */
    boolean reserve(final int byteCount)
    {
        if (queuedBytes.addAndGet(byteCount) + bytes > maxBytes)
        {
            release(byteCount);
            return false;
        }
        return true;
    }

    /**
     * What another thread has sent is the connection's now.
     */
    void release(final int byteCount)
    {
        queuedBytes.addAndGet(-byteCount);
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
        return null == peer.tls ? queued : queued + peer.tls.unsentBytes();
    }
}
