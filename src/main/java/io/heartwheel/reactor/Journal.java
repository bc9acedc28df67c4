package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Refusal;
import io.heartwheel.config.Configuration;
import io.heartwheel.host.Log;
import io.heartwheel.host.LogLimit;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.FlightEvents;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.metrics.Split;
import io.heartwheel.wire.PlainText;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Records events for those who may ask later: in the metrics, the flight recorder and the log.
 * <p>
 * <b>Note:</b> For the reactor thread only, but for {@link #refusals()}.
 */
final class Journal
{
    static final int REFUSALS_KEPT = 100;
    static final int REFUSAL_LINES_PER_SECOND = 10;

    /** Index of a reactor that has no siblings, so that the log need not tell which it is. */
    static final int ALONE = -1;

    private final ReactorMetrics metrics;
    private final int reactor;
    /**
     * Asked for last, so that a muted reactor does all that another does: the JVM compiles what it has seen to be done.
     */
    private boolean isMute;
    private final ArrayDeque<Refusal> refusals = new ArrayDeque<>();
    private final LogLimit refusalLimit =
        new LogLimit(REFUSAL_LINES_PER_SECOND, SystemNanoClock.INSTANCE.nanoTime());

    /**
     * @param reactor index of the reactor, or {@link #ALONE}.
     */
    Journal(final ReactorMetrics metrics, final int reactor)
    {
        this.metrics = metrics;
        this.reactor = reactor;
        // The host's logging loads itself when it is first used. That takes long, so it is done before a peer can be
        // judged late.
        Log.isLoggable(Level.TRACE);
    }

    /**
     * Count and measure from now on, but leave the flight recorder and the log alone.
     */
    void mute()
    {
        isMute = true;
    }

    void onOpen(final Peer peer)
    {
        metrics.add(Counter.OPENED, 1);
        metrics.add(Split.OPENED, peer.protocol());
        if (FlightEvents.isRecording() && !isMute)
        {
            FlightEvents.opened(peer.id(), peer.reactor(), Configuration.addressText(peer.remoteAddress()));
        }
        if (Log.isLoggable(Level.TRACE) && !isMute)
        {
            Log.line(Level.TRACE, "opened {0}", peer);
        }
    }

    void onClosed(final Peer peer, final CloseReason reason)
    {
        metrics.add(Counter.CLOSED, 1);
        metrics.add(Split.CLOSED, peer.protocol());
        if (reason.isLoss())
        {
            metrics.add(Split.LOST, peer.protocol());
        }
        metrics.closed(reason.ordinal());
        if (FlightEvents.isRecording() && !isMute)
        {
            FlightEvents.lost(peer.id(), peer.reactor(), Configuration.addressText(peer.remoteAddress()),
                reason.name(), peer.closeDetail(), peer.silenceNs(), peer.roundTripNs());
        }
        // A fault of this end is logged at the default level.
        final boolean isOurs = CloseReason.LISTENER_FAILED == reason || CloseReason.INTERNAL_ERROR == reason;
        final Level level = isOurs ? Level.WARNING : Level.DEBUG;
        if (Log.isLoggable(level) && !isMute)
        {
            Log.line(level, "{0} {1}: {2} {3}", reason.isLoss() ? "lost" : "closed", peer, reason,
                peer.closeDetail());
        }
    }

    /**
     * A peer was not let in, or went before it was. Strangers can cause this as often as they like, so few lines are
     * logged: others need room in the log.
     */
    void onTurnedAway(final InetSocketAddress remoteAddress, final CloseReason reason, final String detail)
    {
        metrics.turnedAway(reason.ordinal());
        final Refusal refusal = new Refusal(SystemEpochClock.INSTANCE.time(),
            Configuration.addressText(remoteAddress), reason, PlainText.of(detail));
        keep(refusal);
        final Level level = reason.isLoss() ? Level.INFO : Level.DEBUG;
        if (Log.isLoggable(level) && !isMute)
        {
            final int leftOut = refusalLimit.admit(SystemNanoClock.INSTANCE.nanoTime());
            if (LogLimit.LEAVE_OUT != leftOut)
            {
                Log.line(level, "not let in {0}: {1} {2}" + (leftOut > 0 ? " ({3} more before it)" : ""),
                    refusal.address(), reason, refusal.detail(), leftOut);
            }
        }
    }

    /**
     * A request to open a WebSocket is refused.
     */
    void onOpeningRefused(final int status)
    {
        metrics.add(Split.OPENINGS_REFUSED, Integer.toString(status));
    }

    private void keep(final Refusal refusal)
    {
        synchronized (refusals)
        {
            if (REFUSALS_KEPT == refusals.size())
            {
                refusals.pollLast();
            }
            refusals.addFirst(refusal);
        }
    }

    /**
     * The last peers that were not let in, newest first. From any thread.
     */
    List<Refusal> refusals()
    {
        synchronized (refusals)
        {
            return List.copyOf(refusals);
        }
    }

    void onStall(final long stallNs)
    {
        metrics.stall(stallNs);
        if (!isMute)
        {
            FlightEvents.stall(stallNs, Math.max(0, reactor));
            Log.line(Level.WARNING, "{1}was not at work for {0} ms: every peer gets one more full wait",
                stallNs / 1_000_000, ALONE == reactor ? "" : "reactor " + reactor + " ");
        }
    }

    /**
     * A step of the duty cycle has done as much as it may. More may be waiting.
     */
    void onCutOff(final String step, final int limit)
    {
        metrics.add(Counter.CUT_OFFS, 1);
        if (!isMute)
        {
            FlightEvents.cutOff(step, limit, Math.max(0, reactor));
        }
    }
}
