package io.heartwheel.bench.fleet;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A session that its node refreshes, as Centrifugo keeps presence: a hash and a sorted set for each channel, of which a
 * client has one here, with a script each 25 s that lets it live for 60 s. A reader leaves out what has expired.
 */
final class RefreshLayout implements Layout
{
    private static final long REFRESH_MS = 25_000;
    private static final long LIFE_MS = 60_000;
    private static final String ADD = String.join("\n",
        "redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])",
        "redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])",
        "redis.call('PEXPIRE', KEYS[1], ARGV[1])",
        "redis.call('PEXPIRE', KEYS[2], ARGV[1])");

    private final Jedis redis;
    private final String sha;
    private final SplittableRandom random = new SplittableRandom(1);
    private int clients;
    private int next;
    private Pipeline hops;
    private int hopped;

    RefreshLayout(final int port)
    {
        redis = new Jedis("127.0.0.1", port);
        sha = redis.scriptLoad(ADD);
    }

    @Override
    public String title()
    {
        return "refresh each session (Centrifugo-like)";
    }

    /** Of one channel each; the member is an id that each connection has anew. */
    private void add(
        final Pipeline pipeline, final int client, final String connection, final int node, final long atMs)
    {
        final String channel = "presence:" + NodeThread.identity(client);
        pipeline.evalsha(sha, List.of(channel + ":z", channel + ":h"), List.of(Long.toString(LIFE_MS),
            Long.toString(atMs + LIFE_MS), connection,
            "{\"user\":\"" + NodeThread.identity(client) + "\",\"node\":" + node + "}"));
    }

    private static String connection(final int client, final int count)
    {
        return String.format("%08x-%04x", client, count);
    }

    @Override
    public void load(final int count)
    {
        clients = count;
        final long nowMs = System.currentTimeMillis();
        Pipeline pipeline = redis.pipelined();
        for (int client = 0; client < count; client++)
        {
            add(pipeline, client, connection(client, 0), client % NODES, nowMs - random.nextLong(REFRESH_MS));
            if (0 == client % 256)
            {
                pipeline.sync();
                pipeline = redis.pipelined();
            }
        }
        pipeline.sync();
    }

    @Override
    public long rest(final long ms)
    {
        final long startMs = System.currentTimeMillis();
        long sent = 0;
        for (long nowMs = 0; nowMs < ms; nowMs = System.currentTimeMillis() - startMs)
        {
            final Pipeline pipeline = redis.pipelined();
            for (; sent * REFRESH_MS / clients <= nowMs; sent++)
            {
                next = (next + 1) % clients;
                add(pipeline, next, connection(next, 0), next % NODES, System.currentTimeMillis());
            }
            pipeline.sync();
            FleetPeers.pause(10);
        }
        return sent;
    }

    /** By the deadlines that Redis has when the node is killed, which nobody refreshes from then on. */
    @Override
    public int[] ghosts(final int seconds)
    {
        final long nowMs = System.currentTimeMillis();
        final int[] shown = new int[seconds];
        for (int client = DEAD_NODE; client < clients; client += NODES)
        {
            final String key = "presence:" + NodeThread.identity(client) + ":z";
            final double deadlineMs = redis.zscore(key, connection(client, 0));
            for (int second = 0; second < seconds; second++)
            {
                shown[second] += nowMs + second * 1_000L < deadlineMs ? 1 : 0;
            }
        }
        return shown;
    }

    @Override
    public void hopAndLeave(final int client, final int from, final int to)
    {
        hops = null == hops ? redis.pipelined() : hops;
        final String channel = "presence:" + NodeThread.identity(client);
        add(hops, client, connection(client, 1), to, System.currentTimeMillis());
        hops.hdel(channel + ":h", connection(client, 0));
        hops.zrem(channel + ":z", connection(client, 0));
        if (0 == ++hopped % 256)
        {
            flush();
        }
    }

    private void flush()
    {
        if (null != hops)
        {
            hops.sync();
            hops = null;
        }
    }

    @Override
    public int missing(final int count)
    {
        flush();
        int missing = 0;
        for (int client = 0; client < count; client++)
        {
            missing += 0 == redis.hlen("presence:" + NodeThread.identity(client) + ":h") ? 1 : 0;
        }
        return missing;
    }

    @Override
    public void close()
    {
        redis.close();
    }
}
