package io.heartwheel.network;

import io.heartwheel.fleet.redis.RedisServer;
import io.heartwheel.support.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static io.heartwheel.network.FleetStar.LEASE_S;
import static io.heartwheel.network.FleetStar.MARGIN_S;
import static io.heartwheel.network.FleetStar.TIMEOUT_S;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A node of a fleet that is cut off from the registry, and from nothing else: its clients stay, and are found again.
 */
@Tag("network")
@Tag("tools")
@Timeout(180)
class FleetPartitionTest
{
    private static final String[] STAY = IntStream.range(0, 20).mapToObj((i) -> "stay" + i).toArray(String[]::new);
    private static final double NS_PER_S = 1e9;

    @BeforeAll
    static void requireTools()
    {
        Tools.require();
    }

    private static double secondsSince(final long ns)
    {
        return (System.nanoTime() - ns) / NS_PER_S;
    }

    private static Map<String, String> stayers(final Map<String, String> seen)
    {
        return Arrays.stream(STAY).filter(seen::containsKey)
            .collect(Collectors.toMap((each) -> each, seen::get, (one, other) -> one, TreeMap::new));
    }

    @Test
    void shouldKeepTheClientsOfANodeThatDoesNotReachTheRegistry() throws IOException, InterruptedException
    {
        try (FleetStar fleet = new FleetStar("engine", "a", "b", "clients"))
        {
            final RedisServer redis = fleet.add(RedisServer.startOn(fleet.hosts.redis("engine"), 6379));
            fleet.set("", "redis://" + redis.address());
            final Program a = fleet.serve("a");
            fleet.serve("b");
            final FleetSight sight = fleet.look("b");
            final Program clients = fleet.clients("clients");
            final Program dying = fleet.clients("clients");
            fleet.connect(clients, sight, "a", STAY);
            fleet.connect(clients, sight, "a", "mover");
            fleet.connect(dying, sight, "a", "dying");
            final Map<String, String> before = stayers(sight.seen());

            fleet.hosts.part("a", "engine");
            final long cutNs = System.nanoTime();
            dying.signal("STOP");
            fleet.connect(clients, sight, "b", "mover");
            judgePartition(fleet, a, sight, cutNs);
            clients.tell("late " + fleet.address("a"));
            clients.await("open late ");
            Thread.sleep((long)(1_000 * Math.max(0, 3 * LEASE_S - secondsSince(cutNs))));
            assertEquals(List.of(), fleet.closed(clients), "they are answered, and nobody tells A of the newer one");
            assertTrue(stayers(sight.seen()).isEmpty());

            fleet.hosts.heal();
            judgeHealed(fleet, clients, sight, before);
        }
    }

    /** What is cut off knows so within its lease, and what is dead there is found dead. */
    private static void judgePartition(
        final FleetStar fleet, final Program a, final FleetSight sight, final long cutNs) throws InterruptedException
    {
        a.await("fleet  lease DETACHED");
        final double detachedS = (a.lastNs("fleet  lease DETACHED") - cutNs) / NS_PER_S;
        assertTrue(detachedS < LEASE_S + TIMEOUT_S + MARGIN_S, detachedS + " s");
        sight.await((seen) -> stayers(seen).isEmpty() && !seen.containsKey("dying"), 4 * LEASE_S);
        final double goneS = (sight.changedNs(STAY[0]) - cutNs) / NS_PER_S;
        assertTrue(goneS < LEASE_S + LEASE_S / 3 + MARGIN_S, goneS + " s");
        System.out.printf("cut off from the registry: DETACHED after %.1f s, not found after %.1f s%n",
            detachedS, goneS);
        assertTrue(a.lines().stream().noneMatch((line) -> line.startsWith("fleet  lease JOINING")));
        final List<String> lost = a.lines().stream().filter((line) -> line.startsWith("lost  connection ")).toList();
        assertTrue(1 == lost.size() && lost.get(0).contains("PEER_SILENT"), "of whom it has stopped: " + lost);
        assertEquals("b", sight.nodeOf("mover"));
    }

    private static void judgeHealed(
        final FleetStar fleet, final Program clients, final FleetSight sight, final Map<String, String> before)
        throws InterruptedException
    {
        final long healedNs = System.nanoTime();
        sight.await((seen) -> before.equals(stayers(seen)) && seen.containsKey("late"), 20);
        final double restoredS = secondsSince(healedNs);
        System.out.printf("restored %.1f s after the partition healed%n", restoredS);
        assertTrue(restoredS < 5 + MARGIN_S, restoredS + " s");
        clients.await("closed mover ");
        for (final String identity : List.of(STAY[0], "late", "mover"))
        {
            sight.eye.tell(identity + " hello");
            clients.await("message " + identity + " hello");
        }
        Thread.sleep((long)(1_000 * LEASE_S));
        assertEquals(List.of("mover " + fleet.address("a") + " PEER_LEFT TAKEN_OVER"), fleet.closed(clients));
        assertEquals("b", sight.nodeOf("mover"));
        assertEquals("a", sight.nodeOf("late"));
        assertEquals(before, stayers(sight.seen()));
        assertTrue(!sight.seen().containsKey("dying"), "it ended while its node was cut off");
    }
}
