package io.heartwheel.bench.fleet;

import io.heartwheel.bench.harness.Machine;
import io.heartwheel.fleet.Buckets;
import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.redis.RedisContext;
import io.heartwheel.fleet.redis.RedisEngine;
import io.heartwheel.fleet.redis.RedisServer;
import redis.clients.jedis.Jedis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Sessions without sockets, in a Redis of this run's own: all claim at once, a node dies and is swept, Redis loses all
 * and is told again: {@code FOLDER CLIENTS}. Each node has a thread, and goes as fast as it can.
 */
public final class FleetScale implements AutoCloseable
{
    private static final int NODES = 4;
    private static final int BUCKETS = 4_096;
    private static final int BATCH = 256;
    private static final long LEASE_MS = 60_000;

    private final int clients;
    private final RedisServer server = RedisServer.launch(List.of());
    private final Jedis redis = new Jedis("127.0.0.1", server.port());
    private final ExecutorService threads = Executors.newFixedThreadPool(NODES);
    private final List<Engine> engines = new ArrayList<>();
    private final List<List<List<Session>>> owned = new ArrayList<>();
    private final StringBuilder table = new StringBuilder();

    private FleetScale(final int clients)
    {
        this.clients = clients;
        for (int node = 0; node < NODES; node++)
        {
            engines.add(new RedisEngine(new RedisContext().url("redis://127.0.0.1:" + server.port()).buckets(BUCKETS)
                .commandTimeoutMs(10_000)));
            final List<List<Session>> buckets = new ArrayList<>();
            for (int i = 0; i < BUCKETS; i++)
            {
                buckets.add(new ArrayList<>());
            }
            owned.add(buckets);
        }
    }

    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException
    {
        try (FleetScale scale = new FleetScale(Integer.parseInt(args[1])))
        {
            Files.writeString(Path.of(args[0]).resolve("fleet-scale.md"), scale.run());
        }
    }

    private String run() throws ExecutionException, InterruptedException
    {
        onEach((node) -> engines.get(node).lease(LeaseAction.JOIN, lease(node), LEASE_MS, 0, "node " + node));
        final long emptyBytes = new RedisCosts(redis).bytes;
        measure("all claim", clients, this::claimAll);
        check(clients);
        final long bytes = (new RedisCosts(redis).bytes - emptyBytes) / clients;
        measure("all are verified, nothing is wrong", clients, (node) -> verifyAll(node, false));

        final List<String> dead = List.of(lease(0));
        engines.get(0).lease(LeaseAction.LEAVE, lease(0), LEASE_MS, 0, "");
        measure("a node is gone and is swept by one other", clients / NODES, (node) -> sweepAll(node, dead));
        check(clients - sizeOf(0));

        redis.flushAll();
        onEach((node) -> engines.get(node).lease(LeaseAction.JOIN, lease(node), LEASE_MS, 0, "node " + node));
        measure("Redis is empty, and all nodes tell it again", clients, (node) -> verifyAll(node, true));
        check(clients);

        final StringBuilder page = new StringBuilder("# A registry of ").append(
            String.format(Locale.ROOT, "%,d", clients)).append(" sessions in Redis\n\n");
        Machine.facts().forEach(
            (name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
        return page.append("- ").append(redis.info("server").lines().filter((line) -> line.startsWith("redis_version"))
            .findFirst().orElse("").strip()).append("\n- nodes: ").append(NODES).append(", buckets: ").append(BUCKETS)
            .append("\n\nBytes of memory that Redis takes for a session: ").append(bytes)
            .append(". Nodes and Redis share the cores, and go as fast as they can.\n\n")
            .append("| what | sessions | seconds | CPU of Redis, s | µs of Redis for each | scripts, µs each |\n")
            .append("|---|---:|---:|---:|---:|---:|\n").append(table).toString();
    }

    private void measure(final String what, final int sessions, final IntConsumer task)
        throws ExecutionException, InterruptedException
    {
        redis.configResetStat();
        final RedisCosts before = new RedisCosts(redis);
        final long startNs = System.nanoTime();
        onEach(task);
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final double cpuS = new RedisCosts(redis).cpuS - before.cpuS;
        table.append(String.format(Locale.ROOT, "| %s | %,d | %.2f | %.2f | %.1f | %.1f |%n",
            what, sessions, seconds, cpuS, 1e6 * cpuS / sessions, RedisCosts.usPerCall(redis, "evalsha")));
    }

    private void onEach(final IntConsumer task) throws ExecutionException, InterruptedException
    {
        final List<Future<?>> futures = new ArrayList<>();
        for (int node = 0; node < NODES; node++)
        {
            final int one = node;
            futures.add(threads.submit(() -> task.accept(one)));
        }
        for (final Future<?> future : futures)
        {
            future.get();
        }
    }

    private static String lease(final int node)
    {
        return String.format("%012x.1", 0xABCDEF012345L + node);
    }

    private void claimAll(final int node)
    {
        final List<Claim> claims = new ArrayList<>();
        for (int client = node; client < clients; client += NODES)
        {
            claims.add(new Claim(LeaseLayout.identity(client), lease(node), client, 0, Long.MAX_VALUE, 0));
            if (BATCH == claims.size() || client + NODES >= clients)
            {
                final List<ClaimReply> replies = engines.get(node).claim(claims);
                for (int i = 0; i < replies.size(); i++)
                {
                    final Claim claim = claims.get(i);
                    owned.get(node).get(Buckets.of(claim.identity(), BUCKETS)).add(new Session(
                        claim.identity(), claim.lease(), claim.connection(), replies.get(i).stampUs()));
                }
                claims.clear();
            }
        }
    }

    private void verifyAll(final int node, final boolean isLost)
    {
        for (int bucket = 0; bucket < BUCKETS; bucket++)
        {
            engines.get(node).verify(bucket, lease(node), owned.get(node).get(bucket), !isLost, Long.MAX_VALUE);
        }
    }

    private void sweepAll(final int node, final List<String> dead)
    {
        if (1 == node)
        {
            for (int bucket = 0; bucket < BUCKETS; bucket++)
            {
                engines.get(node).sweep(bucket, dead);
            }
        }
    }

    private int sizeOf(final int node)
    {
        return owned.get(node).stream().mapToInt(List::size).sum();
    }

    /** Whole, or the figures mean nothing. */
    private void check(final int expected)
    {
        int listed = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++)
        {
            listed += engines.get(1).list(bucket).size();
        }
        if (expected != listed)
        {
            throw new IllegalStateException(listed + " sessions are registered, not " + expected);
        }
    }

    @Override
    public void close()
    {
        threads.shutdownNow();
        engines.forEach(Engine::close);
        redis.close();
        server.close();
    }
}
