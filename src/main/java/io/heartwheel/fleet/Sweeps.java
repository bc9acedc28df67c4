package io.heartwheel.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Erases the records of dead leases, bucket after bucket, for all such leases at a time. A lease is done with when all
 * buckets have had their turn since it came. Nothing depends on it but memory: a record of a dead lease is not shown.
 */
final class Sweeps implements Work
{
    private static final long UNSWEPT_AGE_MS = 30_000;
    private static final long SECOND_NS = 1_000_000_000;

    private final int buckets;
    private final long periodNs;
    private final long askNs;
    private final Lease lease;
    private final Members members;
    private final FleetCounts counts;
    private final Map<String, Integer> bucketsLeft = new LinkedHashMap<>();
    private final ArrayDeque<String> done = new ArrayDeque<>();
    private final Orphans orphans;
    private int bucket;
    private long dueNs;
    private long askDueNs;

    Sweeps(
        final int buckets,
        final FleetSettings settings,
        final Lease lease,
        final Members members,
        final FleetCounts counts,
        final long nowNs)
    {
        this.buckets = buckets;
        periodNs = SECOND_NS / settings.sweepsPerSecond();
        askNs = settings.leaseNs();
        this.lease = lease;
        this.members = members;
        this.counts = counts;
        orphans = new Orphans(settings.leaseNs(), members, counts);
        dueNs = nowNs;
        askDueNs = nowNs;
    }

    /** These leases have ended. */
    void add(final Collection<String> deadLeases)
    {
        deadLeases.forEach((dead) -> bucketsLeft.putIfAbsent(dead, buckets));
    }

    /** A bucket was found with records of these leases. */
    void met(final int found, final Set<String> leases, final long nowNs)
    {
        orphans.met(found, leases, nowNs);
    }

    /** The engine may have gone back to a time when they were alive. It tells again who is dead. */
    void clear()
    {
        bucketsLeft.clear();
        done.clear();
        orphans.clear();
    }

    @Override
    public Exchange<?> next(final long nowNs)
    {
        if (!lease.isHeld(nowNs))
        {
            return null;
        }
        if (!done.isEmpty())
        {
            return finish(done.poll());
        }
        if (askDueNs - nowNs <= 0)
        {
            askDueNs = nowNs + askNs;
            return new Exchange<>((engine) -> engine.unswept(UNSWEPT_AGE_MS), (unswept, endNs) -> add(unswept));
        }
        final Exchange<?> sweep = dueNs - nowNs <= 0 ? sweep(nowNs) : null;
        return null == sweep ? orphans.next(nowNs) : sweep;
    }

    private Exchange<List<Session>> sweep(final long nowNs)
    {
        bucketsLeft.keySet().removeIf((dead) -> members.nodes().containsKey(dead));
        if (bucketsLeft.isEmpty())
        {
            return null;
        }
        dueNs = nowNs + periodNs;
        final List<String> dead = first();
        final int swept = bucket;
        return new Exchange<>((engine) -> engine.sweep(swept, dead), (sessions, endNs) ->
        {
            counts.add(FleetCounter.BUCKETS_SWEPT, 1);
            counts.add(FleetCounter.SESSIONS_SWEPT, sessions.size());
            onSwept(dead);
        });
    }

    private List<String> first()
    {
        final List<String> dead = new ArrayList<>();
        final Iterator<String> leases = bucketsLeft.keySet().iterator();
        while (leases.hasNext() && dead.size() < FleetNode.BATCH)
        {
            dead.add(leases.next());
        }
        return dead;
    }

    private void onSwept(final List<String> dead)
    {
        bucket = (bucket + 1) % buckets;
        for (final String each : dead)
        {
            final Integer left = bucketsLeft.computeIfPresent(each, (key, before) -> before - 1);
            if (null != left && left <= 0)
            {
                bucketsLeft.remove(each);
                done.add(each);
            }
        }
    }

    private Exchange<String> finish(final String dead)
    {
        return new Exchange<>((engine) ->
        {
            engine.swept(dead);
            return dead;
        },
        (swept, endNs) ->
        {
        });
    }
}
