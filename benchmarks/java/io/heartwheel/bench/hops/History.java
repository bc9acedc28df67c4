package io.heartwheel.bench.hops;

import io.heartwheel.fleet.Session;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/**
 * What became of one client: what it did, what happened to it, and what the registry was read to say of it, each with
 * when it began and when it was over by one clock. The last of it is kept.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
final class History
{
    private static final int KEPT = 40;
    private static final long ORIGIN_NS = System.nanoTime();
    private static final long ORIGIN_US = System.currentTimeMillis() * 1_000;

    private final ArrayDeque<String> events = new ArrayDeque<>();
    private Session lastRead;

    /** {@return the wall clock of a time, as the registry stamps by it, in microseconds} */
    static long us(final long ns)
    {
        return ORIGIN_US + (ns - ORIGIN_NS) / 1_000;
    }

    void add(final long beginNs, final long endNs, final String what)
    {
        events.add(String.format(Locale.ROOT, "%,14.3f %,14.3f  %s", seconds(beginNs), seconds(endNs), what));
        if (events.size() > KEPT)
        {
            events.poll();
        }
    }

    /** A reading found this, or nothing. It is told where it is other than the last. */
    void onRead(final long beginNs, final long endNs, final Session found)
    {
        if (null == found ? null != lastRead : !found.equals(lastRead))
        {
            add(beginNs, endNs, null == found ? "is not found" : String.format(Locale.ROOT,
                "is found by lease %s, connection %d, stamp %,.3f", found.lease(), found.connection(),
                (found.stampUs() - ORIGIN_US) / 1e6));
        }
        lastRead = found;
    }

    /** {@return what the last reading found, or null} */
    Session lastRead()
    {
        return lastRead;
    }

    /** {@return a line for each event: seconds since the start when it began and was over, and what it was} */
    List<String> lines()
    {
        return List.copyOf(events);
    }

    private static double seconds(final long ns)
    {
        return (ns - ORIGIN_NS) / 1e9;
    }
}
