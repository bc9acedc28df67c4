package io.heartwheel.network;

import io.heartwheel.fleet.redis.RedisHost;
import io.heartwheel.fleet.redis.RedisServer;
import io.heartwheel.support.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static io.heartwheel.network.FleetStar.LEASE_S;
import static io.heartwheel.network.FleetStar.MARGIN_S;
import static io.heartwheel.network.FleetStar.TIMEOUT_S;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The master of Redis, one of three sentinels, and node A are cut off together from the two replicas, the two other
 * sentinels, and node B, who go on with another master. Clients reach both sides.
 */
@Tag("network")
@Tag("tools")
@Timeout(240)
class FleetSplitTest
{
    private static final double NS_PER_S = 1e9;
    private static final double SPLIT_S = 4 * LEASE_S;
    /** The sentinels find each other, then the old master becomes a replica. */
    private static final double HEALED_S = 60;

    private FleetStar fleet;
    private Program a;
    private Program clients;
    private FleetSight left;
    private FleetSight right;
    private Map<String, String> before;
    private long splitNs;

    @BeforeAll
    static void requireTools()
    {
        Tools.require();
    }

    @BeforeEach
    void build()
    {
        fleet = new FleetStar("left", "right", "clients");
    }

    @AfterEach
    void remove()
    {
        fleet.close();
    }

    private void start(final int replicas) throws IOException, InterruptedException
    {
        final RedisHost oldSide = fleet.hosts.redis("left");
        final RedisHost newSide = fleet.hosts.redis("right");
        final RedisServer master = fleet.add(RedisServer.startOn(oldSide, 6379, "--repl-diskless-sync-delay", "0"));
        for (final int port : new int[]{6379, 6380})
        {
            final RedisServer replica = fleet.add(RedisServer.startOn(newSide, port,
                "--repl-diskless-sync-delay", "0", "--replicaof", oldSide.address() + " 6379"));
            replica.await(() -> replica.cli("info", "replication").contains("master_link_status:up"));
        }
        final List<RedisServer> sentinels = List.of(
            sentinel(oldSide, 26379), sentinel(newSide, 26379), sentinel(newSide, 26380));
        for (final RedisServer sentinel : sentinels)
        {
            sentinel.await(() -> sentinel.cli("sentinel", "master", "main").contains("num-other-sentinels\n2") &&
                sentinel.cli("sentinel", "master", "main").contains("num-slaves\n2"));
        }
        assertEquals("master", master.cli("role").lines().findFirst().orElse(""));
        fleet.set("", "redis-sentinel://" + String.join(",", sentinels.stream().map(RedisServer::address).toList()) +
            "/main");
        fleet.set(".replicas", replicas);
        a = fleet.serve("left");
        fleet.serve("right");
        clients = fleet.clients("clients");
        left = fleet.look("left");
        right = fleet.look("right");
        fleet.connect(clients, right, "left", "stayer", "mover");
        fleet.connect(clients, right, "right", "other", "back");
        before = right.seen();
    }

    private RedisServer sentinel(final RedisHost host, final int port) throws IOException
    {
        return fleet.add(RedisServer.sentinelOn(
            host, port, "main", fleet.hosts.address("left") + " 6379 2", 1_500));
    }

    /** One client moves to the right side, one to the left, and no old connection ends. */
    private void split() throws InterruptedException
    {
        fleet.hosts.part("left", "right");
        splitNs = System.nanoTime();
        clients.tell("mover " + fleet.address("right"));
        clients.tell("back " + fleet.address("left"));
        right.await((seen) -> "right".equals(right.nodeOf("mover")), SPLIT_S);
        System.out.printf("the right side has another master, and the client that moved, after %.1f s%n",
            (right.changedNs("mover") - splitNs) / NS_PER_S);
    }

    private double sinceSplitS()
    {
        return (System.nanoTime() - splitNs) / NS_PER_S;
    }

    private void awaitEndOfSplit() throws InterruptedException
    {
        Thread.sleep((long)(1_000 * Math.max(0, SPLIT_S - sinceSplitS())));
        assertEquals(List.of(), fleet.closed(clients), "nobody is told of the other side");
    }

    /** Whoever moved is where it moved to, all others are where they were, and no other connection was closed. */
    private void heal() throws InterruptedException
    {
        fleet.hosts.heal();
        final long healedNs = System.nanoTime();
        final Map<String, String> places =
            Map.of("stayer", "left", "back", "left", "other", "right", "mover", "right");
        for (final FleetSight sight : List.of(right, left))
        {
            sight.await((seen) -> seen.keySet().equals(places.keySet()) &&
                places.keySet().stream().allMatch((each) -> places.get(each).equals(sight.nodeOf(each))), HEALED_S);
        }
        System.out.printf("both sides see the same %.1f s after the split healed%n",
            (System.nanoTime() - healedNs) / NS_PER_S);
        final Set<String> closed = Set.of("mover " + fleet.address("left") + " PEER_LEFT TAKEN_OVER",
            "back " + fleet.address("right") + " PEER_LEFT TAKEN_OVER");
        while (fleet.closed(clients).size() < closed.size())
        {
            assertTrue((System.nanoTime() - healedNs) / NS_PER_S < HEALED_S, () -> "only " + fleet.closed(clients));
            Thread.sleep(20);
        }
        Thread.sleep((long)(1_000 * LEASE_S));
        assertEquals(closed, new TreeSet<>(fleet.closed(clients)));
        assertEquals(closed.size(), fleet.closed(clients).size());
        assertEquals(right.seen(), left.seen());
        for (final String identity : List.of("stayer", "other"))
        {
            assertEquals(before.get(identity), right.seen().get(identity));
        }
    }

    @Test
    void shouldBelieveForALeaseWhereReplicasHaveToHaveIt() throws IOException, InterruptedException
    {
        start(1);
        split();
        awaitLapse();
        awaitEndOfSplit();
        heal();
    }

    private void awaitLapse() throws InterruptedException
    {
        a.await("fleet  lease DETACHED");
        final long lapsedNs = a.lastNs("fleet  lease DETACHED");
        final double believedS = (lapsedNs - splitNs) / NS_PER_S;
        final double bothS = (lapsedNs - right.changedNs("mover")) / NS_PER_S;
        System.out.printf("the left side believes for %.1f s, and %.1f s together with the right side%n",
            believedS, Math.max(0, bothS));
        assertTrue(believedS < LEASE_S + TIMEOUT_S + MARGIN_S, believedS + " s");
        assertTrue(bothS < LEASE_S, bothS + " s");
        assertTrue(a.lines().stream().anyMatch((line) -> line.contains(" WAIT: 0 of 1 replicas have the lease")),
            a.lines()::toString);
    }

    @Test
    void shouldBelieveForAsLongAsTheSplitLastsWhereNoReplicaHasToHaveIt() throws IOException, InterruptedException
    {
        start(0);
        split();
        awaitEndOfSplit();
        assertNull(a.poll("fleet  lease DETACHED", 0), "it never knows");
        assertEquals("left", left.nodeOf("mover"));
        heal();
        System.out.printf("the left side saw the client that moved there for %.1f s after it had moved%n",
            (left.changedNs("mover") - right.changedNs("mover")) / NS_PER_S);
    }
}
