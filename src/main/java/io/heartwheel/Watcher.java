package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.liveness.LivenessHandler;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.liveness.Verdict;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Measure;
import io.heartwheel.wheel.TimingWheel;
import io.heartwheel.wire.Outbound;

import java.util.Arrays;

/**
 * Between the connections and the judgement of their silence: tells the tracker what was heard and written, and carries
 * out what it asks for.
 */
final class Watcher implements LivenessHandler
{
    /**
     * With the default tick of 1 ms one turn is 17 s, about the longest wait of the STANDARD cadence.
     */
    private static final int SPOKES = 1 << 14;

    final LivenessTracker tracker;
    private final TimingWheel wheel;
    private final Reactor reactor;
    private final long kernelPatienceNs;
    /**
     * Slots heard since the clock was read last: what arrived then arrived later than that.
     */
    private int[] heardSlots = new int[Reactor.FULL_BATCH];
    private int heardCount;

    Watcher(final Reactor reactor, final ReactorContext<?> ctx, final long nowNs)
    {
        this.reactor = reactor;
        final long probeSlackNs = 0 == ctx.maxParkNs() ? 0 : ctx.probeSlackNs();
        wheel = new TimingWheel(nowNs, ctx.tickNs(), SPOKES, 0);
        tracker = new LivenessTracker(wheel, nowNs, probeSlackNs, this);
        kernelPatienceNs = (ctx.tcpKeepAlive().isOff() ? Cadence.STANDARD : ctx.tcpKeepAlive()).idleNs();
    }

    int poll(final long nowNs, final int limit)
    {
        return tracker.poll(nowNs, limit);
    }

    long nextDeadlineNs(final long noneNs)
    {
        return tracker.nextDeadlineNs(noneNs);
    }

    int deadlineCount()
    {
        return wheel.scheduledCount();
    }

    void onStall(final long stallNs)
    {
        tracker.stalled(reactor.nowNs());
        reactor.inbound.onStall(stallNs);
        reactor.journal.onStall(stallNs);
        reactor.endpoint.onStall();
    }

    void watch(final Connection connection, final Cadence cadence)
    {
        tracker.watch(connection.slot(), cadence, reactor.nowNs());
        noteHeard(connection.slot());
    }

    void unwatch(final Connection connection)
    {
        tracker.unwatch(connection.slot());
    }

    Cadence cadence(final Connection connection)
    {
        return tracker.cadence(connection.slot());
    }

    void cadence(final Connection connection, final Cadence cadence)
    {
        tracker.cadence(connection.slot(), cadence, reactor.nowNs());
        reactor.inbound.onCadence(connection, cadence);
    }

    long lastHeardNs(final Connection connection)
    {
        return tracker.lastHeardNs(connection.slot());
    }

    /**
     * Has a peer been silent for as long as the kernel may wait before it asks?
     */
    boolean isSilentForKernel(final Connection connection)
    {
        return reactor.nowNs() - connection.lastHeardNs() >= kernelPatienceNs;
    }

    void onHeard(final Connection connection)
    {
        final int slot = connection.slot();
        final long nowNs = reactor.nowNs();
        final Cadence cadence = tracker.cadence(slot);
        if (!cadence.isOff())
        {
            reactor.metrics.record(
                Measure.MARGIN, (nowNs - tracker.lastHeardNs(slot)) * 1_000 / cadence.detectionNs());
        }
        tracker.heard(slot, nowNs);
        noteHeard(slot);
    }

    /**
     * The clock was read again. Whoever was heard since the time before counts as heard now: if a listener or a stall
     * has held up the batch, its bytes may have arrived at its end.
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

    void onPong(final Connection connection, final byte token)
    {
        final long roundTripNs = connection.pongReceived(token, reactor.nowNs());
        if (roundTripNs >= 0)
        {
            if (connection.isProbed)
            {
                reactor.metrics.add(Counter.ANSWERS, 1);
            }
            reactor.metrics.record(Measure.ROUND_TRIP, roundTripNs);
        }
    }

    /**
     * The kernel was given what an OPEN connection had to send.
     *
     * @param sent       flags of the control frames that left.
     * @param progressed true if the kernel took any bytes.
     * @param isCut      true if it left some.
     */
    void onFlushed(final Connection connection, final int sent, final boolean progressed, final boolean isCut)
    {
        final int slot = connection.slot();
        final boolean isPingSent = 0 != (sent & Outbound.PING_SENT);
        // A wait that begins with these bytes begins now, not when this batch did.
        final long nowNs = isCut || isPingSent ? reactor.sample() : reactor.nowNs();
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
            reactor.inbound.creditAnswer(connection);
            tracker.probeWritten(slot, nowNs);
            connection.pingSent(nowNs);
            // One that only tells the other end that this one lives asks nobody who is silent.
            if (connection.isProbed)
            {
                reactor.metrics.add(Counter.PROBES, 1);
                reactor.listener.onProbe(connection);
            }
        }
    }

    @Override
    public void onProbeDue(final int slot, final long nowNs)
    {
        final Connection connection = reactor.connections.at(slot);
        connection.isProbeDue = true;
        connection.outbound.ping(connection.nextPingToken());
        reactor.io.flushUnlessBlocked(connection);
    }

    @Override
    public void onUnsent(final int slot, final long nowNs)
    {
        reactor.io.flush(reactor.connections.at(slot));
    }

    @Override
    public boolean onTimeUp(final int slot, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        final Connection connection = reactor.connections.at(slot);
        try
        {
            return onTimeUp(connection, verdict, deadlineNs, nowNs);
        }
        catch (final Throwable ex)
        {
            reactor.onFault(connection, ex);
            return false;
        }
    }

    /**
     * Last look: what has arrived by now counts, be it bytes, the peer's end, or a reset.
     */
    private boolean onTimeUp(
        final Connection connection, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        final int slot = connection.slot();
        final long lastHeardNs = tracker.lastHeardNs(slot);
        reactor.io.read(connection);
        if (!connection.isOpen() || Verdict.SILENT == verdict && lastHeardNs != tracker.lastHeardNs(slot))
        {
            return false;
        }

        reactor.metrics.record(Measure.LATENESS, nowNs - deadlineNs);
        reactor.departures.condemn(
            connection,
            Verdict.SILENT == verdict ? CloseReason.PEER_SILENT : CloseReason.WRITE_STALLED,
            describe(connection, verdict, nowNs - lastHeardNs));
        return true;
    }

    private String describe(final Connection connection, final Verdict verdict, final long silenceNs)
    {
        final String silence = "silent for " + silenceNs / 1_000_000 + " ms";
        if (Verdict.WRITE_STALLED == verdict)
        {
            return connection.outbound.queuedBytes() + " bytes unsent without progress, " + silence;
        }
        final Cadence cadence = cadence(connection);
        if (0 == cadence.count())
        {
            return silence;
        }
        return silence + (silenceNs < cadence.detectionNs() ? ", asked since another of its address came" :
            ", " + cadence.count() + " probes unanswered");
    }
}
