package io.heartwheel.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Emits events for JDK Flight Recorder, under the category Heartwheel. Until the first recording begins, a call only
 * checks whether one has: loading an event class makes the JVM load the whole recorder, which was seen to take 160 ms.
 * From then on, a call checks whether its event is enabled. In a runtime without the recorder, such as one made by
 * jlink, nothing is emitted.
 */
public final class FlightEvents
{
    private static final boolean IS_THERE = isThere();

    private FlightEvents()
    {
    }

    private static boolean isThere()
    {
        try
        {
            FlightRecorder.isInitialized();
            return true;
        }
        catch (final LinkageError ex)
        {
            return false;
        }
    }

    /**
     * Has a recording begun since the JVM started?
     *
     * @return false as long as an event would be lost, so that the caller can spare itself the work.
     */
    public static boolean isRecording()
    {
        return IS_THERE && FlightRecorder.isInitialized();
    }

    /**
     * A connection was opened.
     *
     * @param id      of the connection.
     * @param reactor index of the reactor that it belongs to.
     * @param address of the peer.
     */
    public static void opened(final long id, final int reactor, final String address)
    {
        if (isRecording())
        {
            final Opened event = new Opened();
            if (event.shouldCommit())
            {
                event.id = id;
                event.reactor = reactor;
                event.address = address;
                event.commit();
            }
        }
    }

    /**
     * A connection ended.
     *
     * @param id          of the connection.
     * @param reactor     index of the reactor that it belonged to.
     * @param address     of the peer.
     * @param reason      why it ended.
     * @param detail      a text that says more.
     * @param silenceNs   time in ns since the peer was last heard.
     * @param roundTripNs last round-trip time in ns, below 0 if none was measured.
     */
    public static void lost(
        final long id,
        final int reactor,
        final String address,
        final String reason,
        final String detail,
        final long silenceNs,
        final long roundTripNs)
    {
        if (isRecording())
        {
            final Lost event = new Lost();
            if (event.shouldCommit())
            {
                event.id = id;
                event.reactor = reactor;
                event.address = address;
                event.reason = reason;
                event.detail = detail;
                event.silence = silenceNs;
                event.roundTrip = roundTripNs;
                event.commit();
            }
        }
    }

    /**
     * The reactor stalled.
     *
     * @param stallNs length of the stall in ns.
     * @param reactor index of the reactor.
     */
    public static void stall(final long stallNs, final int reactor)
    {
        if (isRecording())
        {
            final Stall event = new Stall();
            event.length = stallNs;
            event.reactor = reactor;
            event.commit();
        }
    }

    /**
     * A step of the duty cycle reached its limit, and left the rest to the next cycle.
     *
     * @param step  name of the step.
     * @param limit of the step for one cycle.
     * @param reactor index of the reactor.
     */
    public static void cutOff(final String step, final int limit, final int reactor)
    {
        if (isRecording())
        {
            final CutOff event = new CutOff();
            event.step = step;
            event.limit = limit;
            event.reactor = reactor;
            event.commit();
        }
    }

    @Name("io.heartwheel.ConnectionOpened")
    @Label("Connection Opened")
    @Category("Heartwheel")
    @StackTrace(false)
    static final class Opened extends Event
    {
        @Label("Id")
        long id;

        @Label("Reactor")
        int reactor;

        @Label("Address")
        String address;
    }

    @Name("io.heartwheel.ConnectionLost")
    @Label("Connection Lost")
    @Category("Heartwheel")
    @Description("A connection ended, for whatever reason")
    @StackTrace(false)
    static final class Lost extends Event
    {
        @Label("Id")
        long id;

        @Label("Reactor")
        int reactor;

        @Label("Address")
        String address;

        @Label("Reason")
        String reason;

        @Label("Detail")
        String detail;

        @Label("Silence")
        @Description("Since the peer was heard last")
        @Timespan(Timespan.NANOSECONDS)
        long silence;

        @Label("Round Trip")
        @Description("Last measured; below 0 if none was")
        @Timespan(Timespan.NANOSECONDS)
        long roundTrip;
    }

    @Name("io.heartwheel.Stall")
    @Label("Stall")
    @Category("Heartwheel")
    @Description("The reactor was not at work for longer than it may")
    @StackTrace(false)
    static final class Stall extends Event
    {
        @Label("Length")
        @Timespan(Timespan.NANOSECONDS)
        long length;

        @Label("Reactor")
        int reactor;
    }

    @Name("io.heartwheel.CutOff")
    @Label("Cut-off")
    @Category("Heartwheel")
    @Description("A bounded step of the duty cycle left work to the next one")
    @StackTrace(false)
    static final class CutOff extends Event
    {
        @Label("Step")
        String step;

        @Label("Limit")
        int limit;

        @Label("Reactor")
        int reactor;
    }
}
