package io.heartwheel.fleet.redis;

import io.heartwheel.support.Tool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster of three masters, with a replica each or without.
 */
public final class RedisCluster implements AutoCloseable
{
    private static final int MASTERS = 3;

    final List<RedisServer> nodes = new ArrayList<>();

    /**
     * Start it, and wait until each knows all.
     *
     * @param replicas of each master.
     */
    public RedisCluster(final int replicas) throws IOException, InterruptedException
    {
        try
        {
            start(replicas);
        }
        catch (final IOException | InterruptedException | RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    private void start(final int replicas) throws IOException, InterruptedException
    {
        for (int i = 0; i < MASTERS + MASTERS * replicas; i++)
        {
            nodes.add(RedisServer.start("--cluster-enabled", "yes", "--cluster-node-timeout", "3000",
                "--repl-diskless-sync-delay", "0"));
        }
        final List<String> command = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
        nodes.forEach((node) -> command.add(node.address()));
        command.addAll(List.of("--cluster-replicas", Integer.toString(replicas), "--cluster-yes"));
        Tool.run(0, "", command.toArray(new String[0]));
        for (final RedisServer node : nodes)
        {
            node.await(() -> node.cli("cluster", "info").contains("cluster_state:ok"));
            node.await(() -> MASTERS * replicas ==
                node.cli("cluster", "nodes").lines().filter((line) -> line.contains("slave")).count());
        }
        replicas().forEach((node) ->
            node.await(() -> node.cli("info", "replication").contains("master_link_status:up")));
    }

    static boolean isMaster(final RedisServer node)
    {
        return node.cli("role").startsWith("master");
    }

    List<RedisServer> masters()
    {
        return nodes.stream().filter(RedisCluster::isMaster).toList();
    }

    List<RedisServer> replicas()
    {
        return nodes.stream().filter((node) -> !isMaster(node)).toList();
    }

    /** By which a fleet finds the masters. */
    public String url()
    {
        return "redis-cluster://" + nodes.get(0).address() + "," + nodes.get(1).address();
    }

    @Override
    public void close()
    {
        nodes.forEach(RedisServer::close);
    }
}
