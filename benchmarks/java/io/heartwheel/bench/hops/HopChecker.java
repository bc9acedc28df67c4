package io.heartwheel.bench.hops;

import io.heartwheel.Connection;
import io.heartwheel.fleet.Session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Compares what the registry said with what the clients know to be true. A reading takes a while, so that only what was
 * so from before it until after it is held against the registry.
 * <p>
 * <ul>
 * <li>A ghost is found although no connection of it has been open for longer than a lease, a renewal and a sweep.
 * <li>A missing one is not found although its newest connection has been open for five seconds.
 * <li>An erased one was found by the last reading, and is not by this one, although the same connection has been open
 * all the while.
 * <li>A stale one is found by a stamp from before its newest connection was asked for, though that has been open for
 * five seconds; or by an older stamp than by the last reading, though the same connection has been open all the while;
 * or by one of the future. Stamps and this process go by the same clock.
 * </ul>
 * While a node or the registry is stopped, and for five seconds after, nobody can be blamed for missing; and a ghost
 * has as much longer as the registry stood still.
 */
final class HopChecker
{
    /** Lease 10 s, renewal at most a third of it later, and a tenth for a busy machine; then 256 buckets are swept. */
    private static final long GHOST_NS = TimeUnit.MILLISECONDS.toNanos(15_000);
    private static final long MISSING_NS = TimeUnit.SECONDS.toNanos(5);
    /** The clocks of the registry and of this process are the same one, but not read at once. */
    private static final long CLOCK_US = TimeUnit.MILLISECONDS.toMicros(300);
    private static final int TOLD_MAX = 20;
    private static final int HISTORIES_MAX = 100;

    private final List<Hopper> hoppers;
    private final Map<String, List<String>> violations = new LinkedHashMap<>();
    /** Violation to what became of its client. */
    private final Map<String, List<String>> histories = new LinkedHashMap<>();
    private boolean isEnded;
    private Set<String> lastFound = Set.of();
    private long lastNs;
    private long excusedUntilNs = System.nanoTime();
    private boolean isExcused;
    private long excusedSinceNs;
    private long standstillNs;
    private boolean isMeasuring;
    private long measuredSinceNs;
    private PhaseResult phase = new PhaseResult(Fault.NONE);

    HopChecker(final List<Hopper> hoppers)
    {
        this.hoppers = hoppers;
    }

    synchronized void phase(final PhaseResult phase)
    {
        this.phase = phase;
        standstillNs = 0;
    }

    /** From now on nobody is blamed for missing, until {@link #excuseEnds}. */
    synchronized void excuseBegins()
    {
        isExcused = true;
        excusedSinceNs = System.nanoTime();
    }

    /** What was stopped goes on. How long it takes until all are found again is measured from here. */
    synchronized void excuseEnds()
    {
        isExcused = false;
        final long nowNs = System.nanoTime();
        excusedUntilNs = nowNs + MISSING_NS;
        standstillNs += nowNs - excusedSinceNs;
        isMeasuring = true;
        measuredSinceNs = nowNs;
    }

    synchronized void onNoReading()
    {
        lastFound = Set.of();
    }

    synchronized void onReading(final long beforeNs, final long afterNs, final Map<String, Session> found)
    {
        final boolean isBlamed = !isExcused && beforeNs - excusedUntilNs >= 0;
        int missing = 0;
        int ghosts = 0;
        for (final Hopper each : hoppers)
        {
            final String identity = each.identity();
            final long openSinceNs = each.openSinceNs();
            final long goneSinceNs = each.goneSinceNs();
            final Session session = found.get(identity);
            final Session before = each.onRead(beforeNs, afterNs, session);
            if (null == session)
            {
                if (Long.MAX_VALUE != openSinceNs)
                {
                    missing++;
                    onNotFound(each, beforeNs, openSinceNs, isBlamed);
                }
            }
            else if (Long.MAX_VALUE != goneSinceNs && beforeNs - goneSinceNs > 0)
            {
                ghosts++;
                onGhost(each, beforeNs - goneSinceNs);
            }
            else if (isBlamed && Long.MAX_VALUE != openSinceNs)
            {
                onFound(each, beforeNs, afterNs, session, openSinceNs - lastNs < 0 ? before : null);
            }
        }
        phase.onReading(ghosts, missing, afterNs - beforeNs);
        if (isMeasuring && 0 == missing)
        {
            isMeasuring = false;
            phase.onWhole(afterNs - measuredSinceNs);
        }
        lastFound = new HashSet<>(found.keySet());
        lastNs = beforeNs;
    }

