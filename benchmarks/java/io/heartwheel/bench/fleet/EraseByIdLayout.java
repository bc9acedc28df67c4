package io.heartwheel.bench.fleet;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

import java.util.SplittableRandom;

/**
 * A mapping that lives for half an hour and is erased by its id, as goim keeps it: {@code mid_ID} to key and server,
 * and {@code key_KEY} to server, with two EXPIRE for each session each 10 to 30 minutes. The key is one that the client
 * brings along.
 */
final class EraseByIdLayout implements Layout
{
    private static final long LIFE_S = 1_800;
    private static final long REFRESH_MIN_MS = 600_000;
    private static final long REFRESH_MEAN_MS = 1_200_000;

    private final Jedis redis;
    private final SplittableRandom random = new SplittableRandom(1);
    private int clients;
    private int next;
    private Pipeline hops;
    private int hopped;

    EraseByIdLayout(final int port)
    {
        redis = new Jedis("127.0.0.1", port);
    }

    @Override
    public String title()
    {
        return "erase by id (goim-like)";
    }

    private static String mid(final int client)
    {
        return "mid_" + client;
    }

    private static String key(final int client)
    {
        return "key_" + NodeThread.identity(client);
    }

    private static void add(final Pipeline pipeline, final int client, final int node, final long ageS)
    {
        pipeline.hset(mid(client), NodeThread.identity(client), "node " + node);
        pipeline.expire(mid(client), LIFE_S - ageS);
        pipeline.set(key(client), "node " + node);
        pipeline.expire(key(client), LIFE_S - ageS);
    }

    /** The age of a refresh at a random moment, where each wait is 10 to 30 minutes. */
    private long ageS()
    {
        while (true)
        {
            final long waitMs = REFRESH_MIN_MS + random.nextLong(2 * REFRESH_MIN_MS);
            // The longer a wait, the likelier a moment lies in it.
            if (random.nextLong(3 * REFRESH_MIN_MS) < waitMs)
            {
                return random.nextLong(waitMs) / 1_000;
            }
        }
    }

    @Override
    public void load(final int count)
    {
        clients = count;
        Pipeline pipeline = redis.pipelined();
        for (int client = 0; client < count; client++)
        {
            add(pipeline, client, client % NODES, ageS());
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
        long refreshed = 0;
        for (long nowMs = 0; nowMs < ms; nowMs = System.currentTimeMillis() - startMs)
        {
            final Pipeline pipeline = redis.pipelined();
            for (; refreshed * REFRESH_MEAN_MS / clients <= nowMs; refreshed++)
            {
                next = (next + 1) % clients;
                pipeline.expire(mid(next), LIFE_S);
                pipeline.expire(key(next), LIFE_S);
            }
            pipeline.sync();
            FleetPeers.pause(10);
        }
        return 2 * refreshed;
    }

    /** By the times that the keys have left when the node is killed. */
    @Override
    public int[] ghosts(final int seconds)
    {
        final int[] shown = new int[seconds];
        for (int client = DEAD_NODE; client < clients; client += NODES)
        {
            final long leftMs = redis.pttl(key(client));
            for (int second = 0; second < seconds; second++)
            {
                shown[second] += second * 1_000L < leftMs ? 1 : 0;
            }
        }
        return shown;
    }

    @Override
    public void hopAndLeave(final int client, final int from, final int to)
    {
        hops = null == hops ? redis.pipelined() : hops;
        add(hops, client, to, 0);
        hops.hdel(mid(client), NodeThread.identity(client));
        hops.del(key(client));
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
            missing += redis.exists(key(client)) ? 0 : 1;
        }
        return missing;
    }

    @Override
    public void close()
    {
        redis.close();
    }
}
