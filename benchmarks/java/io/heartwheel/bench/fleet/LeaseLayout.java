package io.heartwheel.bench.fleet;

import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetSettings;
import io.heartwheel.fleet.Session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ours: a lease for each node, and sessions that nobody refreshes. The nodes are those of servers, but for their
 * sockets.
 */
final class LeaseLayout implements Layout
{
    private static final int BATCH = 256;
    private static final int CLAIM_PART = 20;

    private final int port;
    private final FleetSettings settings;
    private final NodeThread[] nodes = new NodeThread[NODES];
    private final List<Hop> hops = new ArrayList<>();

    private record Hop(int client, int from, int to)
    {
    }

    LeaseLayout(final int port, final long leaseMs)
    {
        this.port = port;
        settings = settings(TimeUnit.MILLISECONDS.toNanos(leaseMs));
        for (int node = 0; node < NODES; node++)
        {
            nodes[node] = start(node);
        }
    }

    /** The defaults, but for the lease. */
    private static FleetSettings settings(final long leaseNs)
    {
        final FleetSettings d = FleetSettings.DEFAULT;
        return new FleetSettings(d.policy(), leaseNs, Math.min(d.claimNs(), leaseNs / CLAIM_PART), d.verifyNs(),
            Math.min(d.spreadNs(), leaseNs), d.sweepsPerSecond(), d.maxReleases(), d.maxRequests(), d.maxInboxBytes());
    }

    private NodeThread start(final int node)
    {
        return new NodeThread(port, "node " + node, settings);
    }

    @Override
    public String title()
    {
        return "heartwheel";
    }

    @Override
    public void load(final int clients)
    {
        for (int client = 0; client < clients; client++)
        {
            nodes[client % NODES].open(client);
        }
        for (final NodeThread node : nodes)
        {
            node.awaitTold();
        }
    }

    /** Each exchange at rest is one command. */
    @Override
    public long rest(final long ms)
    {
        final long before = exchanges();
        FleetPeers.pause(ms);
        return exchanges() - before;
    }

    private long exchanges()
    {
        long exchanges = 0;
        for (final NodeThread node : nodes)
        {
            exchanges += node.count(FleetCounter.EXCHANGES);
        }
        return exchanges;
    }

    /** A session is shown while one of the others takes its lease for that of a member. */
    @Override
    public int[] ghosts(final int seconds)
    {
        final int[] shown = new int[seconds];
        final int ghosts = nodes[DEAD_NODE].node().size();
        final long startMs = System.currentTimeMillis();
        nodes[DEAD_NODE].close();
        for (int second = 0; second < seconds && isShown(DEAD_NODE); second++)
        {
            shown[second] = ghosts;
            FleetPeers.pause(Math.max(0, startMs + (second + 1) * 1_000L - System.currentTimeMillis()));
        }
        nodes[DEAD_NODE] = start(DEAD_NODE);
        return shown;
    }

    private boolean isShown(final int dead)
    {
        for (int node = 0; node < NODES; node++)
        {
            if (dead != node && nodes[node].node().members().containsValue("node " + dead))
            {
                return true;
            }
        }
        return false;
    }

    @Override
    public void hopAndLeave(final int client, final int from, final int to)
    {
        hops.add(new Hop(client, from, to));
        if (BATCH == hops.size())
        {
            flush();
        }
    }

    private void flush()
    {
        hops.forEach((hop) -> nodes[hop.to].open(hop.client));
        hops.forEach((hop) -> nodes[hop.to].awaitTold());
        hops.forEach((hop) -> nodes[hop.from].gone(hop.client));
        hops.clear();
    }

    @Override
    public int missing(final int clients)
    {
        flush();
        for (final NodeThread node : nodes)
        {
            node.awaitTold();
        }
        int missing = 0;
        for (int first = 0; first < clients; first += BATCH)
        {
            final List<CompletableFuture<Session>> found = new ArrayList<>();
            for (int client = first; client < Math.min(clients, first + BATCH); client++)
            {
                found.add(nodes[1].node().locate(NodeThread.identity(client)));
            }
            missing += (int)found.stream().filter((each) -> null == each.join()).count();
        }
        return missing;
    }

    @Override
    public void close()
    {
        for (final NodeThread node : nodes)
        {
            node.close();
        }
    }
}
