package io.heartwheel.network;

import io.heartwheel.fleet.redis.RedisServer;
import io.heartwheel.support.Program;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A fleet on hosts of its own: Redis, nodes, clients, and who looks on. All nodes have a lease of 4 s, and a cadence by
 * which a peer that does not answer is gone after 2 s.
 */
final class FleetStar implements AutoCloseable
{
    static final double LEASE_S = 4;
    static final double TIMEOUT_S = 1;
    /** Of a busy machine. */
    static final double MARGIN_S = 3;
    static final int PORT = 7400;

    private static final double START_S = 30;
    private static final String COMMANDS = "io.heartwheel.cli.Heartwheel";
    private static final List<String> SETTINGS = List.of(
        "-Dheartwheel.fleet.lease=4s", "-Dheartwheel.fleet.timeout=1s", "-Dheartwheel.fleet.buckets=16");

    final Star hosts;
    private final List<RedisServer> servers = new ArrayList<>();
    private final List<String> settings = new ArrayList<>(SETTINGS);

    FleetStar(final String... hosts)
    {
        this.hosts = new Star(hosts);
    }

    /** A Redis or a sentinel that ends with this. */
    RedisServer add(final RedisServer server)
    {
        servers.add(server);
        return server;
    }

    /** All processes that are started from now on have this setting too. */
    void set(final String knob, final Object value)
    {
        settings.add("-Dheartwheel.fleet" + knob + "=" + value);
    }

    /** A server that is a node of the fleet, named as its host, and has its lease. */
    Program serve(final String host) throws IOException, InterruptedException
    {
        final List<String> options = new ArrayList<>(settings);
        options.addAll(List.of("-Dheartwheel.fleet.node=" + host, "-Dheartwheel.bind=" + address(host),
            "-Dheartwheel.identity.hello=true", "-Dheartwheel.rehearsal=0ns",
            "-Dheartwheel.idle=1s", "-Dheartwheel.interval=500ms", "-Dheartwheel.count=2", "serve"));
        final Program node = hosts.start(host, COMMANDS, options.toArray(String[]::new));
        node.await("fleet  lease HELD");
        return node;
    }

    /** A look at the registry from a host. */
    FleetSight look(final String host) throws IOException
    {
        return new FleetSight(hosts.start(host, FleetEye.NAME, settings.toArray(String[]::new)));
    }

    /**
     * Clients without connections.
     *
     * @param options properties.
     */
    Program clients(final String host, final String... options) throws IOException
    {
        return hosts.start(host, FleetClients.NAME, options);
    }

    String address(final String host)
    {
        return hosts.address(host) + ":" + PORT;
    }

    /** Connect clients to a node, and see that they are there. */
    void connect(final Program clients, final FleetSight sight, final String node, final String... identities)
        throws InterruptedException
    {
        Arrays.stream(identities).forEach((identity) -> clients.tell(identity + ' ' + address(node)));
        for (final String identity : identities)
        {
            sight.await((seen) -> seen.getOrDefault(identity, "").startsWith(node + ' '), START_S);
        }
    }

    /** {@return who has lost a connection, at which node, and for which reason} */
    List<String> closed(final Program clients)
    {
        return clients.lines().stream().filter((line) -> line.startsWith("closed ")).map((line) ->
            line.substring("closed ".length())).toList();
    }

    @Override
    public void close()
    {
        hosts.close();
        servers.forEach(RedisServer::close);
    }
}
