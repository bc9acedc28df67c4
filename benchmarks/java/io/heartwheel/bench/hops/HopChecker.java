package io.heartwheel.bench.hops;

import io.heartwheel.Connection;
import io.heartwheel.fleet.Session;

import java.util.ArrayList;
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
 * </ul>
 * While a node or the registry is stopped, and for five seconds after, nobody can be blamed for missing; and a ghost
 * has as much longer as the registry stood still.
 */
final class HopChecker
{
    /** Lease 10 s, renewal at most a third of it later, and a tenth for a busy machine; then 256 buckets are swept. */
    private static final long GHOST_NS = TimeUnit.MILLISECONDS.toNanos(15_000);
    private static final long MISSING_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int TOLD_MAX = 20;

    private final List<Hopper> hoppers;
    private final Map<String, List<String>> violations = new LinkedHashMap<>();
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
            if (!found.containsKey(identity))
            {
                if (Long.MAX_VALUE != openSinceNs)
                {
                    missing++;
                    onNotFound(identity, beforeNs, openSinceNs, isBlamed);
                }
            }
            else if (Long.MAX_VALUE != goneSinceNs && beforeNs - goneSinceNs > 0)
            {
                ghosts++;
                onGhost(identity, beforeNs - goneSinceNs);
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

    private void onNotFound(
        final String identity, final long beforeNs, final long openSinceNs, final boolean isBlamed)
    {
        if (isBlamed && lastFound.contains(identity) && openSinceNs - lastNs < 0)
        {
            phase.erased++;
            violate(identity + " was found, and is not, though the same connection has been open all the while");
        }
        else if (isBlamed && beforeNs - openSinceNs > MISSING_NS)
        {
            phase.missed++;
            violate(identity + " has been open for " + ms(beforeNs - openSinceNs) + " ms, and is not found");
        }
    }

    private void onGhost(final String identity, final long goneNs)
    {
        phase.onGhost(goneNs);
        if (goneNs > GHOST_NS + standstillNs)
        {
            phase.lateGhosts++;
            violate(identity + " is found " + ms(goneNs) + " ms after its last connection ended");
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
                violate(each.identity() + " got " + messages + " messages of one to it");
            }
            final List<Connection> older = each.leftOpen();
            if (!older.isEmpty())
            {
                phase.leftOpen += older.size();
                violate(each.identity() + " has older connections that are still open: " + older);
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
                violate(each.identity() + "'s newest connection was taken over " + each.wronglyTakenOver() + " times");
            }
            if (0 != each.strayMessages())
            {
                violate(each.identity() + " got " + each.strayMessages() + " messages by an older connection");
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
