package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.EngineException;
import org.agrona.concurrent.SystemNanoClock;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

import java.util.Collection;
import java.util.List;

/**
 * The master that sentinels name. They are asked again and again, as what they announce may be missed.
 */
final class SentinelMasters extends Masters
{
    private static final int ASK_MS = 250;

    private final RedisUrl url;
    private final Connector connector;
    /** Who answered last. */
    private int sentinel;
    private HostAndPort master;

    SentinelMasters(final RedisUrl url, final Connector connector)
    {
        super(url.hosts);
        this.url = url;
        this.connector = connector;
    }

    @Override
    void refresh(final long deadlineNs)
    {
        String failure = "";
        for (int i = 0; i < url.hosts.size(); i++)
        {
            final int next = (sentinel + i) % url.hosts.size();
            final HostAndPort host = url.hosts.get(next);
            try
            {
                master = ask(host, Math.min(ASK_MS, Wire.remainingMs(deadlineNs)));
                sentinel = next;
                return;
            }
            catch (final JedisException ex)
            {
                failure += "; " + host + ": " + ex.getMessage();
            }
            if (deadlineNs - SystemNanoClock.INSTANCE.nanoTime() <= 0)
            {
                break;
            }
        }
        if (null == master)
        {
            throw new EngineException("no sentinel names a master " + url.master + failure, null);
        }
    }

    private HostAndPort ask(final HostAndPort host, final int timeoutMs)
    {
        final Sockets[] sockets = new Sockets[1];
        try
        {
            final Connection connection = connector.openSentinel(host, timeoutMs, (socket) -> sockets[0] = socket);
            connection.sendCommand(Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", url.master);
            final List<String> address = connection.getMultiBulkReply();
            if (null == address)
            {
                throw new JedisException("knows no master " + url.master);
            }
            return new HostAndPort(address.get(0), Integer.parseInt(address.get(1)));
        }
        finally
        {
            if (null != sockets[0])
            {
                sockets[0].cut();
            }
        }
    }

    @Override
    HostAndPort of(final int slot)
    {
        return master;
    }

    @Override
    Collection<HostAndPort> all()
    {
        return null == master ? List.of() : List.of(master);
    }

    @Override
    boolean isChecked()
    {
        return true;
    }
}
