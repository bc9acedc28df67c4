package io.heartwheel.network;

import io.heartwheel.fleet.redis.RedisHost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Hosts around a router, each on a cable and with an address of its own, {@code 10.77.i.2}. The router can part them.
 */
final class Star extends Namespaces
{
    private static final String ROUTER = "ROUTER";

    private static final String BUILD = """
        ip netns add $ROUTER
        ip -n $ROUTER link set lo up
        ip netns exec $ROUTER sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
        ip netns exec $ROUTER nft 'add table ip wall; add chain ip wall pass { type filter hook forward priority 0; }'
        i=0
        for host in $LEAVES; do
            i=$((i + 1)) net=10.77.$((i))
            ip netns add $host
            ip -n $host link set lo up
            ip link add cable$i netns $ROUTER type veth peer name eth0 netns $host
            ip -n $ROUTER address add $net.1/24 dev cable$i
            ip -n $ROUTER link set cable$i up
            ip -n $host address add $net.2/24 dev eth0
            ip -n $host link set eth0 up
            ip -n $host route add default via $net.1
        done
        """;

    private final List<String> leaves;

    /**
     * @param leaves names of the hosts, which scripts know them by.
     */
    Star(final String... leaves)
    {
        super(withRouter(leaves));
        this.leaves = List.of(leaves);
        set("LEAVES", this.leaves.stream().map(this::name).collect(Collectors.joining(" ")));
        build(BUILD);
    }

    private static List<String> withRouter(final String... leaves)
    {
        final List<String> all = new ArrayList<>(Arrays.asList(leaves));
        all.add(ROUTER);
        return all;
    }

    String address(final String leaf)
    {
        return "10.77." + (1 + leaves.indexOf(leaf)) + ".2";
    }

    /** Where a Redis can run. */
    RedisHost redis(final String leaf)
    {
        return new RedisHost(on(leaf), address(leaf));
    }

    /** Nothing passes between two of them any more, in silence. */
    void part(final String one, final String other)
    {
        run("""
            ip netns exec $ROUTER nft '
                add rule ip wall pass ip saddr %1$s ip daddr %2$s drop
                add rule ip wall pass ip saddr %2$s ip daddr %1$s drop'
            """.formatted(address(one), address(other)));
    }

    /** Everything passes again. */
    void heal()
    {
        run(Hosts.PASS);
    }
}