    private void onFound(
        final Hopper each, final long beforeNs, final long afterNs, final Session session, final Session before)
    {
        final long stampUs = session.stampUs();
        final String fault =
            stampUs > History.us(afterNs) + CLOCK_US ? "by a stamp of the future" :
            null != before && stampUs < before.stampUs() ? "by an older stamp than before" :
            beforeNs - each.openSinceNs() > MISSING_NS && stampUs < History.us(each.openCalledNs()) - CLOCK_US ?
                "by a stamp from before its newest connection was asked for" : null;
        if (null != fault)
        {
            phase.stale++;
            violate(each, "is found " + fault);
        }
    }

    private void onNotFound(
        final Hopper each, final long beforeNs, final long openSinceNs, final boolean isBlamed)
    {
        if (isBlamed && lastFound.contains(each.identity()) && openSinceNs - lastNs < 0)
        {
            phase.erased++;
            violate(each, "was found, and is not, though the same connection has been open all the while");
        }
        else if (isBlamed && beforeNs - openSinceNs > MISSING_NS)
        {
            phase.missed++;
            violate(each, "has been open for " + ms(beforeNs - openSinceNs) + " ms, and is not found");
        }
    }

    private void onGhost(final Hopper each, final long goneNs)
    {
        phase.onGhost(goneNs);
        if (goneNs > GHOST_NS + standstillNs)
        {
            phase.lateGhosts++;
            violate(each, "is found " + ms(goneNs) + " ms after its last connection ended");
        }
    }

    /**
     * All stands still for a while: each client has one connection, is found, and got one message.
     *
     * @param sent how many sessions a message was sent to.
     */
    synchronized void onRest(final int sent)
    {
        int present = 0;
        for (final Hopper each : hoppers)
        {
            final boolean isPresent = Long.MAX_VALUE != each.openSinceNs();
            present += isPresent ? 1 : 0;
            final int messages = each.takeMessages();
            if (messages != (isPresent ? 1 : 0))
            {
                phase.unreached++;
                violate(each, "got " + messages + " messages of one to it");
            }
            final List<Connection> older = each.leftOpen();
            if (!older.isEmpty())
            {
                phase.leftOpen += older.size();
                violate(each, "has older connections that are still open: " + older);
            }
        }
        if (sent != present)
        {
            violate(present + " clients are connected, and " + sent + " sessions are found at rest");
        }
    }

    synchronized void onEnd()
    {
        isEnded = true;
        for (final Hopper each : hoppers)
        {
            if (0 != each.wronglyTakenOver())
            {
                violate(each, "had its newest connection taken over " + each.wronglyTakenOver() + " times");
            }
            if (0 != each.strayMessages())
            {
                violate(each, "got " + each.strayMessages() + " messages by an older connection");
            }
        }
    }

    /** {@return some of each phase} */
    synchronized List<String> violations()
    {
        return violations.values().stream().flatMap((each) -> each.stream().limit(TOLD_MAX)).toList();
    }

    synchronized int violationCount()
    {
        return violations.values().stream().mapToInt(List::size).sum();
    }

    /** {@return of those told, what became of the client: the shortest history first} */
    synchronized List<Map.Entry<String, List<String>>> histories()
    {
        return histories.entrySet().stream()
            .sorted(Comparator.comparingInt((each) -> each.getValue().size())).toList();
    }

    private void violate(final Hopper each, final String text)
    {
        final String violation = each.identity() + ' ' + text;
        if (histories.size() < HISTORIES_MAX)
        {
            histories.putIfAbsent(violation, each.history());
        }
        violate(violation);
    }

    private void violate(final String text)
    {
        final String name = isEnded ? "At the end" : phase.fault().name();
        violations.computeIfAbsent(name, (absent) -> new ArrayList<>()).add(name + ": " + text);
    }

    private static long ms(final long ns)
    {
        return TimeUnit.NANOSECONDS.toMillis(ns);
    }
}
