package io.heartwheel.bench.soak;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares what the clients did with what the server reported, connection by connection. Several connections may have
 * the same address: then clients and server report them in the same order.
 */
final class SoakLedger
{
    private static final int KEPT_MAX = 100;

    private final Map<String, ArrayDeque<String>> done = new HashMap<>();
    private final Map<String, ArrayDeque<String>> said = new HashMap<>();
    private final Map<String, Map<String, Long>> counts = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private long violationCount;

    /**
     * Take what a server said: ADDRESS/REASON, a space between two.
     */
    void said(final String lines)
    {
        add(said, lines);
    }

    /**
     * Take what clients did: ADDRESS/REASON/WHAT, a space between two.
     */
    void done(final String lines)
    {
        add(done, lines);
    }

    /**
     * By what was done, how often the server gave which reason.
     */
    Map<String, Map<String, Long>> counts()
    {
        return counts;
    }

    /**
     * What was wrong, the first of it.
     */
    List<String> violations()
    {
        return violations;
    }

    long violationCount()
    {
        return violationCount;
    }

    /**
     * Nothing more will come.
     */
    void close()
    {
        done.forEach((address, whats) -> whats.forEach(
            (what) -> violate(address + ": " + what + ", and the server told of no end")));
        said.forEach((address, reasons) -> reasons.forEach(
            (reason) -> violate(address + ": " + reason + ", says the server, of what no client did")));
    }

    void violate(final String what)
    {
        violationCount++;
        if (violations.size() < KEPT_MAX)
        {
            violations.add(what);
        }
    }

    private void add(final Map<String, ArrayDeque<String>> to, final String lines)
    {
        for (final String line : lines.split(" "))
        {
            final int slash = line.indexOf('/');
            if (slash > 0)
            {
                final String address = line.substring(0, slash);
                to.computeIfAbsent(address, (key) -> new ArrayDeque<>(1)).add(line.substring(slash + 1));
                match(address);
            }
        }
    }

    private void match(final String address)
    {
        final ArrayDeque<String> whats = done.get(address);
        final ArrayDeque<String> reasons = said.get(address);
        if (null == whats || null == reasons)
        {
            return;
        }
        final String[] what = whats.poll().split("/");
        final String reason = reasons.poll();
        if (whats.isEmpty())
        {
            done.remove(address);
        }
        if (reasons.isEmpty())
        {
            said.remove(address);
        }
        counts.computeIfAbsent(what[1].split(":")[0], (key) -> new TreeMap<>()).merge(reason, 1L, Long::sum);
        if (!List.of(what[0].split("\\|")).contains(reason))
        {
            violate(address + ": " + what[1] + " is " + what[0] + ", and the server said " + reason);
        }
    }
}
