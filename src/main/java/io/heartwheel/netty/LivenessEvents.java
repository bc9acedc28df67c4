package io.heartwheel.netty;

import io.heartwheel.metrics.FlightEvents;
import io.netty.channel.Channel;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Emits events for JDK Flight Recorder. {@link FlightEvents} says why no event class is touched before a recording has
 * begun.
 */
final class LivenessEvents
{
    private LivenessEvents()
    {
    }

    static void lost(final Channel channel, final PeerLostEvent lost)
    {
        if (FlightEvents.isRecording())
        {
            final PeerLost event = new PeerLost();
            if (event.shouldCommit())
            {
                event.channel = channel.toString();
                event.reason = lost.reason().name();
                event.cause = lost.cause().name();
                event.silence = lost.silenceNs();
                event.probes = lost.probes();
                event.lateness = lost.latenessNs();
                event.commit();
            }
        }
    }

    static void stall(final long stallNs, final int suspects)
    {
        if (FlightEvents.isRecording())
        {
            final LoopStall event = new LoopStall();
            event.length = stallNs;
            event.suspects = suspects;
            event.commit();
        }
    }

    @Name("io.heartwheel.PeerLost")
    @Label("Peer Lost")
    @Category("Heartwheel")
    @Description("The peer of a Netty channel was given up")
    @StackTrace(false)
    static final class PeerLost extends Event
    {
        @Label("Channel")
        String channel;

        @Label("Reason")
        String reason;

        @Label("Cause")
        String cause;

        @Label("Silence")
        @Description("Since the peer was heard last, stalls of the loop left out")
        @Timespan(Timespan.NANOSECONDS)
        long silence;

        @Label("Probes")
        @Description("That went unanswered")
        int probes;

        @Label("Lateness")
        @Description("From the deadline of the verdict to the verdict")
        @Timespan(Timespan.NANOSECONDS)
        long lateness;
    }

    @Name("io.heartwheel.LoopStall")
    @Label("Event Loop Stall")
    @Category("Heartwheel")
    @Description("An event loop of Netty was away for longer than it may")
    @StackTrace(false)
    static final class LoopStall extends Event
    {
        @Label("Length")
        @Timespan(Timespan.NANOSECONDS)
        long length;

        @Label("Suspects")
        @Description("Peers that would have been given up if the time had not stood still")
        int suspects;
    }
}
