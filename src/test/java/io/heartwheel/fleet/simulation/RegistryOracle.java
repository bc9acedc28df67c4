package io.heartwheel.fleet.simulation;

import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.MemoryEngine;
import io.heartwheel.fleet.MemoryRegistry;
import io.heartwheel.fleet.Release;
import io.heartwheel.fleet.Session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

import static io.heartwheel.fleet.simulation.FleetViolation.require;

/**
 * Watches the registry: stamps only grow, nobody erases what another owns, and no lease is ended that its node had no
 * fair chance to renew.
 */
final class RegistryOracle
{
    private static final long ROUNDING_NS = 2_000_000;

    private final MemoryEngine reader;
    private Map<String, Session> before;
    /** Alive leases: how long the engine had been attended when each was renewed last. */
    private Map<String, Long> alive = new HashMap<>();
    private final Map<String, Long> deadSinceNs = new HashMap<>();
    private final Map<String, Long> renewedNs = new HashMap<>();
    private long attendedNs;
    private long heardNs = -1;
    private long stoodStillNs = Long.MIN_VALUE;
    private final Set<String> released = new HashSet<>();
    private boolean isClockSet;

    RegistryOracle(final MemoryRegistry registry)
    {
        reader = new MemoryEngine(registry);
    }

    Map<String, Session> records()
    {
        final Map<String, Session> records = new TreeMap<>();
        for (int bucket = 0; bucket < FleetScenario.BUCKETS; bucket++)
        {
            reader.list(bucket).forEach((session) -> records.put(session.identity(), session));
        }
        return records;
    }

    /** Dead leases of which there may be records. */
    List<String> unswept()
    {
        return reader.unswept(0);
    }

    boolean isAlive(final String lease)
    {
        return alive.containsKey(lease);
    }

    boolean isClockSet()
    {
        return isClockSet;
    }

    /** Whether the dead may be shown for longer than a lease: the engine stood still, or went back in time. */
    boolean hasStoodStillSince(final long ns)
    {
        return stoodStillNs >= ns;
    }

    void onClockSet(final long nowNs)
    {
        isClockSet = true;
        stoodStillNs = nowNs;
    }

    void onCleared(final long nowNs)
    {
        alive.clear();
        deadSinceNs.clear();
        heardNs = -1;
        stoodStillNs = nowNs;
    }

    /** {@return puts back what the oracle knows now} */
    LongConsumer savepoint()
    {
        final Map<String, Long> aliveThen = new HashMap<>(alive);
        final long attendedThen = attendedNs;
        final long heardThen = heardNs;
        return (nowNs) ->
        {
            alive = new HashMap<>(aliveThen);
            attendedNs = attendedThen;
            heardNs = heardThen;
            deadSinceNs.clear();
            stoodStillNs = nowNs;
        };
    }

    void onLease(final LeaseAction action, final String lease, final LeaseReply reply, final long nowNs)
    {
        final long leaseNs = FleetScenario.SETTINGS.leaseNs();
        final long gapNs = heardNs < 0 ? 0 : nowNs - heardNs;
        heardNs = nowNs;
        if (gapNs > leaseNs / 2 - ROUNDING_NS)
        {
            stoodStillNs = nowNs;
        }
        if (gapNs <= leaseNs / 2 + ROUNDING_NS)
        {
            attendedNs += gapNs;
        }
        for (final String reaped : reply.reaped())
        {
            final Long attendedThen = alive.remove(reaped);
            deadSinceNs.put(reaped, nowNs);
            require(isClockSet || null == attendedThen || attendedNs - attendedThen >= leaseNs - ROUNDING_NS,
                reaped + " was reaped though it had no time to renew");
        }
        if (LeaseAction.LEAVE == action)
        {
            alive.remove(lease);
            deadSinceNs.put(lease, nowNs);
        }
        else if (reply.isHeld())
        {
            require(!deadSinceNs.containsKey(lease), lease + " is held though it was dead");
            alive.put(lease, attendedNs);
            renewedNs.put(Session.bootOf(lease), nowNs);
        }
    }

    /** {@return when the engine renewed the lease of a boot last, or 0} */
    long renewedNs(final String boot)
    {
        return renewedNs.getOrDefault(boot, 0L);
    }

    void before()
    {
        before = records();
    }

    /** A node past its lease does not act for it. */
    private void requireNotDead(final String lease, final String what)
    {
        require(isClockSet || !deadSinceNs.containsKey(lease), what + " by " + lease + ", which is dead");
    }

    private void requireNotReleased(final String identity, final String boot, final long connection)
    {
        final String text = identity + ' ' + boot + ' ' + connection;
        require(isClockSet || !released.contains(text), text + " is written though it was released");
    }

    private void requireGrown()
    {
        records().forEach((identity, now) ->
        {
            final Session then = before.get(identity);
            require(null == then || now.stampUs() >= then.stampUs(), then + " was replaced by the older " + now);
        });
    }

    void onClaims(final List<Claim> claims, final List<ClaimReply> replies)
    {
        requireGrown();
        for (int i = 0; i < claims.size(); i++)
        {
            if (ClaimReply.Outcome.WON == replies.get(i).outcome())
            {
                final Claim claim = claims.get(i);
                requireNotDead(claim.lease(), "claimed");
                requireNotReleased(claim.identity(), Session.bootOf(claim.lease()), claim.connection());
            }
        }
    }

    void onVerified(final String lease, final List<Session> owned, final boolean isLate)
    {
        requireGrown();
        if (!isLate && !owned.isEmpty())
        {
            requireNotDead(lease, "verified");
            owned.forEach((session) ->
                requireNotReleased(session.identity(), session.boot(), session.connection()));
        }
        final Map<String, Session> after = records();
        before.forEach((identity, then) -> require(after.containsKey(identity) ||
            then.boot().equals(Session.bootOf(lease)), lease + " erased " + then));
    }

    void onReleased(final List<Release> releases)
    {
        releases.forEach((release) ->
            released.add(release.identity() + ' ' + release.boot() + ' ' + release.connection()));
        final Map<String, Session> after = records();
        before.forEach((identity, then) -> require(
            after.containsKey(identity) || releases.stream().anyMatch((release) ->
                release.identity().equals(identity) && then.isOf(release.boot(), release.connection())),
            then + " was erased by a release of another"));
    }

    void onSwept(final List<Session> swept)
    {
        swept.forEach((session) ->
            require(!alive.containsKey(session.lease()), session + " was swept, and its lease lives"));
    }
}
