package io.heartwheel.fleet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A registry in the memory of this process, for nodes that run in it: each has a {@link MemoryEngine} of its own. It is
 * also the model of every other registry, which has to answer as it does.
 * <p>
 * Threadsafe.
 */
public final class MemoryRegistry
{
    private final LongSupplier clockUs;
    private final List<Map<String, Session>> buckets = new ArrayList<>();
    private final Map<String, MemoryEngine> listening = new HashMap<>();
    private MemoryLeases leases;
    private volatile int lives;

    /**
     * An empty registry.
     *
     * @param clockUs the registry's clock: microseconds of the epoch.
     * @param buckets that identities are spread over, a power of two from 1 to {@link Buckets#MAX}.
     */
    public MemoryRegistry(final LongSupplier clockUs, final int buckets)
    {
        this.clockUs = clockUs;
        Buckets.checked(buckets);
        for (int i = 0; i < buckets; i++)
        {
            this.buckets.add(new HashMap<>());
        }
        clear();
    }

    /**
     * Lose all data, as an engine that was restarted without any. The registry has another id from now on.
     */
    public synchronized void clear()
    {
        buckets.forEach(Map::clear);
        final long nowUs = clockUs.getAsLong();
        ++lives;
        leases = new MemoryLeases(nowUs + "-" + lives, nowUs);
    }

    /**
     * Keep what the registry holds now.
     *
     * @return puts it back, as a failover does to a replica that lags: what was written since is lost.
     */
    public synchronized Runnable savepoint()
    {
        final List<Map<String, Session>> records = new ArrayList<>();
        buckets.forEach((bucket) -> records.add(new HashMap<>(bucket)));
        final MemoryLeases then = new MemoryLeases(leases);
        return () -> restore(records, then);
    }

    private synchronized void restore(final List<Map<String, Session>> records, final MemoryLeases then)
    {
        for (int i = 0; i < records.size(); i++)
        {
            buckets.get(i).clear();
            buckets.get(i).putAll(records.get(i));
        }
        leases = new MemoryLeases(then);
        ++lives;
    }

    /** How often data were lost, and the first life. */
    int lives()
    {
        return lives;
    }

    int buckets()
    {
        return buckets.size();
    }

    synchronized LeaseReply lease(
        final LeaseAction action, final String lease, final long ttlMs, final long knownVersion, final String node)
    {
        return leases.lease(action, lease, ttlMs, knownVersion, node, clockUs.getAsLong());
    }

    synchronized List<String> unswept(final long olderThanMs)
    {
        return leases.unswept(olderThanMs, clockUs.getAsLong() / 1_000);
    }

    synchronized void swept(final String lease)
    {
        leases.swept(lease);
    }

    synchronized ClaimReply claim(final Claim claim)
    {
        if (clockUs.getAsLong() > claim.deadlineUs())
        {
            return new ClaimReply(ClaimReply.Outcome.LATE, 0, null);
        }
        final Map<String, Session> bucket = bucketOf(claim.identity());
        final Session current = bucket.get(claim.identity());
        final boolean isMine =
            null != current && current.isOf(Session.bootOf(claim.lease()), claim.connection());
        long stampUs = claim.stampUs();
        if (isMine)
        {
            stampUs = current.stampUs();
        }
        else if (0 == stampUs)
        {
            final long nowUs = clockUs.getAsLong();
            // A record of the future: the clock went back since, and later is what comes later.
            stampUs = null != current && current.stampUs() > nowUs ? current.stampUs() + 1 : nowUs - claim.ageUs();
        }
        if (null != current && !isMine && current.stampUs() >= stampUs)
        {
            return new ClaimReply(ClaimReply.Outcome.TAKEN, current.stampUs(), current);
        }
        bucket.put(claim.identity(), new Session(claim.identity(), claim.lease(), claim.connection(), stampUs));
        return new ClaimReply(ClaimReply.Outcome.WON, stampUs, isMine ? null : current);
    }

    synchronized void release(final Release release)
    {
        final Map<String, Session> bucket = bucketOf(release.identity());
        final Session current = bucket.get(release.identity());
        if (null != current && current.isOf(release.boot(), release.connection()))
        {
            bucket.remove(release.identity());
        }
    }

    synchronized VerifyReply verify(
        final int bucket,
        final String lease,
        final List<Session> owned,
        final boolean isFull,
        final long deadlineUs)
    {
        if (clockUs.getAsLong() > deadlineUs)
        {
            return null;
        }
        final String boot = Session.bootOf(lease);
        final Map<String, Session> records = buckets.get(bucket);
        final List<Session> others = new ArrayList<>();
        final Set<String> named = new HashSet<>();
        for (final Session session : owned)
        {
            named.add(session.identity());
            final Session current = records.get(session.identity());
            final boolean isMine = null != current && current.isOf(boot, session.connection());
            if (null != current && !isMine)
            {
                others.add(current);
            }
            if (null == current || isMine || current.boot().equals(boot) && current.stampUs() < session.stampUs())
            {
                final long stampUs = isMine ? Math.max(current.stampUs(), session.stampUs()) : session.stampUs();
                records.put(
                    session.identity(), new Session(session.identity(), lease, session.connection(), stampUs));
            }
        }
        final Set<String> leases = new HashSet<>();
        if (isFull)
        {
            records.values().removeIf(
                (record) -> record.boot().equals(boot) && !named.contains(record.identity()));
            records.values().stream().filter((record) -> !record.boot().equals(boot))
                .forEach((record) -> leases.add(record.lease()));
        }
        return new VerifyReply(others, leases);
    }

    synchronized List<Session> sweep(final int bucket, final List<String> deadLeases)
    {
        final List<Session> swept = new ArrayList<>();
        final Set<String> dead = new HashSet<>(deadLeases);
        buckets.get(bucket).values().removeIf((record) -> dead.contains(record.lease()) && swept.add(record));
        return swept;
    }

    synchronized Session locate(final String identity)
    {
        return bucketOf(identity).get(identity);
    }

    synchronized List<Session> list(final int bucket)
    {
        return new ArrayList<>(buckets.get(bucket).values());
    }

    synchronized void listen(final String boot, final MemoryEngine engine)
    {
        listening.put(boot, engine);
    }

    synchronized void unlisten(final MemoryEngine engine)
    {
        listening.values().removeIf(engine::equals);
    }

    /** Who listens to the inbox of a boot, or null. */
    synchronized MemoryEngine listener(final String boot)
    {
        return listening.get(boot);
    }

    private Map<String, Session> bucketOf(final String identity)
    {
        return buckets.get(Buckets.of(identity, buckets.size()));
    }
}
