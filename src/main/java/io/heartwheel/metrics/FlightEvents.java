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
 * Events for JDK Flight Recorder, under the category Heartwheel. Until the first recording begins, telling one is a
 * look at whether it has, and nothing else: to load an event makes the JVM load all of the recorder, which was seen to
 * take 160 ms. From then on it is a look at whether this event is recorded. Where there is no flight recorder, as in a
 * runtime that jlink made, nothing is told.
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
     * Would an event be kept?
     *
     * @return false as long as nobody has begun a recording.
     */
    public static boolean isRecording()
    {
        return IS_THERE && FlightRecorder.isInitialized();
    }

    /**
     * A connection was opened.
     *
     * @param id      of the connection.
     * @param address of the peer.
     */
    public static void opened(final long id, final String address)
    {
        if (isRecording())
        {
            final Opened event = new Opened();
            if (event.shouldCommit())
            {
                event.id = id;
                event.address = address;
                event.commit();
            }
        }
    }

    /**
     * A connection ended.
     *
     * @param id          of the connection.
     * @param address     of the peer.
     * @param reason      why.
     * @param detail      more on why.
     * @param silenceNs   since the peer was heard last.
     * @param roundTripNs last measured, or less than 0.
     */
    public static void lost(
        final long id,
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
     * The reactor was not at work for longer than it may.
     *
     * @param stallNs for how long.
     */
    public static void stall(final long stallNs)
    {
        if (isRecording())
        {
            final Stall event = new Stall();
            event.length = stallNs;
            event.commit();
        }
    }

    /**
     * A step of the duty cycle had done as much as it may, and left the rest to the next cycle.
     *
     * @param step  name of it.
     * @param limit on what it does in a cycle.
     */
    public static void cutOff(final String step, final int limit)
    {
        if (isRecording())
        {
            final CutOff event = new CutOff();
            event.step = step;
            event.limit = limit;
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
    }
}
