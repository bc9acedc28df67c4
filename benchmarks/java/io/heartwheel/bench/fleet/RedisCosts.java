package io.heartwheel.bench.fleet;

import redis.clients.jedis.Jedis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Redis says that it has spent.
 */
final class RedisCosts
{
    final double cpuS;
    final long bytes;

    RedisCosts(final Jedis redis)
    {
        final String cpu = redis.info("cpu");
        cpuS = number(cpu, "used_cpu_user") + number(cpu, "used_cpu_sys");
        bytes = (long)number(redis.info("memory"), "used_memory");
    }

    /**
     * Microseconds within Redis of one run of a command, by its own statistics since they were reset.
     */
    static double usPerCall(final Jedis redis, final String command)
    {
        final String stats = redis.info("commandstats");
        final Matcher matcher =
            Pattern.compile("cmdstat_" + command + ":calls=\\d+,usec=\\d+,usec_per_call=([\\d.]+)").matcher(stats);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    private static double number(final String info, final String name)
    {
        final Matcher matcher = Pattern.compile("(?m)^" + name + ":([\\d.]+)").matcher(info);
        if (!matcher.find())
        {
            throw new IllegalStateException("no " + name + " in " + info);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
