/**
 * The registry of a fleet in Redis 7.0 or later, Valkey, or what speaks like them: one server, one watched by
 * sentinels, or a cluster. Needs {@code redis.clients:jedis}, which is an optional dependency of the library.
 * <p>
 * {@link io.heartwheel.fleet.redis.RedisEngine} is the way in. What has to happen at once happens in scripts, which are
 * resources beside these classes. Below it, {@code Batch} carries commands over {@code Links} to the masters that
 * {@code Masters} knows of, and {@code InboxThread} listens.
 */
package io.heartwheel.fleet.redis;
