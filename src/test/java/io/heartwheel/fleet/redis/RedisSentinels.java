package io.heartwheel.fleet.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A master and two replicas, watched by three sentinels, who all know each other.
 */
public final class RedisSentinels implements AutoCloseable
{
    static final String MASTER = "main";

    private static final int REPLICAS = 2;
    private static final int SENTINELS = 3;

    final List<RedisServer> servers = new ArrayList<>();
    final List<RedisServer> sentinels = new ArrayList<>();

    /** Start them all. */
    public RedisSentinels() throws IOException
    {
        try
        {
            start();
        }
        catch (final IOException | RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    private void start() throws IOException
    {
        servers.add(RedisServer.start("--repl-diskless-sync-delay", "0"));
        final int master = servers.get(0).port();
        for (int i = 0; i < REPLICAS; i++)
        {
            final RedisServer replica =
                RedisServer.start("--replicaof", "127.0.0.1 " + master, "--repl-diskless-sync-delay", "0");
            servers.add(replica);
            replica.await(() -> replica.cli("info", "replication").contains("master_link_status:up"));
        }
        for (int i = 0; i < SENTINELS; i++)
        {
            sentinels.add(RedisServer.sentinel(MASTER, master, 2));
        }
        for (final RedisServer sentinel : sentinels)
        {
            sentinel.awaitSentinels(MASTER, SENTINELS, REPLICAS);
        }
    }

    /** By which a fleet finds the master. */
    public String url()
    {
        return "redis-sentinel://" +
            sentinels.stream().map(RedisServer::address).collect(Collectors.joining(",")) + "/" + MASTER;
    }

    /** End the process that was the master at first. */
    public void killMaster()
    {
        servers.get(0).cli("wait", "2", "5000");
        servers.get(0).kill();
    }

    @Override
    public void close()
    {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }
}
