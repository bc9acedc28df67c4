package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.EngineException;
import org.agrona.concurrent.SystemNanoClock;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The masters of a cluster, as any of them tells.
 */
final class ClusterMasters extends Masters
{
    private static final int SLOTS = 16_384;
    private static final int ASK_MS = 250;

    private final RedisUrl url;
    private final Connector connector;
    private final HostAndPort[] ofSlot = new HostAndPort[SLOTS];
    private final Set<HostAndPort> masters = new LinkedHashSet<>();

    ClusterMasters(final RedisUrl url, final Connector connector)
    {
        super(url.hosts);
        this.url = url;
        this.connector = connector;
    }

    @Override
    void refresh(final long deadlineNs)
    {
        final Set<HostAndPort> known = new LinkedHashSet<>(masters);
        known.addAll(url.hosts);
        String failure = "";
        for (final HostAndPort host : known)
        {
            try
            {
                final long askNs = SystemNanoClock.INSTANCE.nanoTime() + ASK_MS * 1_000_000L;
                learn(host, ask(host, deadlineNs - askNs < 0 ? deadlineNs : askNs));
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
        if (masters.isEmpty())
        {
            throw new EngineException("no node tells of the cluster" + failure, null);
        }
    }

    private List<?> ask(final HostAndPort host, final long deadlineNs)
    {
        final Sockets[] sockets = new Sockets[1];
        try
        {
            final Wire wire = connector.open(host, deadlineNs, (socket) -> sockets[0] = socket);
            final Object reply = wire.ask(Call.at(new byte[0], Command.CLUSTER, Call.bytes("SLOTS")), deadlineNs);
            if (reply instanceof JedisException)
            {
                throw (JedisException)reply;
            }
            return (List<?>)reply;
        }
        finally
        {
            if (null != sockets[0])
            {
                sockets[0].cut();
            }
        }
    }

    /** Ranges of first slot, last slot, master, replicas. */
    private void learn(final HostAndPort asked, final List<?> ranges)
    {
        masters.clear();
        for (final Object each : ranges)
        {
            final List<?> range = (List<?>)each;
            final List<?> node = (List<?>)range.get(2);
            final String name = null == node.get(0) ? "" : Call.text(node.get(0));
            final HostAndPort master = new HostAndPort(
                name.isEmpty() || "?".equals(name) ? asked.getHost() : name, ((Long)node.get(1)).intValue());
            masters.add(master);
            for (long slot = (Long)range.get(0); slot <= (Long)range.get(1); slot++)
            {
                ofSlot[(int)slot] = master;
            }
        }
    }

    @Override
    void moved(final int slot, final HostAndPort to)
    {
        ofSlot[slot] = to;
        masters.add(to);
    }

    @Override
    HostAndPort of(final int slot)
    {
        return ofSlot[slot];
    }

    @Override
    Collection<HostAndPort> all()
    {
        return masters;
    }

    @Override
    boolean isCluster()
    {
        return true;
    }
}
