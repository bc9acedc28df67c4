package io.heartwheel.bench.servers;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Hello;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A server that is measured. Any thread may read its counts.
 */
public interface BenchServer extends AutoCloseable
{
    /**
     * Where it listens.
     */
    InetSocketAddress address() throws IOException;

    /**
     * Reads that brought bytes. A client sends one frame at a time, so this is one for each PING or PONG of a client.
     */
    long heartbeats();

    /**
     * Connections accepted.
     */
    long opened();

    /**
     * How late its verdicts were by its own account, in nanoseconds, or null if it keeps none.
     */
    default Histogram latenessNs()
    {
        return null;
    }

    /**
     * Stalls that it saw of itself, each of which makes it judge later, or -1 if it does not look.
     */
    default long stalls()
    {
        return -1;
    }

    /**
     * How often it looked at its sockets, or -1 if it cannot tell. Of Heartwheel these are the duty cycles, which look
     * once, and a second time when a deadline is due or there was much.
     */
    default long selects()
    {
        return -1;
    }

    /**
     * How many connections it closed for which reason, those not let in among them: REASON=NUMBER, a space between two.
     */
    default String closes()
    {
        return "";
    }

    /**
     * The connections that were closed since the last call, in order, each as ADDRESS/REASON. Those closed before the
     * first call are not kept.
     */
    default List<String> takeClosed()
    {
        return List.of();
    }

    /**
     * Connections open at present, or -1 if it does not know.
     */
    default long openCount()
    {
        return -1;
    }

    /**
     * Connections of each reactor at present, in the order of their indices: a space between two.
     */
    default String spread()
    {
        return Long.toString(openCount());
    }

    @Override
    void close();

    /**
     * What every server says to a client first: from it the clients know when they are due.
     */
    static Hello hello(final Cadence cadence)
    {
        return new Hello(cadence.count(), cadence.idleNs() / 1_000_000, cadence.intervalNs() / 1_000_000);
    }
}
