package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Buckets;
import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.MemoryEngine;
import io.heartwheel.fleet.MemoryRegistry;
import io.heartwheel.fleet.Release;
import io.heartwheel.fleet.Session;
import io.heartwheel.support.Seed;
import redis.clients.jedis.Jedis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The registry in memory and that in Redis are asked the same, in random order and with random arguments, by one clock,
 * and have to answer the same. The scripts are those of the engine but for their clock, which they read from a key.
 */
final class ModelRun implements AutoCloseable
{
    private static final int BUCKETS = 4;
    private static final int CALLS_MAX = 32;

    private final String seed;
    private final SplittableRandom random;
    private final MemoryRegistry registry;
    private final Engine model;
    private final Engine redis;
    private final Jedis admin;
    private final List<String> identities =
        IntStream.range(0, 24).mapToObj((i) -> "user " + i / 2 + "/é" + i % 2).collect(Collectors.toList());
    private final Map<String, String> registryIds = new HashMap<>();
    private long nowUs = 1_700_000_000_123_456L;
    private int calls;

    ModelRun(final RedisServer server, final Seed seed)
    {
        this.seed = seed.toString();
        random = seed.random();
        registry = new MemoryRegistry(() -> nowUs, BUCKETS);
        model = new MemoryEngine(registry);
        redis = new RedisEngine(
            new RedisContext().url("redis://" + server.address()).buckets(BUCKETS).commandTimeoutMs(20_000),
            new Scripts((text) -> text.replace("redis.call('TIME')", "redis.call('HMGET', 'clock', 's', 'us')")));
        admin = new Jedis("127.0.0.1", server.port());
        loseAll();
    }

    /**
     * Ask until so many calls were made, and compare all that both registries hold from time to time.
     */
    void run(final int callsMax)
    {
        for (int round = 0; calls < callsMax; round++)
        {
            step();
            if (0 == round % 100)
            {
                compareAll();
            }
        }
        compareAll();
    }

    private void step()
    {
        passTime();
        switch (random.nextInt(16))
        {
            case 0:
            case 1:
            case 2:
                lease();
                break;

            case 3:
            case 4:
                release();
                break;

            case 5:
            case 6:
                verify();
                break;

            case 7:
                sweep();
                break;

            case 8:
                final long ageMs = random.nextLong(20_000);
                compare("unswept", model.unswept(ageMs), redis.unswept(ageMs));
                break;

            case 9:
                final String lease = lease(random.nextInt(4));
                model.swept(lease);
                redis.swept(lease);
                ++calls;
                break;

            case 10:
                if (0 == random.nextInt(20))
                {
                    loseAll();
                }
                break;

            default:
                claim();
                break;
        }
    }

    /** Mostly on, at times far, at times back. */
    private void passTime()
    {
        final int kind = random.nextInt(20);
        setClock(nowUs + (0 == kind ? -random.nextLong(5_000_000) : 1 == kind ? random.nextLong(30_000_000) :
            kind < 8 ? random.nextLong(3) : random.nextLong(2_000_000)));
    }

    private void setClock(final long us)
    {
        nowUs = us;
        admin.hset("clock", Map.of("s", Long.toString(us / 1_000_000), "us", Long.toString(us % 1_000_000)));
    }

    private void loseAll()
    {
        admin.flushAll();
        setClock(nowUs + 1);
        registry.clear();
        lease();
    }

    private String lease(final int boot)
    {
        return "boot" + boot + "." + random.nextInt(1, 4);
    }

    private String identity()
    {
        return identities.get(random.nextInt(identities.size()));
    }

    private long stampUs()
    {
        return nowUs - 3_000_000 + random.nextLong(4_000_000);
    }

    private void lease()
    {
        final LeaseAction action = LeaseAction.values()[random.nextInt(LeaseAction.values().length)];
        final String lease = lease(random.nextInt(4));
        final long ttlMs = random.nextBoolean() ? 10_000 : 1 + random.nextLong(10_000);
        final String node = "node " + random.nextInt(1_000);
        final LeaseReply first = model.lease(action, lease, ttlMs, 0, node);
        final LeaseReply second = redis.lease(action, lease, ttlMs, 0, node);
        assertEquals(
            second.registryId(), registryIds.computeIfAbsent(first.registryId(), (key) -> second.registryId()));
        compare(action + " of " + lease, first, new LeaseReply(second.isHeld(), second.engineUs(),
            first.registryId(), second.version(), second.reaped(), second.members()));
        // At the same time again: no change, and told only if not known.
        final long known = random.nextBoolean() ? first.version() : first.version() - 1;
        final LeaseReply third = model.lease(LeaseAction.RENEW, lease, ttlMs, known, node);
        compare("RENEW of " + lease,
            third.members(), redis.lease(LeaseAction.RENEW, lease, ttlMs, known, node).members());
    }

    private void claim()
    {
        final List<Claim> claims = new ArrayList<>();
        for (int i = random.nextInt(CALLS_MAX); i >= 0; i--)
        {
            claims.add(new Claim(identity(), lease(random.nextInt(4)), random.nextLong(4), random.nextLong(4) * 500_000,
                nowUs - 1 + random.nextLong(6), 0 == random.nextInt(4) ? stampUs() : 0));
        }
        calls += claims.size() - 1;
        compare("claims " + claims, model.claim(claims), redis.claim(claims));
    }

    private void release()
    {
        final List<Release> releases = new ArrayList<>();
        for (int i = random.nextInt(CALLS_MAX); i >= 0; i--)
        {
            releases.add(new Release(identity(), "boot" + random.nextInt(4), random.nextLong(4)));
        }
        model.release(releases);
        redis.release(releases);
        calls += releases.size();
        compare("after releases " + releases, model.locate(identities), redis.locate(identities));
    }

    private void verify()
    {
        final int bucket = random.nextInt(BUCKETS);
        final String lease = lease(random.nextInt(4));
        final boolean isFull = random.nextBoolean();
        final List<Session> owned = new ArrayList<>();
        for (final String identity : identities)
        {
            for (int i = Buckets.of(identity, BUCKETS) == bucket ? random.nextInt(3) : 0; i > 0; i--)
            {
                owned.add(new Session(identity, lease, random.nextLong(4), stampUs()));
            }
        }
        final long deadlineUs = nowUs - 1 + random.nextLong(6);
        compare("verify of " + owned + isFull + deadlineUs,
            model.verify(bucket, lease, owned, isFull, deadlineUs),
            redis.verify(bucket, lease, owned, isFull, deadlineUs));
    }

    private void sweep()
    {
        final int bucket = random.nextInt(BUCKETS);
        final List<String> dead = List.of(lease(random.nextInt(4)), lease(random.nextInt(4)));
        compare("sweep of " + dead, sorted(model.sweep(bucket, dead)), sorted(redis.sweep(bucket, dead)));
    }

    private void compareAll()
    {
        for (int bucket = 0; bucket < BUCKETS; bucket++)
        {
            compare("bucket " + bucket, sorted(model.list(bucket)), sorted(redis.list(bucket)));
        }
    }

    private void compare(final String what, final Object expected, final Object actual)
    {
        ++calls;
        assertEquals(expected, actual, () -> "call " + calls + " at " + nowUs + ", " + what + ", " + seed);
    }

    private static List<Session> sorted(final List<Session> sessions)
    {
        return sessions.stream().sorted(Comparator.comparing(Session::identity)).collect(Collectors.toList());
    }

    @Override
    public void close()
    {
        redis.close();
        admin.close();
    }
}
