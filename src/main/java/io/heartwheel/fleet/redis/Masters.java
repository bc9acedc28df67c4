package io.heartwheel.fleet.redis;

import redis.clients.jedis.HostAndPort;

import java.util.Collection;
import java.util.List;

/**
 * Which masters there are, and which of them has a slot. This one knows a single server, which is always the master.
 * <p>
 * <b>Note:</b> Not threadsafe: the thread of commands and that of the inbox have one each.
 */
class Masters
{
    private final List<HostAndPort> hosts;

    Masters(final List<HostAndPort> hosts)
    {
        this.hosts = hosts;
    }

    /**
     * Those of a URL.
     */
    static Masters of(final RedisUrl url, final Connector connector)
    {
        switch (url.kind)
        {
            case SENTINEL:
                return new SentinelMasters(url, connector);

            case CLUSTER:
                return new ClusterMasters(url, connector);

            default:
                return new Masters(url.hosts);
        }
    }

    /**
     * Ask again who is the master, if that can change.
     *
     * @param deadlineNs by which to have an answer.
     * @throws io.heartwheel.fleet.EngineException if there is none, and none was known before.
     */
    void refresh(final long deadlineNs)
    {
    }

    /**
     * A master has told that another has a slot.
     */
    void moved(final int slot, final HostAndPort to)
    {
    }

    /**
     * The master of a slot.
     *
     * @return null if it is not known.
     */
    HostAndPort of(final int slot)
    {
        return hosts.get(0);
    }

    /**
     * All masters that are known.
     */
    Collection<HostAndPort> all()
    {
        return hosts;
    }

    /**
     * Can a server that answers be no master?
     */
    boolean isChecked()
    {
        return false;
    }

    /**
     * Do other masters have other slots?
     */
    boolean isCluster()
    {
        return false;
    }
}
