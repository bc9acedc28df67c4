package io.heartwheel.fleet;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The leases that live, as of the last renewal. No session of another lease is shown to anyone.
 * <p>
 * <b>Note:</b> Not threadsafe, but for {@link #nodes()}.
 */
final class Members
{
    private static final int ENDED_MAX = 1_000;

    /** Whether a lease lives. */
    enum Life
    {
        LIVE, DEAD, UNKNOWN
    }

    private volatile Map<String, String> nodes = Map.of();
    /** Some of those that lived once. A lease that has ended does not come back. */
    private final Set<String> ended = new LinkedHashSet<>();
    private String registryId;
    private long version;
    private long askedNs;
    private boolean hasEnded;

    /**
     * A renewal was answered.
     *
     * @param sentNs when it was sent.
     * @return whether the registry has lost all that it knew before.
     */
    boolean onReply(final LeaseReply reply, final long sentNs)
    {
        final boolean isOther = null != registryId && !registryId.equals(reply.registryId());
        if (isOther)
        {
            nodes = Map.of();
            version = 0;
            onLoss();
        }
        registryId = reply.registryId();
        if (null != reply.members())
        {
            replace(Map.copyOf(reply.members()));
            version = reply.version();
        }
        askedNs = sentNs;
        return isOther;
    }

    private void replace(final Map<String, String> nodesNow)
    {
        final Map<String, String> before = nodes;
        before.keySet().stream().filter((lease) -> !nodesNow.containsKey(lease)).sorted().forEach(ended::add);
        while (ended.size() > ENDED_MAX)
        {
            ended.remove(ended.iterator().next());
        }
        nodes = nodesNow;
        final Set<String> boots = nodes.keySet().stream().map(Session::bootOf).collect(Collectors.toSet());
        hasEnded |= before.keySet().stream().anyMatch((lease) -> !boots.contains(Session.bootOf(lease)));
    }

    /** {@return whether a node has ended since this was asked last} */
    boolean takeEnded()
    {
        final boolean isIt = hasEnded;
        hasEnded = false;
        return isIt;
    }

    /** The engine may have gone back to a time when leases lived that have ended. */
    void onLoss()
    {
        ended.clear();
    }

    /** {@return the version that is known, or 0} */
    long version()
    {
        return version;
    }

    /** {@return lease to node, as joined. From any thread} */
    Map<String, String> nodes()
    {
        return nodes;
    }

    /** {@return whether a node lives, by whatever lease} */
    boolean isAlive(final String boot)
    {
        return nodes.keySet().stream().anyMatch((lease) -> Session.bootOf(lease).equals(boot));
    }

    /** {@return whether the members were asked for at a time or later} */
    boolean isAsOf(final long ns)
    {
        return 0 != version && askedNs - ns >= 0;
    }

    /**
     * Does a lease live that a record was found with? A lease that is not known may have begun after the members were
     * asked for, so it is dead only if they were asked for after the record was read.
     *
     * @param readNs when the reply with the record was here.
     */
    Life lifeOf(final String lease, final long readNs)
    {
        if (nodes.containsKey(lease))
        {
            return Life.LIVE;
        }
        if (ended.contains(lease))
        {
            return Life.DEAD;
        }
        return isAsOf(readNs) ? Life.DEAD : Life.UNKNOWN;
    }
}
