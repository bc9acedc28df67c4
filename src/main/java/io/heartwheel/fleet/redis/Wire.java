package io.heartwheel.fleet.redis;

import org.agrona.concurrent.SystemNanoClock;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisDataException;

import java.util.concurrent.TimeUnit;

/**
 * One connection to one Redis.
 * <p>
 * <b>Note:</b> Not threadsafe but for {@link #cut()}.
 */
final class Wire extends Connection
{
    private final HostAndPort host;
    private final Sockets sockets;

    Wire(final HostAndPort host, final Sockets sockets, final JedisClientConfig config)
    {
        super(sockets, config);
        this.host = host;
        this.sockets = sockets;
    }

    HostAndPort host()
    {
        return host;
    }

    void send(final Call call)
    {
        sendCommand(call.command, call.arguments);
    }

    void flushAll()
    {
        flush();
    }

    /**
     * The next reply, a {@link JedisDataException} if it is an error.
     */
    Object reply(final long deadlineNs)
    {
        setSoTimeout(remainingMs(deadlineNs));
        return reply();
    }

    /**
     * The next reply, for which the socket's timeout counts.
     */
    Object reply()
    {
        try
        {
            return getUnflushedObject();
        }
        catch (final JedisDataException ex)
        {
            return ex;
        }
    }

    /**
     * Ask, and wait for the answer.
     */
    Object ask(final Call call, final long deadlineNs)
    {
        send(call);
        flushAll();
        return reply(deadlineNs);
    }

    /**
     * Close the socket at once. From any thread: whoever waits for it is thrown out.
     */
    void cut()
    {
        sockets.cut();
    }

    /**
     * At least 1, as 0 would be for ever.
     */
    static int remainingMs(final long deadlineNs)
    {
        final long leftNs = deadlineNs - SystemNanoClock.INSTANCE.nanoTime();
        return (int)Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNs));
    }
}
