package io.heartwheel.network;

import io.heartwheel.netty.PeerLostEvent.Cause;

import static io.heartwheel.CloseReason.KEEPALIVE_TIMEOUT;
import static io.heartwheel.CloseReason.PEER_CLOSED;
import static io.heartwheel.CloseReason.PEER_RESET;
import static io.heartwheel.CloseReason.PEER_SILENT;
import static io.heartwheel.CloseReason.UNREACHABLE;
import static io.heartwheel.CloseReason.WRITE_STALLED;
import static io.heartwheel.network.Expected.afterFault;
import static io.heartwheel.network.Expected.afterSilence;
import static io.heartwheel.network.Expected.atOnce;
import static io.heartwheel.network.Expected.notSeen;
import static io.heartwheel.network.Expected.survives;

/**
 * Every way in which a link fails, or only seems to; what heartbeats and what TCP keepalive make of it, at whichever
 * end they watch. Unless it says otherwise, heartbeats are 1 s, 500 ms, 2: the first PING after 1 s of silence, the
 * verdict after 2 s. Keepalive is 1 s, 1 s, 3: the first probe after 1 s, the verdict after 4 s.
 */
enum Fault
{
    /**
     * First, because it takes longest. 30 % of the packets each way are 51 % of the round trips. TCP repeats a PING
     * after 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s, and so its answer: STANDARD, which waits for 20 s, fails once in
     * thousands of times. The kernel sends its probes at their interval only, so it takes 20 of them.
     */
    LOSS("30 % random packet loss (STANDARD; 5s,1s,20)", survives(45), survives(45),
        Step.rule("numgen random mod 100 < 30 drop"))
    {
        @Override
        String heartbeats()
        {
            return "15s,5s,4";
        }

        @Override
        String keepAlive()
        {
            return "5s,1s,20";
        }
    },

    FIN("FIN", atOnce(PEER_CLOSED), atOnce(PEER_CLOSED), Step.order("fin"), Step.NOTHING),

    HALF_CLOSE("half-close", atOnce(PEER_CLOSED), atOnce(PEER_CLOSED), Step.order("half-close"), Step.NOTHING),

    RST("RST", atOnce(PEER_RESET), atOnce(PEER_RESET), Step.order("reset"), Step.NOTHING),

    /** Its kernel closes what it held. */
    KILLED("process killed", atOnce(PEER_CLOSED), atOnce(PEER_CLOSED), Step.signal("KILL")),

    /** Its kernel goes on acknowledging. */
    STOPPED("process stopped (SIGSTOP)", afterSilence(PEER_SILENT, 2), notSeen(7),
        Step.signal("STOP"), Step.signal("CONT")),

    POWER_LOST("host lost power", afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.script("ip -n $ROUTER link delete $FAR")
            .then(Step.signal("KILL"))
            .then(Step.script("ip netns delete $FAR_HOST"))),

    PULLED_FAR("cable pulled at the far end", afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.script("ip -n $ROUTER link set $FAR down"), Step.script("ip -n $ROUTER link set $FAR up")),

    PULLED_NEAR("cable pulled at the near end", afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.script("ip -n $ROUTER link set $NEAR down"), Step.script("ip -n $ROUTER link set $NEAR up")),

    DROPPED("firewall drops both ways", afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.DROP, Step.PASS),

    DROPPED_TO_CLIENT("firewall drops towards the client",
        afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.rule("ip daddr 10.77.2.2 drop"), Step.PASS),

    DROPPED_TO_SERVER("firewall drops towards the server",
        afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.rule("ip daddr 10.77.1.2 drop"), Step.PASS),

    /** A kernel that has data unacknowledged sends that again, for 15 minutes and more, and no keepalive probe. */
    DROPPED_DATA("firewall drops both ways, data under way", afterSilence(PEER_SILENT, 2), notSeen(7),
        Step.DROP.then(Step.orderWatched("send data")), Step.PASS),

    REJECTED_RST("firewall rejects with RST", afterSilence(PEER_RESET, 1), afterSilence(PEER_RESET, 1),
        Step.rule("meta l4proto tcp reject with tcp reset"), Step.PASS),

    /**
     * ICMP ends no connection that was established: it is a soft error (RFC 1122, 4.2.3.9), which the kernel remembers
     * and reports if it gives the peer up. Not even that for keepalive: a probe bears a sequence number before the
     * window, and the kernel ignores ICMP for such (tcp_v4_err).
     */
    REJECTED_ICMP("firewall rejects with ICMP", afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.rule("reject with icmp type host-unreachable"), Step.PASS),

    /** It is data that the kernel gives up with that error, here after 3 s and what its last wait has left. */
    REJECTED_ICMP_DATA("the same, data under way, tcp_retries2=3",
        afterSilence(PEER_SILENT, 2), afterFault(UNREACHABLE, 3, 4),
        Step.rule("reject with icmp type host-unreachable").then(Step.orderWatched("send data")), Step.PASS)
    {
        @Override
        Step prepare()
        {
            return Step.script("""
                for host in $SERVER $CLIENT; do
                    ip netns exec $host sh -c 'echo 3 > /proc/sys/net/ipv4/tcp_retries2'
                done
                """);
        }
    },

