package io.heartwheel.fleet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The leases of a {@link MemoryRegistry}: which live until when, and which are dead and not swept yet.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
final class MemoryLeases
{
    /** Leases that one call reaps or tells. */
    private static final int LEASES_MAX = 256;

    private final Map<String, Long> deadlineMs = new HashMap<>();
    private final Map<String, String> nodes = new HashMap<>();
    private final Map<String, Long> deadSinceMs = new HashMap<>();
    private final String id;
    private long version;
    private long heardMs;
    private boolean isHeard;

    MemoryLeases(final String id, final long nowUs)
    {
        this.id = id;
        version = nowUs;
    }

    MemoryLeases(final MemoryLeases other)
    {
        deadlineMs.putAll(other.deadlineMs);
        nodes.putAll(other.nodes);
        deadSinceMs.putAll(other.deadSinceMs);
        id = other.id;
        version = other.version;
        heardMs = other.heardMs;
        isHeard = other.isHeard;
    }

    LeaseReply lease(final LeaseAction action, final String lease, final long ttlMs, final long knownVersion,
        final String node, final long nowUs)
    {
        final long nowMs = nowUs / 1_000;
        if (LeaseAction.SHOW == action)
        {
            final Map<String, String> living = new HashMap<>(nodes);
            living.keySet().removeIf((each) -> deadlineMs.get(each) < nowMs);
            return new LeaseReply(false, nowUs, "", 0, List.of(), living);
        }
        putOff(nowMs, ttlMs);
        final List<String> reaped = reap(nowUs);
        final boolean isHeld = apply(action, lease, nowMs + ttlMs, node, nowUs);
        return new LeaseReply(
            isHeld, nowUs, id, version, reaped, version == knownVersion ? null : Map.copyOf(nodes));
    }

    /** Nobody was heard for half a lease, or the clock went back: time stood still, for every lease. */
    private void putOff(final long nowMs, final long ttlMs)
    {
        final long gapMs = isHeard ? nowMs - heardMs : 0;
        if (2 * gapMs > ttlMs || gapMs < 0)
        {
            deadlineMs.replaceAll((lease, deadline) -> deadline + gapMs);
        }
        heardMs = nowMs;
        isHeard = true;
    }

    private List<String> reap(final long nowUs)
    {
        final List<String> reaped = before(deadlineMs, nowUs / 1_000);
        reaped.forEach((lease) -> end(lease, nowUs));
        return reaped;
    }

    private boolean apply(
        final LeaseAction action, final String lease, final long deadline, final String node, final long nowUs)
    {
        switch (action)
        {
            case JOIN:
                deadlineMs.put(lease, deadline);
                nodes.put(lease, node);
                changed(nowUs);
                return true;

            case LEAVE:
                if (deadlineMs.containsKey(lease))
                {
                    end(lease, nowUs);
                }
                return false;

            default:
                return null != deadlineMs.computeIfPresent(lease, (key, before) -> deadline);
        }
    }

    private void end(final String lease, final long nowUs)
    {
        deadlineMs.remove(lease);
        nodes.remove(lease);
        deadSinceMs.put(lease, nowUs / 1_000);
        changed(nowUs);
    }

    /** By the clock, so that another history after a failover has other versions. */
    private void changed(final long nowUs)
    {
        version = Math.max(version + 1, nowUs);
    }

    List<String> unswept(final long olderThanMs, final long nowMs)
    {
        final List<String> leases = before(deadSinceMs, nowMs - olderThanMs + 1);
        leases.forEach((lease) -> deadSinceMs.put(lease, nowMs));
        return leases;
    }

    void swept(final String lease)
    {
        deadSinceMs.remove(lease);
    }

    /** Those of an earlier time, in order of time, then of name. */
    private static List<String> before(final Map<String, Long> times, final long time)
    {
        final List<String> before = new ArrayList<>();
        times.forEach((lease, each) ->
        {
            if (each < time)
            {
                before.add(lease);
            }
        });
        Collections.sort(before, (a, b) ->
        {
            final int order = Long.compare(times.get(a), times.get(b));
            return 0 == order ? a.compareTo(b) : order;
        });
        return new ArrayList<>(before.subList(0, Math.min(LEASES_MAX, before.size())));
    }
}
