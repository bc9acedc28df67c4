package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.EngineContract;
import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.VerifyReply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The registry in Redis does what every registry does, and has its own ways to be set.
 */
@Tag("tools")
class RedisEngineTest extends EngineContract
{
    private static RedisServer server;

    private final List<Engine> engines = new ArrayList<>();

    @BeforeAll
    static void startServer()
    {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer()
    {
        if (null != server)
        {
            server.close();
        }
    }

    @BeforeEach
    void forgetAll()
    {
        server.cli("flushall");
    }

    @AfterEach
    void closeEngines()
    {
        engines.forEach(Engine::close);
    }

    private static RedisContext context()
    {
        return new RedisContext().url("redis://" + server.address()).buckets(64).commandTimeoutMs(10_000);
    }

    private Engine engine(final RedisContext ctx)
    {
        final Engine engine = new RedisEngine(ctx);
        engines.add(engine);
        return engine;
    }

    @Override
    protected Engine engine()
    {
        return engine(context());
    }

    @Override
    protected void pass(final long ms) throws InterruptedException
    {
        Thread.sleep(ms);
    }

    /** Who looks at a registry that is empty does not decide for those who join. */
    @Test
    void shouldWriteNothingForOneThatOnlyLooks()
    {
        assertEquals(Map.of(),
            engine(context().buckets(128)).lease(LeaseAction.SHOW, "", 0, 0, "").members());
        assertEquals("0", server.cli("dbsize").replaceAll("\\D", ""));
        assertTrue(engine().lease(LeaseAction.JOIN, "aaaa.1", 10_000, 0, "a").isHeld());
    }

    @Test
    void shouldRefuseANodeWithAnotherNumberOfBuckets()
    {
        engine().lease(LeaseAction.JOIN, "aaaa.1", 10_000, 0, "a");
        final Engine other = engine(context().buckets(128));
        final EngineException ex = assertThrows(
            EngineException.class, () -> other.lease(LeaseAction.JOIN, "bbbb.1", 10_000, 0, "b"));
        assertEquals("the registry hw at redis://" + server.address() +
            " has 64 buckets, and this node is set to 128", ex.getMessage());
        assertEquals(1, engine().lease(LeaseAction.RENEW, "aaaa.1", 10_000, 0, "a").members().size());
    }

    @Test
    void shouldKeepFleetsOfDifferentPrefixesApart()
    {
        final Engine one = engine();
        final Engine other = engine(context().prefix("hw2").buckets(16));
        one.lease(LeaseAction.JOIN, "aaaa.1", 10_000, 0, "a");
        assertEquals(1, other.lease(LeaseAction.JOIN, "bbbb.1", 10_000, 0, "b").members().size());
        one.claim(List.of(new Claim("ann", "aaaa.1", 1, 0, Long.MAX_VALUE, 0)));
        assertEquals(Collections.singletonList(null), other.locate(List.of("ann")));
        assertTrue(server.cli("keys", "*").contains("hw2:{m}:l"));
    }

    @Test
    void shouldTakeWhatIsNoRecordForNothing()
    {
        final Engine engine = engine(context().buckets(1));
        for (final String garbage : List.of("", "garbage", "aaaa.1 1", "aaaa.1 1 x", "a b 9999999999999999", "a b c d"))
        {
            server.cli("hset", "hw:{0}", "ann", garbage);
            assertNull(engine.locate(List.of("ann")).get(0));
            assertEquals(List.of(), engine.list(0));
            final ClaimReply reply = engine.claim(List.of(
                new Claim("ann", "aaaa.1", 1, 0, Long.MAX_VALUE, 0))).get(0);
            assertEquals(ClaimReply.Outcome.WON, reply.outcome(), garbage);
            assertNull(reply.other());
            server.cli("hset", "hw:{0}", "ann", garbage);
            assertEquals(List.of(), engine.sweep(0, List.of("bbbb.1")));
            final Session session = new Session("ann", "aaaa.1", 1, 7);
            server.cli("hset", "hw:{0}", "bob", garbage);
            assertEquals(new VerifyReply(List.of(), Set.of()),
                engine.verify(0, "aaaa.1", List.of(session), true, Long.MAX_VALUE));
            server.cli("hdel", "hw:{0}", "bob");
            assertEquals(List.of(session), engine.list(0));
        }
    }

    @Test
    void shouldLeaveNothingOfAFleetThatIsGone()
    {
        final Engine engine = engine();
        engine.verify(3, "aaaa.1", List.of(new Session("ann", "aaaa.1", 1, 7)), false, Long.MAX_VALUE);
        assertEquals("-1", server.cli("pttl", "hw:{3}"));
        engine.verify(3, "aaaa.1", List.of(new Session("ann", "aaaa.1", 1, 7)), true, Long.MAX_VALUE);
        final long ttlMs = Long.parseLong(server.cli("pttl", "hw:{3}"));
        assertTrue(ttlMs > 3_500_000 && ttlMs <= 3_600_000, () -> ttlMs + " ms");
    }

    @Test
    void shouldNotWriteWhatIsVerifiedAndRight()
    {
        final Engine engine = engine();
        final List<Session> owned = List.of(new Session("ann", "aaaa.1", 1, 7), new Session("bob", "aaaa.1", 2, 8));
        engine.verify(3, "aaaa.1", owned, false, Long.MAX_VALUE);
        final String before = server.cli("info", "commandstats");
        engine.verify(3, "aaaa.1", owned, false, Long.MAX_VALUE);
        assertEquals(calls(before, "hset"), calls(server.cli("info", "commandstats"), "hset"));
        assertTrue(calls(before, "hset") > 0);
    }

    private static int calls(final String stats, final String command)
    {
        final String start = "cmdstat_" + command + ":calls=";
        final int at = stats.indexOf(start);
        return at < 0 ? 0 : Integer.parseInt(
            stats.substring(at + start.length(), stats.indexOf(',', at)));
    }

    @Test
    void shouldWarnOfEviction()
    {
        final Engine engine = engine();
        assertEquals(List.of(), engine.warnings());
        server.cli("config", "set", "maxmemory-policy", "allkeys-lru");
        try
        {
            final List<String> warnings = engine.warnings();
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).startsWith(server.address() + " has maxmemory-policy allkeys-lru"));
        }
        finally
        {
            server.cli("config", "set", "maxmemory-policy", "noeviction");
        }
    }

    @Test
    void shouldWaitForReplicasThatAreSet()
    {
        final Engine engine = engine(context().replicas(1).commandTimeoutMs(2_000));
        final EngineException ex = assertThrows(
            EngineException.class, () -> engine.lease(LeaseAction.JOIN, "aaaa.1", 10_000, 0, "a"));
        assertTrue(ex.getMessage().contains("WAIT: 0 of 1 replicas"), ex::getMessage);
        server.cli("config", "set", "repl-diskless-sync-delay", "0");
        try (RedisServer replica = RedisServer.start(
            "--replicaof", "127.0.0.1 " + server.port()))
        {
            replica.await(() -> replica.cli("info", "replication").contains("master_link_status:up"));
            // It says what it has once a second, and counts from the first time.
            assertTrue(Patience.soon(() -> engine.lease(LeaseAction.JOIN, "aaaa.1", 10_000, 0, "a")).isHeld());
        }
    }

    @Test
    void shouldUseTheDatabaseOfTheUrl()
    {
        final Engine engine = engine(context().url("redis://" + server.address() + "/3"));
        engine.claim(List.of(new Claim("ann", "aaaa.1", 1, 0, Long.MAX_VALUE, 0)));
        assertEquals("", server.cli("keys", "*"));
        assertTrue(server.cli("-n", "3", "keys", "*").startsWith("hw:{"));
    }
}