    /** The new kernel knows no such connection, and says so to the first PING or probe. */
    REBOOTED("peer host rebooted at its address", afterSilence(PEER_RESET, 1), afterSilence(PEER_RESET, 1),
        Step.script("ip -n $ROUTER link delete $FAR")
            .then(Step.signal("KILL"))
            .then(Step.script("""
                ip netns add $SPARE
                ip link add $FAR netns $ROUTER type veth peer name eth0 netns $SPARE
                ip -n $SPARE address add $FAR_NET.2/24 dev eth0
                ip -n $SPARE link set eth0 up
                ip -n $SPARE route add default via $FAR_NET.1
                ip -n $ROUTER address add $FAR_NET.1/24 dev $FAR
                ip -n $ROUTER link set $FAR up
                """))),

    NAT_RESTARTED("NAT forgets all mappings", afterSilence(PEER_SILENT, 2), afterSilence(KEEPALIVE_TIMEOUT, 4),
        Step.script("ip netns exec $ROUTER conntrack -F 2>&1"), Step.NOTHING)
    {
        @Override
        Step prepare()
        {
            return Step.script(Hosts.nat(60));
        }
    },

    NAT_PROBED_FAST("NAT forgets after 2 s, probed each 1 s", survives(8), survives(8), Step.NOTHING)
    {
        @Override
        Step prepare()
        {
            return Step.script(Hosts.nat(2));
        }
    },

    NAT_PROBED_SLOWLY("NAT forgets after 2 s (4s,500ms,2; 4s,1s,2)",
        afterSilence(PEER_SILENT, 5), afterSilence(KEEPALIVE_TIMEOUT, 6), Step.NOTHING, Step.NOTHING)
    {
        @Override
        Step prepare()
        {
            return Step.script(Hosts.nat(2));
        }

        @Override
        String heartbeats()
        {
            return "4s,500ms,2";
        }

        @Override
        String keepAlive()
        {
            return "4s,1s,2";
        }
    },

    /**
     * The peer's kernel answers each probe of its window, and beside unsent data there is no keepalive probe. Our
     * kernel may find room for some more bytes at first, which is looked for once in each interval.
     */
    DEAF("peer stops reading what is sent to it", afterFault(WRITE_STALLED, 2, 3), notSeen(7),
        Step.order("stop reading").then(Step.orderWatched("flood")), Step.NOTHING),

    DEAF_TALKER("peer stops reading, goes on sending", afterFault(WRITE_STALLED, 2, 3), notSeen(7),
        Step.order("stop reading").then(Step.order("talk")).then(Step.orderWatched("flood")), Step.NOTHING),

    /** It swallows the first PING or probe. TCP repeats the PING 0.6 s later; the second probe gets through. */
    BLIP("a blip of 0.8 s", survives(5), survives(7), Step.script(Hosts.rule("drop") + "\nsleep 0.8\n" + Hosts.PASS)),

    /** The time that this end was away for is not held against the peer. */
    SELF_STOPPED("the end that watches stopped for 6 s", survives(4), survives(7),
        Step.signalWatched("STOP").then(Step.waitS(6)).then(Step.signalWatched("CONT"))),

    DRIBBLE("one byte per second, no answers", survives(7), survives(7), Step.order("dribble"))
    {
        @Override
        boolean isPeerAbleToSend()
        {
            return false;
        }
    };

    final String title;
    final Step inject;
    /** Null if the peer does not come back. */
    final Step heal;
    private final Expected ofHeartbeats;
    private final Expected ofKeepAlive;

    Fault(final String title, final Expected ofHeartbeats, final Expected ofKeepAlive, final Step inject)
    {
        this(title, ofHeartbeats, ofKeepAlive, inject, null);
    }

    Fault(
        final String title,
        final Expected ofHeartbeats,
        final Expected ofKeepAlive,
        final Step inject,
        final Step heal)
    {
        this.title = title;
        this.ofHeartbeats = ofHeartbeats;
        this.ofKeepAlive = ofKeepAlive;
        this.inject = inject;
        this.heal = heal;
    }

    Expected expected(final Method method)
    {
        return method.isHeartbeat ? ofHeartbeats : ofKeepAlive;
    }

    /** What is done before anyone connects. */
    Step prepare()
    {
        return Step.NOTHING;
    }

    String heartbeats()
    {
        return "1s,500ms,2";
    }

    String keepAlive()
    {
        return "1s,1s,3";
    }

    /** Where the fault lies if this end judges the peer: a process that hangs or does not read, or the way to it. */
    Cause cause()
    {
        return STOPPED == this || DEAF == this || DEAF_TALKER == this ? Cause.PROCESS : Cause.PATH;
    }

    /** Can the peer of a connection that survived show it by a message? */
    boolean isPeerAbleToSend()
    {
        return true;
    }
}
