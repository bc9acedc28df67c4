package io.heartwheel.fleet.redis;

import java.util.List;

/**
 * Where servers of Redis run.
 *
 * @param command what the commands of a program there begin with.
 * @param address where others reach it.
 */
public record RedisHost(List<String> command, String address)
{
    static final RedisHost LOOPBACK = new RedisHost(List.of(), "127.0.0.1");
}
