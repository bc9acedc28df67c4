package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessHandler;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.liveness.Verdict;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.wire.Outbound;

import java.io.IOException;
import java.util.Arrays;

/**
 * Connects the peers with the {@link LivenessTracker}: tells it what was heard and written, and carries out the probes
 * and verdicts that it asks for.
 */
final class Judge implements LivenessHandler
{
    /** Most events of one select on Linux (JDK: EPollSelectorImpl). The array grows if there are more. */
    private static final int HEARD_CAPACITY = 1_024;

    private final LivenessTracker tracker;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final SocketIo io;
    private final Departures departures;
    private final Allowance allowance;
    private final GuardedListener listener;
    private final ReactorMetrics metrics;
    /**
     * Slots that were heard since the last reading of the clock. Their bytes may have arrived later than that.
     */
    private int[] heardSlots = new int[HEARD_CAPACITY];
    private int heardCount;

    Judge(
        final LivenessTracker tracker,
        final AttendedClock clock,
        final PeerTable peers,
        final SocketIo io,
        final Departures departures,
        final Allowance allowance,
        final GuardedListener listener,
        final ReactorMetrics metrics)
    {
        this.tracker = tracker;
        this.clock = clock;
        this.peers = peers;
        this.io = io;
        this.departures = departures;
        this.allowance = allowance;
        this.listener = listener;
        this.metrics = metrics;
    }

    int poll(final long nowNs, final int limit)
    {
        return tracker.poll(nowNs, this, limit);
    }

    long nextDeadlineNs(final long noneNs)
    {
        return tracker.nextDeadlineNs(noneNs);
    }

    void onStall()
    {
        tracker.stalled(clock.nowNs());
    }

    void watch(final Peer peer, final Cadence cadence)
    {
        tracker.watch(peer.slot(), peer.dialect.watchable(cadence), clock.nowNs());
        noteHeard(peer.slot());
    }

    Cadence cadence(final Peer peer)
    {
        return tracker.cadence(peer.slot());
    }

    void cadence(final Peer peer, final Cadence cadence)
    {
        tracker.cadence(peer.slot(), peer.dialect.watchable(cadence), clock.nowNs());
        allowance.onCadence(peer, cadence);
    }

    /**
     * Ask a peer now, and for the last time. It is condemned if it is silent for one more interval.
     *
     * @return false if there is nothing to ask, see {@link LivenessTracker#askLast}.
     */
    boolean askLast(final Peer peer)
    {
        return tracker.askLast(peer.slot(), this, clock.nowNs());
    }

    long lastHeardNs(final Peer peer)
    {
        assert tracker.isWatched(peer.slot()) : peer + " is open, but not watched";
        return tracker.lastHeardNs(peer.slot());
    }

    void onHeard(final Peer peer)
    {
        final int slot = peer.slot();
        final long nowNs = clock.nowNs();
        final Cadence cadence = tracker.cadence(slot);
        if (!cadence.isOff())
        {
            metrics.record(
                Measure.MARGIN, (nowNs - tracker.lastHeardNs(slot)) * 1_000 / cadence.detectionNs());
        }
        tracker.heard(slot, nowNs);
        noteHeard(slot);
    }

    /**
     * The clock was read again. A peer that was heard since the reading before counts as heard now. A listener or a
     * stall may have held up the batch, and the peer's bytes may have arrived at its end.
     */
    void onSample(final long nowNs)
    {
        for (int i = 0; i < heardCount; i++)
        {
            tracker.heard(heardSlots[i], nowNs);
        }
        heardCount = 0;
    }

    private void noteHeard(final int slot)
    {
        if (heardCount == heardSlots.length)
        {
            heardSlots = Arrays.copyOf(heardSlots, heardCount << 1);
        }
        heardSlots[heardCount++] = slot;
    }

    void onPong(final Peer peer, final byte token)
    {
        final long roundTripNs = peer.pongReceived(token, clock.nowNs());
        if (roundTripNs >= 0)
        {
            if (peer.isProbed)
            {
                metrics.add(Counter.ANSWERS, 1);
            }
            metrics.record(Measure.ROUND_TRIP, roundTripNs);
        }
    }

