package io.heartwheel.network;

import java.util.List;
import java.util.Map;

/**
 * Three hosts on two cables: {@code server 10.77.1.2 --- 10.77.1.1 router 10.77.2.1 --- 10.77.2.2 client}.
 */
final class Hosts extends Namespaces
{
    static final String SERVER_ADDRESS = "10.77.1.2:7400";

    /**
     * A router whose cable is pulled has no route left, and would say so by ICMP. The blackhole keeps it silent, like a
     * switch in between.
     */
    private static final String BUILD = """
        for host in $SERVER $ROUTER $CLIENT; do
            ip netns add $host
            ip -n $host link set lo up
        done
        ip link add server netns $ROUTER type veth peer name eth0 netns $SERVER
        ip link add client netns $ROUTER type veth peer name eth0 netns $CLIENT
        ip -n $ROUTER address add 10.77.1.1/24 dev server
        ip -n $ROUTER address add 10.77.2.1/24 dev client
        ip -n $ROUTER link set server up
        ip -n $ROUTER link set client up
        ip -n $ROUTER route add blackhole 10.77.0.0/16 metric 1000
        ip netns exec $ROUTER sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
        ip netns exec $ROUTER nft 'add table ip wall; add chain ip wall pass { type filter hook forward priority 0; }'
        for host in $SERVER.1 $CLIENT.2; do
            name=${host%.*} net=10.77.${host##*.}
            ip -n $name address add $net.2/24 dev eth0
            ip -n $name link set eth0 up
            ip -n $name route add default via $net.1
        done
        """;

    /** Nothing is filtered any more. */
    static final String PASS = "ip netns exec $ROUTER nft flush chain ip wall pass";

    /**
     * Scripts know the hosts as SERVER, ROUTER and CLIENT, and as NEAR and FAR the router's cables to the end that
     * watches and to its peer.
     *
     * @param isServerWatching which host is the near one in scripts, the other being far.
     */
    Hosts(final boolean isServerWatching)
    {
        super(List.of("SERVER", "ROUTER", "CLIENT", "SPARE"));
        set("NEAR", isServerWatching ? "server" : "client");
        set("FAR", isServerWatching ? "client" : "server");
        set("FAR_HOST", name(isServerWatching ? "CLIENT" : "SERVER"));
        set("FAR_NET", isServerWatching ? "10.77.2" : "10.77.1");
        build(BUILD);
    }

    /**
     * A rule for what the router forwards.
     */
    static String rule(final String rule)
    {
        return "ip netns exec $ROUTER nft 'add rule ip wall pass " + rule + "'";
    }

    /**
     * Have the router hide the client behind its own address, and drop what belongs to no mapping. Without loose=0 it
     * would make a new mapping out of any packet.
     *
     * @param idleS seconds after which it forgets a mapping.
     */
    static String nat(final int idleS)
    {
        return """
            ip netns exec $ROUTER nft '
                add chain ip wall hide { type nat hook postrouting priority 100; }
                add rule ip wall hide oifname server masquerade
                add chain ip wall known { type filter hook prerouting priority 0; }
                add rule ip wall known ct state invalid drop'
            ip netns exec $ROUTER sh -c '
                cd /proc/sys/net/netfilter
                echo 0 > nf_conntrack_tcp_loose
                echo %d > nf_conntrack_tcp_timeout_established'
            """.formatted(idleS);
    }

    /**
     * Why nothing of this can be run here.
     *
     * @return what is missing, or null if nothing is.
     */
    static String missing()
    {
        for (final String tool : List.of("ip", "nft", "conntrack"))
        {
            try
            {
                run("command -v " + tool, Map.of());
            }
            catch (final IllegalStateException ex)
            {
                return "there is no command '" + tool + "' (packages iproute2, nftables, conntrack)";
            }
        }
        try (Hosts hosts = new Hosts(true))
        {
            hosts.run("ip netns exec $ROUTER conntrack -F 2>&1");
            return null;
        }
        catch (final IllegalStateException ex)
        {
            return "network namespaces cannot be made (it takes root): " +
                ex.getMessage().lines().findFirst().orElse("");
        }
    }
}
