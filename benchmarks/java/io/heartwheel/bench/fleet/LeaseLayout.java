package io.heartwheel.bench.fleet;

import io.heartwheel.fleet.Buckets;
import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.Release;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.redis.RedisContext;
import io.heartwheel.fleet.redis.RedisEngine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ours: a lease for each node, and sessions that nobody refreshes.
 */
final class LeaseLayout implements Layout
{
    private static final int BUCKETS = 4_096;
    private static final int BATCH = 256;
    private static final long FULL_VERIFY_MS = 600_000;

    private final long leaseMs;
    private final List<Engine> engines = new ArrayList<>();
    private final List<List<List<Session>>> owned = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Release> releases = new ArrayList<>();
    private int verified;

    LeaseLayout(final int port, final long leaseMs)
    {
        this.leaseMs = leaseMs;
        for (int node = 0; node < NODES; node++)
        {
            engines.add(new RedisEngine(
                new RedisContext().url("redis://127.0.0.1:" + port).buckets(BUCKETS).commandTimeoutMs(10_000)));
            engines.get(node).lease(LeaseAction.JOIN, lease(node), leaseMs, 0, "node " + node);
            final List<List<Session>> buckets = new ArrayList<>();
            for (int i = 0; i < BUCKETS; i++)
            {
                buckets.add(new ArrayList<>());
            }
            owned.add(buckets);
        }
    }

    private static String lease(final int node)
    {
        return boot(node) + ".1";
    }

    private static String boot(final int node)
    {
        return String.format("%012x", 0xABCDEF012345L + node);
    }

    static String identity(final int client)
    {
        return "client-" + (1_000_000_000 + client);
    }

    @Override
    public String title()
    {
        return "heartwheel";
    }

    @Override
    public void load(final int clients)
    {
        for (int node = 0; node < NODES; node++)
        {
            for (int client = node; client < clients; client += NODES)
            {
                claims.add(new Claim(identity(client), lease(node), client, 0, Long.MAX_VALUE, 0));
                if (BATCH == claims.size() || client + NODES >= clients)
                {
                    final int claimer = node;
                    final List<Claim> sent = List.copyOf(claims);
                    final var replies = engines.get(node).claim(sent);
                    for (int i = 0; i < sent.size(); i++)
                    {
                        final Claim claim = sent.get(i);
                        owned.get(claimer).get(Buckets.of(claim.identity(), BUCKETS)).add(new Session(
                            claim.identity(), claim.lease(), claim.connection(), replies.get(i).stampUs()));
                    }
                    claims.clear();
                }
            }
        }
    }

    @Override
    public long rest(final long ms)
    {
        final long startMs = System.currentTimeMillis();
        final long renewMs = leaseMs / 3;
        long sent = 0;
        long renewals = 0;
        long verifies = 0;
        for (long nowMs = 0; nowMs < ms; nowMs = System.currentTimeMillis() - startMs)
        {
            for (; renewals * renewMs / NODES <= nowMs; renewals++, sent++)
            {
                final int node = (int)(renewals % NODES);
                engines.get(node).lease(LeaseAction.RENEW, lease(node), leaseMs, -1, "");
            }
            for (; verifies * FULL_VERIFY_MS / (BUCKETS * NODES) <= nowMs; verifies++, sent++)
            {
                final int node = (int)(verifies % NODES);
                final int bucket = verified++ / NODES % BUCKETS;
                engines.get(node).verify(bucket, lease(node), owned.get(node).get(bucket), true, Long.MAX_VALUE);
            }
            FleetPeers.pause(10);
        }
        return sent;
    }

    /**
     * The others renew, and a session is shown while its lease is of a member. The slowest reader learns that up to a
     * third of a lease later than the first, which is the one here.
     */
    @Override
    public int[] ghosts(final int seconds)
    {
        final int[] shown = new int[seconds];
        for (int node = 0; node < NODES; node++)
        {
            engines.get(node).lease(LeaseAction.RENEW, lease(node), leaseMs, 0, "");
        }
        final Set<String> members = new HashSet<>(List.of(lease(DEAD_NODE)));
        int ghosts = 0;
        for (final List<Session> bucket : owned.get(DEAD_NODE))
        {
            ghosts += bucket.size();
        }
        final long startMs = System.currentTimeMillis();
        long renewals = 0;
        for (int second = 0; second < seconds && members.contains(lease(DEAD_NODE)); second++)
        {
            shown[second] = ghosts;
            while (System.currentTimeMillis() - startMs < (second + 1) * 1_000L)
            {
                final long nowMs = System.currentTimeMillis() - startMs;
                for (; renewals * leaseMs / 3 / (NODES - 1) <= nowMs; renewals++)
                {
                    final int node = 1 + (int)(renewals % (NODES - 1));
                    final LeaseReply reply =
                        engines.get(node).lease(LeaseAction.RENEW, lease(node), leaseMs, 0, "");
                    members.clear();
                    members.addAll(reply.members().keySet());
                }
                FleetPeers.pause(10);
            }
        }
        return shown;
    }

    @Override
    public void hopAndLeave(final int client, final int from, final int to)
    {
        claims.add(new Claim(identity(client), lease(to), client, 0, Long.MAX_VALUE, 0));
        releases.add(new Release(identity(client), boot(from), client));
        if (BATCH == claims.size())
        {
            flush();
        }
    }

    private void flush()
    {
        engines.get(1).claim(claims);
        engines.get(1).release(releases);
        claims.clear();
        releases.clear();
    }

    @Override
    public int missing(final int clients)
    {
        flush();
        int missing = 0;
        for (int client = 0; client < clients; client++)
        {
            missing += null == engines.get(1).locate(List.of(identity(client))).get(0) ? 1 : 0;
        }
        return missing;
    }

    @Override
    public void close()
    {
        engines.forEach(Engine::close);
    }
}