    /**
     * An OPEN connection has handed the kernel what it had to send.
     *
     * @param sent       flags of the control frames that left.
     * @param progressed true if the kernel accepted any bytes.
     * @param isCut      true if the kernel did not accept them all.
     */
    void onFlushed(final Peer peer, final int sent, final boolean progressed, final boolean isCut)
    {
        final int slot = peer.slot();
        final boolean isPingSent = 0 != (sent & Outbound.PING_SENT);
        // A wait that begins with these bytes begins now, not with the batch.
        final long nowNs = isCut || isPingSent ? clock.sample() : clock.nowNs();
        if (isCut)
        {
            tracker.writeBlocked(slot, progressed, nowNs);
        }
        else
        {
            tracker.writeDrained(slot);
        }
        if (isPingSent)
        {
            allowance.creditAnswer(peer);
            tracker.probeWritten(slot, nowNs);
            peer.pingSent(nowNs);
            // Not a probe: it only tells the peer that this end lives.
            if (peer.isProbed)
            {
                metrics.add(Counter.PROBES, 1);
                listener.onProbe(peer);
            }
        }
    }

    @Override
    public void onProbeDue(final int slot, final long nowNs)
    {
        final Peer peer = peers.at(slot);
        assert null != peer && peer.isOpen() : "slot=" + slot + " is probed, but not open";
        peer.isProbeDue = true;
        peer.dialect.probe(peer);
        io.flushUnlessBlocked(peer);
    }

    @Override
    public void onUnsent(final int slot, final long nowNs)
    {
        io.flush(peers.at(slot));
    }

    @Override
    public void onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        final Peer peer = peers.at(slot);
        assert null != peer && peer.isOpen() : "slot=" + slot + " is judged, but not open";
        try
        {
            judge(peer, verdict, deadlineNs, nowNs);
        }
        catch (final Throwable ex)
        {
            departures.onFault(peer, ex);
        }
    }

    /**
     * The last look before a verdict. What has arrived by now counts: bytes, the peer's end (FIN), or a reset. Of a
     * peer whose reading is paused nothing is taken: that its bytes wait is enough.
     */
    private void judge(final Peer peer, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        final int slot = peer.slot();
        final long lastHeardNs = tracker.lastHeardNs(slot);
        if (!peer.isReadPaused)
        {
            io.read(peer);
        }
        else if (hasUnread(peer))
        {
            tracker.heard(slot, nowNs);
        }
        if (peer.isOpen() && (Verdict.SILENT != verdict || lastHeardNs == tracker.lastHeardNs(slot)))
        {
            metrics.record(Measure.LATENESS, nowNs - deadlineNs);
            departures.condemn(
                peer,
                Verdict.SILENT == verdict ? CloseReason.PEER_SILENT : CloseReason.WRITE_STALLED,
                describe(peer, verdict, nowNs - lastHeardNs));
        }
    }

    /**
     * FIONREAD. A peer's end does not count as a byte.
     */
    private static boolean hasUnread(final Peer peer)
    {
        try
        {
            return peer.channel().socket().getInputStream().available() > 0;
        }
        catch (final IOException ex)
        {
            // It is closed, or its input is shut down: nothing of it will be read.
            return false;
        }
    }

    private String describe(final Peer peer, final Verdict verdict, final long silenceNs)
    {
        final String silence = "silent for " + silenceNs / 1_000_000 + " ms";
        if (Verdict.WRITE_STALLED == verdict)
        {
            final int ciphertext = null == peer.tls ? 0 : peer.tls.unsentBytes();
            return peer.outbound.queuedBytes() + ciphertext + " bytes unsent without progress, " + silence;
        }
        final Cadence cadence = cadence(peer);
        if (0 == cadence.count())
        {
            return silence;
        }
        return silence + (silenceNs < cadence.detectionNs() ? ", asked since another of its address came" :
            ", " + cadence.count() + " probes unanswered");
    }
}
