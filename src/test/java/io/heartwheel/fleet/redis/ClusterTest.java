package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Buckets;
import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.EngineContract;
import io.heartwheel.fleet.Envelope;
import io.heartwheel.fleet.LeaseAction;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.JedisClusterCRC16;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A cluster of three masters, each with a replica: the registry is spread over it, and follows its slots.
 */
@Tag("tools")
@Tag("slow")
class ClusterTest extends EngineContract
{
    private static final int BUCKETS = 64;

    private static RedisCluster cluster;

    private final List<Engine> engines = new ArrayList<>();
    private final BlockingQueue<Byte> received = new LinkedBlockingQueue<>();

    @BeforeAll
    static void startCluster() throws IOException, InterruptedException
    {
        cluster = new RedisCluster(1);
    }

    @AfterAll
    static void stopCluster()
    {
        CloseHelper.close(cluster);
    }

    @BeforeEach
    void forgetAll()
    {
        cluster.masters().forEach((node) -> node.cli("flushall"));
    }

    @AfterEach
    void closeEngines()
    {
        engines.forEach(Engine::close);
    }

    private static String id(final RedisServer node)
    {
        return node.cli("cluster", "myid");
    }

    @Override
    protected Engine engine()
    {
        final Engine engine = new RedisEngine(new RedisContext().buckets(BUCKETS).commandTimeoutMs(5_000)
            .url(cluster.url()));
        engines.add(engine);
        return engine;
    }

    @Override
    protected void pass(final long ms) throws InterruptedException
    {
        Thread.sleep(ms);
    }

    private static List<Claim> claims(final int count, final long connection)
    {
        return IntStream.range(0, count).mapToObj((i) ->
            new Claim("user " + i, "aaaa.1", connection, 0, Long.MAX_VALUE, 0)).collect(Collectors.toList());
    }

    private void awaitMessage(final Engine engine)
    {
        received.clear();
        Patience.await("no message", () ->
        {
            engine.publish(List.of(new Envelope("aaaa", new byte[]{7})));
            return !received.isEmpty();
        });
    }

    private static RedisServer owner(final int slot, final List<RedisServer> masters)
    {
        return masters.stream().filter((node) ->
            "1".equals(node.cli("cluster", "countkeysinslot", Integer.toString(slot)))).findFirst().orElseThrow();
    }

    @Test
    void shouldSpreadOverAllMasters()
    {
        final Engine engine = engine();
        engine.claim(claims(200, 1));
        for (final RedisServer master : cluster.masters())
        {
            assertTrue(Integer.parseInt(master.cli("dbsize")) > 5);
        }
    }

    @Test
    void shouldFollowMastersThatChangePlaces()
    {
        final Engine engine = engine();
        engine.lease(LeaseAction.JOIN, "aaaa.1", 60_000, 0, "a");
        engine.claim(claims(200, 1));
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage(engine);
        for (final RedisServer replica : cluster.replicas())
        {
            assertEquals("OK", replica.cli("cluster", "failover"));
            replica.await(() -> RedisCluster.isMaster(replica));
        }
        Patience.await("no lease", () -> engine.lease(LeaseAction.RENEW, "aaaa.1", 60_000, 0, "a").isHeld());
        Patience.soon(() -> engine.claim(claims(200, 2)));
        assertEquals(2, Patience.soon(() -> engine.locate(List.of("user 7"))).get(0).connection());
        awaitMessage(engine);
    }

    @Test
    void shouldGoOnWhenAMasterIsKilled()
    {
        final Engine engine = engine();
        engine.lease(LeaseAction.JOIN, "aaaa.1", 60_000, 0, "a");
        engine.claim(claims(200, 1));
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage(engine);
        final RedisServer killed = cluster.masters().get(0);
        killed.cli("wait", "1", "5000");
        killed.kill();
        final long ms = Patience.millisOf(() -> Patience.soon(() -> engine.claim(claims(200, 2))));
        System.out.println("all buckets are claimed in " + ms + " ms after a master was killed");
        assertTrue(Patience.soon(() -> engine.lease(LeaseAction.RENEW, "aaaa.1", 60_000, 0, "a")).isHeld());
        awaitMessage(engine);
        killed.begin();
        killed.await(() -> killed.cli("info", "replication").contains("master_link_status:up"));
    }

    /** Asked of the old master, then of the new one, while keys are on their way. */
    @Test
    void shouldFollowABucketThatMoves()
    {
        final Engine engine = engine();
        engine.claim(claims(200, 1));
        final int bucket = Buckets.of("user 7", BUCKETS);
        final String key = "hw:{" + bucket + "}";
        final int slotNumber = JedisClusterCRC16.getSlot(key);
        final String slot = Integer.toString(slotNumber);
        final List<RedisServer> masters = cluster.masters();
        final RedisServer from = owner(slotNumber, masters);
        final RedisServer to = masters.stream().filter((node) -> node != from).findFirst().orElseThrow();

        to.cli("cluster", "setslot", slot, "importing", id(from));
        from.cli("cluster", "setslot", slot, "migrating", id(to));
        assertWon(engine, 2);
        assertEquals("OK", from.cli("migrate", "127.0.0.1", Integer.toString(to.port()), key, "0", "5000"));
        assertWon(engine, 3);
        assertEquals("1", to.cli("cluster", "countkeysinslot", slot));
        to.cli("cluster", "setslot", slot, "node", id(to));
        masters.forEach((node) -> node.cli("cluster", "setslot", slot, "node", id(to)));
        assertWon(engine, 4);
        assertEquals(4, engine.locate(List.of("user 7")).get(0).connection());
        assertTrue(engine.list(bucket).stream().anyMatch((session) -> "user 7".equals(session.identity())));
    }

    private static void assertWon(final Engine engine, final long connection)
    {
        engine.claim(claims(200, connection)).forEach(
            (reply) -> assertEquals(ClaimReply.Outcome.WON, reply.outcome()));
    }
}
