package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.wheel.TimingWheel;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Ends connections, in the same steps whatever the reason:
 * <pre>
 *   JOINING, OPEN --leave----&gt; LEAVING     BYE is queued; what is unsent may still go, for the linger time at most
 *   JOINING, OPEN, LEAVING --condemn--&gt; CONDEMNED   nothing is read or written any more
 *   CONDEMNED --close---&gt; CLOSED   channel closed, slot free, listener told if it knew of it: once
 * </pre>
 */
final class Departures
{
    private static final long GLANCE_NS = TimeUnit.SECONDS.toNanos(1);

    private final long lingerNs;
    private final long kernelPatienceNs;
    private final int closeLimit;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final SocketIo io;
    private final Held held;
    private final LivenessTracker tracker;
    private final TimingWheel curfews;
    private final Journal journal;
    private final GuardedListener listener;
    private final Faults faults;
    private final Endpoint endpoint;
    private final ArrayDeque<Peer> condemned = new ArrayDeque<>();

    /**
     * @param tracker  that no longer watches a peer whose connection ends.
     * @param curfews  the deadlines of {@link Curfew} and of leaving.
     * @param endpoint that is told last.
     */
    Departures(
        final ReactorContext<?> ctx,
        final AttendedClock clock,
        final PeerTable peers,
        final SocketIo io,
        final Held held,
        final LivenessTracker tracker,
        final TimingWheel curfews,
        final Journal journal,
        final GuardedListener listener,
        final Faults faults,
        final Endpoint endpoint)
    {
        lingerNs = ctx.lingerNs();
        kernelPatienceNs = (ctx.tcpKeepAlive().isOff() ? Cadence.STANDARD : ctx.tcpKeepAlive()).idleNs();
        closeLimit = ctx.closeLimit();
        this.clock = clock;
        this.peers = peers;
        this.io = io;
        this.held = held;
        this.tracker = tracker;
        this.curfews = curfews;
        this.journal = journal;
        this.listener = listener;
        this.faults = faults;
        this.endpoint = endpoint;
    }

    /**
     * A fault while one connection was handled. The connection ends, or the fault would come back in every cycle.
     */
    void onFault(final Peer peer, final Throwable ex)
    {
        if (faults.onFault(ex))
        {
            condemn(peer, CloseReason.INTERNAL_ERROR, Faults.text(ex));
        }
    }

    /**
     * The kernel failed to read or write. An unknown error of a peer that was silent for long is the kernel's own
     * verdict: it may have asked the peer in vain.
     */
    void onFailure(final Peer peer, final IOException ex)
    {
        final boolean isSilentForKernel = clock.nowNs() - peer.lastHeardNs() >= kernelPatienceNs;
        condemn(peer, IoFailures.reasonOf(ex, isSilentForKernel), String.valueOf(ex.getMessage()));
    }

    /**
     * Let a peer leave with a BYE, if its connection is OPEN or JOINING.
     */
    void leave(final Peer peer, final CloseReason reason, final String detail)
    {
        try
        {
            sayGoodbye(peer, reason, detail);
        }
        catch (final Throwable ex)
        {
            onFault(peer, ex);
        }
    }

    private void sayGoodbye(final Peer peer, final CloseReason reason, final String detail)
    {
        if (peer.isMute)
        {
            condemn(peer, reason, detail);
        }
        else if (peer.isTalking())
        {
            end(peer, Peer.LEAVING, reason, detail);
            curfews.schedule(peer.slot(), clock.nowNs() + lingerNs);
            io.resume(peer, null);
            peer.dialect.goodbye(peer, reason);
            if (!peer.isWriteBlocked)
            {
                // Also with nothing to write: then the end of the connection (FIN) follows at once.
                io.flush(peer);
            }
            if (0 == lingerNs)
            {
                condemnLeaving(peer);
            }
        }
    }

    /**
     * The last bytes of a LEAVING connection are written. The connection ends when the peer has closed its end too.
     * Closing it before would reset it, and the peer could lose bytes that it has not read yet.
     */
    void onLastBytesWritten(final Peer peer)
    {
        if (peer.isUpgraded && null != peer.link())
        {
            // The server closes first (RFC 6455, section 7.1.1): a proxy between may drop what follows a FIN.
            return;
        }
        try
        {
            if (null != peer.tls)
            {
                peer.tls.closeOutbound();
            }
            peer.channel().shutdownOutput();
        }
        catch (final IOException ex)
        {
            condemnLeaving(peer);
        }
    }

