package io.heartwheel.bench.hops;

import redis.clients.jedis.Jedis;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Does a wrong deed to the registry again and again, on a thread of its own.
 */
final class Planter implements AutoCloseable
{
    private static final long PAUSE_MS = 500;
    private static final long BACK_US = 10_000_000;

    private final Planted planted;
    private final FleetProcesses processes;
    private final List<Hopper> hoppers;
    private final Thread thread = new Thread(this::run, "planter");

    Planter(final Planted planted, final FleetProcesses processes, final List<Hopper> hoppers)
    {
        this.planted = planted;
        this.processes = processes;
        this.hoppers = hoppers;
    }

    void start()
    {
        if (Planted.NONE != planted)
        {
            thread.start();
        }
    }

    private void run()
    {
        try (Jedis jedis = new Jedis("127.0.0.1", processes.enginePort()))
        {
            while (!Thread.currentThread().isInterrupted())
            {
                plant(jedis, "hw:{" + ThreadLocalRandom.current().nextInt(processes.buckets()) + "}");
                Thread.sleep(PAUSE_MS);
            }
        }
        catch (final InterruptedException ex)
        {
            // It is over.
        }
    }

    private void plant(final Jedis jedis, final String bucket)
    {
        final Map<String, String> records = jedis.hgetAll(bucket);
        if (records.isEmpty())
        {
            return;
        }
        final Map.Entry<String, String> any = records.entrySet().iterator().next();
        if (Planted.ERASE_BY_ID == planted)
        {
            jedis.hdel(bucket, any.getKey());
        }
        else if (Planted.BACK == planted)
        {
            final String[] words = any.getValue().split(" ");
            jedis.hset(bucket, any.getKey(), words[0] + ' ' + words[1] + ' ' + (Long.parseLong(words[2]) - BACK_US));
        }
        else
        {
            hoppers.stream().filter((each) -> Long.MAX_VALUE != each.goneSinceNs()).findAny()
                .ifPresent((away) -> jedis.hset(bucket, away.identity(), any.getValue()));
        }
    }

    @Override
    public void close()
    {
        thread.interrupt();
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
