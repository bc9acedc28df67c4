package io.heartwheel.fleet;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Erases records of leases that no reaper ever ended, as the engine does not know them: it lost its data, or went back
 * in time, and a node wrote by the lease it had, and died before it noticed. Such a lease is met when a bucket is
 * verified. It is given the time of a lease: its node may be about to join by another one, and then sees to its records
 * itself.
 */
final class Orphans implements Work
{
    /** More are met again when their buckets are verified in their turn. */
    private static final int MAX = 1_024;

    private final long leaseNs;
    private final Members members;
    private final FleetCounts counts;
    private final Map<Found, Long> dueNs = new LinkedHashMap<>();

    private record Found(int bucket, String lease)
    {
    }

    Orphans(final long leaseNs, final Members members, final FleetCounts counts)
    {
        this.leaseNs = leaseNs;
        this.members = members;
        this.counts = counts;
    }

    /** A bucket has records of these leases. */
    void met(final int bucket, final Set<String> leases, final long nowNs)
    {
        for (final String lease : leases)
        {
            if (dueNs.size() < MAX && !members.nodes().containsKey(lease))
            {
                dueNs.putIfAbsent(new Found(bucket, lease), nowNs + leaseNs);
            }
        }
    }

    /** What was met may live again. All buckets will be verified. */
    void clear()
    {
        dueNs.clear();
    }

    /** {@return to sweep one of those whose time is over and of which the members, asked for since, do not know} */
    @Override
    public Exchange<?> next(final long nowNs)
    {
        final Iterator<Map.Entry<Found, Long>> all = dueNs.entrySet().iterator();
        while (all.hasNext())
        {
            final Map.Entry<Found, Long> first = all.next();
            final Members.Life life = members.lifeOf(first.getKey().lease, first.getValue());
            if (first.getValue() - nowNs > 0 || Members.Life.UNKNOWN == life)
            {
                return null;
            }
            all.remove();
            if (Members.Life.DEAD == life && !members.isAlive(Session.bootOf(first.getKey().lease)))
            {
                return sweep(first.getKey());
            }
        }
        return null;
    }

    private Exchange<List<Session>> sweep(final Found found)
    {
        return new Exchange<>((engine) -> engine.sweep(found.bucket, List.of(found.lease)), (swept, endNs) ->
        {
            counts.add(FleetCounter.BUCKETS_SWEPT, 1);
            counts.add(FleetCounter.SESSIONS_SWEPT, swept.size());
        });
    }
}
