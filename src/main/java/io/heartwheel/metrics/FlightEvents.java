package io.heartwheel.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

import java.net.InetSocketAddress;

/**
 * Events for JDK Flight Recorder, under the category Heartwheel. While none is recorded, telling one costs a look at
 * whether it is, and allocates nothing once compiled.
 */
public final class FlightEvents
{
    private FlightEvents()
    {
    }

    /**
     * Load the events, so that the first one is told as quickly as the others.
     */
    public static void load()
    {
        opened(0, null);
        lost(0, null, "", "", 0, 0);
        stall(0);
        cutOff("", 0);
    }

    /**
     * A connection was opened.
     *
     * @param id      of the connection; 0 with no address is none.
     * @param address of the peer.
     */
    public static void opened(final long id, final InetSocketAddress address)
    {
        final Opened event = new Opened();
        if (event.shouldCommit() && null != address)
        {
            event.id = id;
            event.address = address.toString();
            event.commit();
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
        final InetSocketAddress address,
        final String reason,
        final String detail,
        final long silenceNs,
        final long roundTripNs)
    {
        final Lost event = new Lost();
        if (event.shouldCommit() && null != address)
        {
            event.id = id;
            event.address = address.toString();
            event.reason = reason;
            event.detail = detail;
            event.silence = silenceNs;
            event.roundTrip = roundTripNs;
            event.commit();
        }
    }

    /**
     * The reactor was not at work for longer than it may.
     *
     * @param stallNs for how long; 0 is none.
     */
    public static void stall(final long stallNs)
    {
        final Stall event = new Stall();
        if (event.shouldCommit() && stallNs > 0)
        {
            event.length = stallNs;
            event.commit();
        }
    }

    /**
     * A step of the duty cycle had done as much as it may, and left the rest to the next cycle.
     *
     * @param step  name of it.
     * @param limit on what it does in a cycle; 0 is none.
     */
    public static void cutOff(final String step, final int limit)
    {
        final CutOff event = new CutOff();
        if (event.shouldCommit() && limit > 0)
        {
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
