package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.wire.Hello;
import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a swarm saw.
 *
 * @param plan       it followed.
 * @param timing     of the run.
 * @param traffic    that passed.
 * @param counts     of clients.
 * @param hellos     in force, as a rule one for all; none if the server sent none.
 * @param outcomes   of the clients that were connected, one for each, in no order of time.
 * @param latenessUs of the server's closes of silent clients, in microseconds after their detection time was over;
 *                   those closed early are left out.
 */
public record SwarmReport(
    SwarmPlan plan,
    Timing timing,
    Traffic traffic,
    Counts counts,
    List<Hello> hellos,
    List<Outcome> outcomes,
    Histogram latenessUs)
{
    /**
     * How a connection stood at the end of the run.
     */
    public enum Ending
    {
        /** The server had not closed it. */
        OPEN,

        /** The server closed its end (FIN). */
        SERVER_CLOSED,

        /** The server reset it (RST), or the kernel gave it up. */
        SERVER_RESET,

        /** The client reset it. */
        LEFT
    }

    /**
     * What became of one client.
     *
     * @param localPort  by which the server knows it.
     * @param fate       planned.
     * @param hasDied    of it; false too if the server was quicker.
     * @param diedNs     when, by {@link System#nanoTime()}.
     * @param ending     of the connection.
     * @param byeReason  from the server's BYE, or -1 if none came.
     * @param byeText    from the server's BYE, possibly empty.
     */
    public record Outcome(
        int localPort,
        Fate fate,
        boolean hasDied,
        long diedNs,
        Ending ending,
        int byeReason,
        String byeText)
    {
        /**
         * Did the server close it?
         *
         * @return true if so, be it by FIN or RST.
         */
        public boolean isClosedByServer()
        {
            return Ending.SERVER_CLOSED == ending || Ending.SERVER_RESET == ending;
        }

        /**
         * Did the server close it while it lived?
         *
         * @return true if so.
         */
        public boolean isUnasked()
        {
            return isClosedByServer() && !hasDied;
        }
    }

    /**
     * When things happened, and what it took.
     *
     * @param endNs        end of the run, by {@link System#nanoTime()}.
     * @param connectNs    time it took to connect all.
     * @param ranNs        time from then to the end.
     * @param longestGapNs longest time in which the swarm itself did not listen.
     * @param cpuNs        CPU time of its thread.
     * @param isStopped    was it stopped before its end?
     */
    public record Timing(
        long endNs, long connectNs, long ranNs, long longestGapNs, long cpuNs, boolean isStopped)
    {
    }

    /**
     * The frames that passed.
     *
     * @param pingsHeard    PINGs of the server.
     * @param pongsSent     answers to them: those to silent clients are not answered.
     * @param pingsSent     PINGs of the clients.
     * @param pongsHeard    answers to them.
     * @param framesDropped frames not sent for want of room in the kernel.
     * @param roundTripUs   from PING to PONG of the clients' PINGs, in microseconds.
     * @param protocolError what the server sent that is no frame of the protocol, the first time, or null.
     */
    public record Traffic(
        long pingsHeard,
        long pongsSent,
        long pingsSent,
        long pongsHeard,
        long framesDropped,
        Histogram roundTripUs,
        String protocolError)
    {
    }

    /**
     * How many clients met which end.
     *
     * @param living            clients that did not die by themselves, whatever the server did.
     * @param unasked           of these the server closed.
     * @param silent            clients fell silent.
     * @param silentClosed      of these the server closed.
     * @param early             of these it closed before their detection time was over.
     * @param missing           silent clients the server should have closed and did not.
     * @param notDue            silent clients not closed when it was not time yet, or the time is not known.
     * @param closing           clients closed.
     * @param closingUnanswered of these had no FIN or RST of the server in return, in good time.
     * @param reset             clients reset.
     */
    public record Counts(
        int living,
        int unasked,
        int silent,
        int silentClosed,
        int early,
        int missing,
        int notDue,
        int closing,
        int closingUnanswered,
        int reset)
    {
    }

    /**
     * Living clients that the server closed.
     *
     * @param limit of examples.
     * @return some of them.
     */
    public List<Outcome> unasked(final int limit)
    {
        return outcomes.stream().filter(Outcome::isUnasked).limit(limit).toList();
    }

    /**
     * What the server did wrong.
     *
     * @return one sentence for each kind of fault; none if all is well.
     */
    public List<String> faults()
    {
        final List<String> faults = new ArrayList<>();
        addFault(faults, counts.unasked(), " living closed by the server");
        addFault(faults, counts.early(), " silent closed before the detection time was over");
        addFault(faults, counts.missing(), " silent not closed");
        addFault(faults, counts.closingUnanswered(), " closed, and the server kept its end open");
        if (null != traffic.protocolError())
        {
            faults.add("the server broke the protocol: " + traffic.protocolError());
        }
        return faults;
    }

    private static void addFault(final List<String> faults, final int clientCount, final String what)
    {
        if (clientCount > 0)
        {
            faults.add(String.format(Locale.ROOT, "%,d%s", clientCount, what));
        }
    }
}
