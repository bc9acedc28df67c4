package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Frame;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * How connections end, whatever the path:
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
     * @param tracker  of silence: who ends is not watched any more.
     * @param curfews  the deadlines of what has to be done in time, leaving among it.
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
     * A fault while one connection was handled ends with it, or it would come back in every cycle. If not even that can
     * be done, the agent ends.
     */
    void onFault(final Peer peer, final Throwable ex)
    {
        if (faults.onFault(ex))
        {
            condemn(peer, CloseReason.INTERNAL_ERROR, Faults.text(ex));
        }
    }

    /**
     * The kernel failed to read or write. What it says means more if it may have asked the peer before.
     */
    void onFailure(final Peer peer, final IOException ex)
    {
        final boolean isSilentForKernel = clock.nowNs() - peer.lastHeardNs() >= kernelPatienceNs;
        condemn(peer, IoFailures.reasonOf(ex, isSilentForKernel), String.valueOf(ex.getMessage()));
    }

    /**
     * Let a connection leave with a BYE, if it is OPEN or JOINING.
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
            io.enqueue(peer, Frame.BYE, Frame.byePayload(reason.code(), peer.closeDetail()));
            io.flushUnlessBlocked(peer);
            if (0 == lingerNs)
            {
                condemnLeaving(peer);
            }
        }
    }

    /**
     * The last bytes of a LEAVING connection are written. It ends when the peer has closed its end too: closing before
     * it has read them would reset the connection, and could take them from it.
     */
    void onLastBytesWritten(final Peer peer)
    {
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
     * End a connection now. One that is LEAVING keeps the reason for which it leaves.
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
        curfews.cancel(peer.slot());
        final long lastHeardNs = peer.lastHeardNs();
        tracker.unwatch(peer.slot());
        peer.ending(
            state, isGlance(peer, reason) ? CloseReason.NEVER_SPOKE : reason, detail, lastHeardNs);
    }

    /**
     * Does the peer of a server go without having said anything, soon after it came?
     */
    private static boolean isGlance(final Peer peer, final CloseReason reason)
    {
        return (CloseReason.PEER_CLOSED == reason || CloseReason.PEER_RESET == reason) &&
            null == peer.link() && !peer.hasSpoken && peer.ageNs() < GLANCE_NS;
    }

    /**
     * One that is LEAVING has no more time.
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
                listener.onClosed(peer, reason);
            }
        }
        endpoint.onClosed(peer);
    }

    /**
     * The agent ends: everyone is closed at once, whatever is thrown meanwhile.
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
     * Is the peer not there to read a goodbye, or not to be waited for? Such a connection is reset, which frees what
     * the kernel still keeps to send to it.
     */
    private static boolean isReset(final CloseReason reason)
    {
        return CloseReason.PEER_SILENT == reason || CloseReason.WRITE_STALLED == reason ||
            CloseReason.FLOODING == reason;
    }

    /**
     * Whoever hung and comes back should read why; for whoever is gone the kernel should not go on sending.
     */
    private void reset(final Peer peer, final CloseReason reason)
    {
        try
        {
            if (!peer.isWriteBlocked && !peer.isMute)
            {
                io.enqueue(peer, Frame.BYE, Frame.byePayload(reason.code(), peer.closeDetail()));
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
