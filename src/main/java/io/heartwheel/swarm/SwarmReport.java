package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmPlan.Fate;
import io.heartwheel.wire.Hello;
import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The observations of a swarm.
 *
 * @param plan       that it followed.
 * @param timing     of the run.
 * @param traffic    number of frames.
 * @param counts     number of clients, by how they ended.
 * @param hellos     different HELLOs in force, usually one; none if the server sent none.
 * @param outcomes   one for each client that was connected, in no particular order.
 * @param latenessUs time from the end of a silent client's detection time to the server's close, in microseconds; early
 *                   closes are left out.
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
     * The state of a connection at the end of the run.
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
     * The outcome of one client.
     *
     * @param localPort  its port, by which the server knows it.
     * @param fate       its planned fate.
     * @param hasDied    whether it died so; false too if the server closed it before.
     * @param diedNs     time of its death, by {@link System#nanoTime()}.
     * @param ending     of the connection.
     * @param byeReason  reason of the server's BYE, or code of its CLOSE; -1 if none came.
     * @param byeText    text of its BYE or CLOSE, possibly empty.
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
         * Did the server close the connection?
         *
         * @return true if it did, by FIN or RST.
         */
        public boolean isClosedByServer()
        {
            return Ending.SERVER_CLOSED == ending || Ending.SERVER_RESET == ending;
        }

        /**
         * Did the server close the connection of a living client?
         *
         * @return true if it did.
         */
        public boolean isUnasked()
        {
            return isClosedByServer() && !hasDied;
        }
    }

    /**
     * Times of the run, in ns.
     *
     * @param endNs        end of the run, by {@link System#nanoTime()}.
     * @param connectNs    time that it took to connect all clients.
     * @param ranNs        time from then to the end.
     * @param longestGapNs longest time in which the swarm itself did not listen.
     * @param cpuNs        CPU time of its thread.
     * @param isStopped    whether it was stopped before its planned end.
     */
    public record Timing(
        long endNs, long connectNs, long ranNs, long longestGapNs, long cpuNs, boolean isStopped)
    {
    }

    /**
     * Number of frames, and round-trip times.
     *
     * @param pingsHeard    PINGs of the server.
     * @param pongsSent     answers to these; silent clients do not answer.
     * @param pingsSent     PINGs of the clients.
     * @param pongsHeard    answers to these.
     * @param framesDropped frames that were not sent, for want of room in the kernel.
     * @param roundTripUs   times from a client's PING to its PONG, in microseconds.
     * @param protocolError first violation of the protocol by the server, or null.
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
     * Number of clients, by how they ended.
     *
     * @param living            clients that did not die by themselves, whatever the server did.
     * @param unasked           living clients that the server closed.
     * @param silent            clients that fell silent.
     * @param silentClosed      silent clients that the server closed.
     * @param early             silent clients that it closed before their detection time was over.
     * @param missing           silent clients that it should have closed and did not.
     * @param notDue            silent clients that it did not close, whose time had not come yet or is not known.
     * @param closing           clients that closed.
     * @param closingUnanswered clients that closed, and got no FIN or RST of the server in time.
     * @param reset             clients that reset.
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
     * Examples of living clients that the server closed.
     *
     * @param limit number of examples at most.
     * @return some of these clients.
     */
    public List<Outcome> unasked(final int limit)
    {
        return outcomes.stream().filter(Outcome::isUnasked).limit(limit).toList();
    }

    /**
     * The faults of the server.
     *
     * @return one sentence for each kind of fault; empty if there is none.
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
