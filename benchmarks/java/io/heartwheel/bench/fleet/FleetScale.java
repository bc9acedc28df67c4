package io.heartwheel.bench.fleet;

import io.heartwheel.bench.harness.Machine;
import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetSettings;
import io.heartwheel.fleet.redis.RedisServer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Nodes of servers without sockets, in a Redis of this run's own: all clients come at once, Redis cuts all connections,
 * a node dies and is swept, Redis loses all and is told again: {@code FOLDER CLIENTS}.
 */
public final class FleetScale implements AutoCloseable
{
    private static final int NODES = 4;
    private static final int DEAD = 0;
    private static final FleetSettings SETTINGS = FleetSettings.DEFAULT;

    private final int clients;
    private final RedisServer server = RedisServer.launch(List.of());
    private final Jedis redis = new Jedis("127.0.0.1", server.port());
    private final NodeThread[] nodes = new NodeThread[NODES];
    private final StringBuilder table = new StringBuilder();

    private FleetScale(final int clients)
    {
        this.clients = clients;
        for (int node = 0; node < NODES; node++)
        {
            nodes[node] = start(node);
        }
    }

    private NodeThread start(final int node)
    {
        return new NodeThread(server.port(), "node " + node, SETTINGS);
    }

    public static void main(final String[] args) throws IOException
    {
        try (FleetScale scale = new FleetScale(Integer.parseInt(args[1])))
        {
            Files.writeString(Path.of(args[0]).resolve("fleet-scale.md"), scale.run());
        }
    }

    private String run()
    {
        final long emptyBytes = new RedisCosts(redis).bytes;
        measure("all clients come at once", clients, this::comeAll);
        check(clients);
        final long bytes = (new RedisCosts(redis).bytes - emptyBytes) / clients;
        measure("Redis cuts all connections, all is verified, nothing is wrong", clients, this::cutAll);
        final int dead = nodes[DEAD].node().size();
        measure("a node dies, and its lease ends; it is swept by one other", dead, () -> die(dead));
        check(clients - dead);
        nodes[DEAD] = start(DEAD);
        come(DEAD);
        nodes[DEAD].awaitTold();
        measure("Redis is empty, and all nodes tell it again", clients, this::empty);
        check(clients);
        return page(bytes);
    }

    private String page(final long bytes)
    {
        final StringBuilder page = new StringBuilder("# A registry of ").append(
            String.format(Locale.ROOT, "%,d", clients)).append(" sessions in Redis\n\n");
        Machine.facts().forEach(
            (name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
        return page.append("- ").append(redis.info("server").lines().filter((line) -> line.startsWith("redis_version"))
            .findFirst().orElse("").strip()).append("\n- nodes: ").append(NODES).append(", buckets: ")
            .append(NodeThread.BUCKETS).append(", lease: ").append(TimeUnit.NANOSECONDS.toSeconds(SETTINGS.leaseNs()))
            .append(" s\n\nBytes of memory that Redis takes for a session: ").append(bytes)
            .append(". Nodes and Redis share the cores. Seconds are from the cause until all is whole again, with all ")
            .append("that nodes wait for by design: a lease, a renewal, their turn.\n\n")
            .append("| what | sessions | seconds | CPU of Redis, s | µs of Redis for each | scripts, µs each |\n")
            .append("|---|---:|---:|---:|---:|---:|\n").append(table).toString();
    }

    private void measure(final String what, final int sessions, final Runnable task)
    {
        redis.configResetStat();
        final RedisCosts before = new RedisCosts(redis);
        final long startNs = System.nanoTime();
        task.run();
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final double cpuS = new RedisCosts(redis).cpuS - before.cpuS;
        table.append(String.format(Locale.ROOT, "| %s | %,d | %.2f | %.2f | %.1f | %.1f |%n",
            what, sessions, seconds, cpuS, 1e6 * cpuS / sessions, RedisCosts.usPerCall(redis, "evalsha")));
    }

    private void comeAll()
    {
        for (int node = 0; node < NODES; node++)
        {
            come(node);
        }
        for (final NodeThread node : nodes)
        {
            node.awaitTold();
        }
    }

    private void come(final int node)
    {
        for (int client = node; client < clients; client += NODES)
        {
            nodes[node].open(client);
        }
    }

    private void cutAll()
    {
        final long[] before = counts(FleetCounter.BUCKETS_VERIFIED);
        redis.clientKill(new ClientKillParams().type(ClientType.NORMAL));
        awaitVerified(before);
    }

    private void die(final int sessions)
    {
        nodes[DEAD].close();
        NodeThread.await("the dead node is swept", () -> sweptByOthers() >= sessions);
    }

    private long sweptByOthers()
    {
        long swept = 0;
        for (int node = 0; node < NODES; node++)
        {
            swept += DEAD == node ? 0 : nodes[node].count(FleetCounter.SESSIONS_SWEPT);
        }
        return swept;
    }

    private void empty()
    {
        final long[] joins = counts(FleetCounter.JOINS);
        redis.flushAll();
        for (int node = 0; node < NODES; node++)
        {
            final int each = node;
            NodeThread.await("nodes join again and verify all buckets", () ->
                nodes[each].count(FleetCounter.JOINS) > joins[each] && nodes[each].isVerifiedSinceJoined());
        }
    }

    /** All buckets by all nodes; a few of them a second in their usual turn. */
    private void awaitVerified(final long[] before)
    {
        for (int node = 0; node < NODES; node++)
        {
            final int each = node;
            NodeThread.await("all buckets are verified", () ->
                nodes[each].count(FleetCounter.BUCKETS_VERIFIED) >= before[each] + NodeThread.BUCKETS);
        }
    }

    private long[] counts(final FleetCounter counter)
    {
        final long[] counts = new long[NODES];
        for (int node = 0; node < NODES; node++)
        {
            counts[node] = nodes[node].count(counter);
        }
        return counts;
    }

    /** Whole, or the figures mean nothing. */
    private void check(final long expected)
    {
        final long listed = nodes[1].node().count().join();
        if (expected != listed)
        {
            throw new IllegalStateException(listed + " sessions are registered, not " + expected);
        }
    }

    @Override
    public void close()
    {
        for (final NodeThread node : nodes)
        {
            node.close();
        }
        redis.close();
        server.close();
    }
}
