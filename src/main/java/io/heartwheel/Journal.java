package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.FlightEvents;
import io.heartwheel.metrics.ReactorMetrics;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;

/**
 * What happens that someone may want to know of later, told to all who keep it: the metrics, the flight recorder, the
 * log.
 * <p>
 * <b>Note:</b> For the reactor thread only.
 */
final class Journal
{
    private final ReactorMetrics metrics;

    Journal(final ReactorMetrics metrics)
    {
        this.metrics = metrics;
        // The host's logging loads itself when it is asked the first time: before there is anything to be late for.
        Log.isLoggable(Level.TRACE);
    }

    void onOpen(final Connection connection)
    {
        metrics.add(Counter.OPENED, 1);
        if (FlightEvents.isRecording())
        {
            FlightEvents.opened(connection.id(), Configuration.addressText(connection.remoteAddress()));
        }
        if (Log.isLoggable(Level.TRACE))
        {
            Log.line(Level.TRACE, "opened {0}", connection);
        }
    }

    void onClosed(final Connection connection, final CloseReason reason)
    {
        metrics.add(Counter.CLOSED, 1);
        metrics.closed(reason.ordinal());
        if (FlightEvents.isRecording())
        {
            FlightEvents.lost(connection.id(), Configuration.addressText(connection.remoteAddress()), reason.name(),
                connection.closeDetail(), connection.silenceNs(), connection.roundTripNs());
        }
        // A fault of this end is worth a line where nobody asked for more.
        final boolean isOurs = CloseReason.LISTENER_FAILED == reason || CloseReason.INTERNAL_ERROR == reason;
        final Level level = isOurs ? Level.WARNING : Level.DEBUG;
        if (Log.isLoggable(level))
        {
            Log.line(level, "lost {0}: {1} {2}", connection, reason, connection.closeDetail());
        }
    }

    /**
     * A peer was not let in, or went before it was.
     */
    void onTurnedAway(final InetSocketAddress remoteAddress, final CloseReason reason, final String detail)
    {
        metrics.turnedAway(reason.ordinal());
        if (Log.isLoggable(Level.DEBUG))
        {
            Log.line(Level.DEBUG, "not let in {0}: {1} {2}", Configuration.addressText(remoteAddress), reason,
                detail);
        }
    }

    void onStall(final long stallNs)
    {
        metrics.stall(stallNs);
        FlightEvents.stall(stallNs);
        Log.line(Level.WARNING, "was not at work for {0} ms: every peer gets one more full wait",
            stallNs / 1_000_000);
    }

    /**
     * A step of the duty cycle has done as much as it may; more may be waiting.
     */
    void onCutOff(final String step, final int limit)
    {
        metrics.add(Counter.CUT_OFFS, 1);
        FlightEvents.cutOff(step, limit);
    }
}