    /**
     * End a connection now. A connection that is LEAVING keeps the reason for which it leaves.
     */
    void condemn(final Peer peer, final CloseReason reason, final String detail)
    {
        if (peer.isTalking())
        {
            end(peer, Peer.CONDEMNED, reason, detail);
            held.release(peer);
            condemned.add(peer);
        }
        else
        {
            condemnLeaving(peer);
        }
    }

    private void end(
        final Peer peer, final byte state, final CloseReason reason, final String detail)
    {
        assert peer.isTalking() : peer + " ends twice";
        assert peer.isOpen() == tracker.isWatched(peer.slot()) : peer + " in state " + peer.state;
        curfews.cancel(peer.slot());
        final long lastHeardNs = peer.lastHeardNs();
        tracker.unwatch(peer.slot());
        peer.ending(
            state, isGlance(peer, reason) ? CloseReason.NEVER_SPOKE : reason, detail, lastHeardNs);
    }

    /**
     * Did the peer of a server go without a word, soon after it came?
     */
    private static boolean isGlance(final Peer peer, final CloseReason reason)
    {
        return (CloseReason.PEER_CLOSED == reason || CloseReason.PEER_RESET == reason) &&
            null == peer.link() && !peer.hasSpoken && peer.ageNs() < GLANCE_NS;
    }

    /**
     * End a LEAVING connection: it is done, or has had its time.
     */
    void condemnLeaving(final Peer peer)
    {
        if (Peer.LEAVING == peer.state)
        {
            peer.state = Peer.CONDEMNED;
            curfews.cancel(peer.slot());
            held.release(peer);
            condemned.add(peer);
        }
    }

    boolean hasCondemned()
    {
        return !condemned.isEmpty();
    }

    /**
     * Close the connections that are condemned.
     */
    int doWork()
    {
        int closed = 0;
        for (; closed < closeLimit && !condemned.isEmpty(); closed++)
        {
            close(condemned.poll());
        }
        if (!condemned.isEmpty())
        {
            journal.onCutOff("closes", closed);
        }
        return closed;
    }

    private void close(final Peer peer)
    {
        final CloseReason reason = peer.closeReason();
        if (isReset(reason))
        {
            reset(peer, reason);
        }
        faults.close(peer.channel());
        held.release(peer);
        peer.outbound.discard();
        peers.remove(peer);
        peer.state = Peer.CLOSED;
        try
        {
            if (peer.isAnnounced)
            {
                journal.onClosed(peer, reason);
            }
            else
            {
                journal.onTurnedAway(peer.remoteAddress(), reason, peer.closeDetail());
            }
        }
        finally
        {
            if (peer.isAnnounced)
            {
                listener.onGone(peer);
                listener.onClosed(peer, reason);
            }
        }
        endpoint.onClosed(peer);
    }

    /**
     * The agent ends: close every connection at once, whatever is thrown meanwhile.
     */
    void abandonAll()
    {
        for (int slot = 0; slot < peers.slots(); slot++)
        {
            final Peer peer = peers.at(slot);
            if (null != peer)
            {
                abandon(peer);
            }
        }
    }

    private void abandon(final Peer peer)
    {
        try
        {
            if (peer.isTalking())
            {
                peer.ending(Peer.CONDEMNED, CloseReason.SHUTDOWN, "", peer.lastHeardNs());
            }
            close(peer);
        }
        catch (final Throwable ex)
        {
            faults.onError(ex);
        }
    }

    /**
     * Does this reason end a connection by a reset? The peer cannot read a goodbye then, or is not waited for. A reset
     * makes the kernel drop what it still keeps to send.
     */
    private static boolean isReset(final CloseReason reason)
    {
        return CloseReason.PEER_SILENT == reason || CloseReason.WRITE_STALLED == reason ||
            CloseReason.FLOODING == reason;
    }

    /**
     * Write a BYE if there is room: a peer that hung and comes back reads why. Then have the close reset the
     * connection: the kernel does not go on sending to a peer that is gone.
     */
    private void reset(final Peer peer, final CloseReason reason)
    {
        try
        {
            if (!peer.isWriteBlocked && !peer.isMute)
            {
                peer.dialect.goodbye(peer, reason);
                io.flush(peer);
            }
            peer.channel().setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        catch (final Throwable ex)
        {
            faults.onFault(ex);
        }
    }
}
