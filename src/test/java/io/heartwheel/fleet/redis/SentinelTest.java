package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.Envelope;
import io.heartwheel.fleet.LeaseAction;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A master and two replicas, watched by three sentinels: the engine finds the master, and finds the next one.
 */
@Tag("tools")
@Tag("slow")
class SentinelTest
{
    private final BlockingQueue<Byte> received = new LinkedBlockingQueue<>();
    private RedisSentinels redis;
    private RedisEngine engine;

    @BeforeEach
    void start() throws IOException
    {
        redis = new RedisSentinels();
        engine = new RedisEngine(new RedisContext().buckets(16).url(redis.url()));
    }

    @AfterEach
    void stop()
    {
        CloseHelper.closeAll(engine, redis);
    }

    private boolean isRenewed()
    {
        return engine.lease(LeaseAction.RENEW, "aaaa.1", 60_000, 0, "a").isHeld();
    }

    private void awaitMessage()
    {
        received.clear();
        Patience.await("no message", () ->
        {
            engine.publish(List.of(new Envelope("aaaa", new byte[]{7})));
            return !received.isEmpty();
        });
    }

    private String role(final int server)
    {
        return redis.servers.get(server).cli("role").lines().findFirst().orElse("");
    }

    @Test
    void shouldFindTheNextMasterWhenTheMasterIsKilled()
    {
        engine.lease(LeaseAction.JOIN, "aaaa.1", 60_000, 0, "a");
        engine.claim(List.of(new Claim("ann", "aaaa.1", 1, 0, Long.MAX_VALUE, 0)));
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage();
        final long connects = engine.connects();
        redis.killMaster();
        final long ms = Patience.millisOf(() -> Patience.await("no lease", this::isRenewed));
        System.out.println("a lease is renewed " + ms + " ms after the master was killed");
        assertTrue("master".equals(role(1)) || "master".equals(role(2)));
        assertEquals("ann", engine.locate(List.of("ann")).get(0).identity());
        awaitMessage();
        assertTrue(engine.connects() >= connects + 2);
    }

    /** TCP is well, nobody is killed, and no message comes any more: the master is another one. */
    @Test
    void shouldFollowTheSentinelsWhenAMasterIsDemotedQuietly()
    {
        engine.lease(LeaseAction.JOIN, "aaaa.1", 60_000, 0, "a");
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage();
        // Its inbox would hear nothing of what other nodes send by the new master.
        final RedisServer next = RedisServer.start("--repl-diskless-sync-delay", "0");
        redis.servers.add(next);
        for (final RedisServer sentinel : redis.sentinels)
        {
            sentinel.cli("sentinel", "remove", "main");
            sentinel.cli("sentinel", "monitor", "main", "127.0.0.1", Integer.toString(next.port()), "2");
        }
        final long ms = Patience.millisOf(() -> Patience.await("no other master", () -> !isRenewed()));
        System.out.println("the other master is asked " + ms + " ms after the sentinels name it");
        received.clear();
        Patience.await("no message", () ->
        {
            next.cli("publish", "hw:{aaaa}", "7");
            return !received.isEmpty();
        });
        assertNotEquals("", next.cli("hgetall", "hw:{m}:m"));
    }

    @Test
    void shouldFollowAMasterThatChangesPlaces()
    {
        engine.lease(LeaseAction.JOIN, "aaaa.1", 60_000, 0, "a");
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage();
        redis.sentinels.get(0).cli("sentinel", "failover", "main");
        Patience.await("no failover", () -> "slave".equals(role(0)));
        redis.sentinels.forEach((sentinel) -> sentinel.cli("sentinel", "reset", "main"));
        Patience.await("no lease", this::isRenewed);
        awaitMessage();
    }
}
