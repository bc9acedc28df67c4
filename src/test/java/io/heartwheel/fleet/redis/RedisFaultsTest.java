package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Claim;
import io.heartwheel.fleet.EngineException;
import io.heartwheel.fleet.Envelope;
import io.heartwheel.fleet.FleetNode;
import io.heartwheel.fleet.FleetSettings;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.fleet.Host;
import io.heartwheel.fleet.LeaseAction;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a real Redis does when things go wrong with it: calls end in time, and all is well again soon after.
 */
@Tag("tools")
class RedisFaultsTest
{
    private static final int TIMEOUT_MS = 1_000;
    /** Of a busy machine, on top of what a call may take. */
    private static final long MARGIN_MS = 3_000;
    private static final long TTL_MS = 60_000;
    private static final long AWAIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final String LEASE = "aaaa.1";

    private final BlockingQueue<Byte> received = new LinkedBlockingQueue<>();
    private RedisServer server;
    private RedisEngine engine;

    private void start(final String... options)
    {
        server = RedisServer.start(options);
        engine = new RedisEngine(
            new RedisContext().url("redis://" + server.address()).buckets(16).commandTimeoutMs(TIMEOUT_MS));
    }

    @AfterEach
    void stop()
    {
        if (null != engine)
        {
            engine.close();
        }
        if (null != server)
        {
            server.close();
        }
    }

    private LeaseReply lease(final LeaseAction action)
    {
        return engine.lease(action, LEASE, TTL_MS, 0, "a");
    }

    private Session claim()
    {
        engine.claim(List.of(new Claim("ann", LEASE, 1, 0, Long.MAX_VALUE, 0)));
        return locate();
    }

    private Session locate()
    {
        return engine.locate(List.of("ann")).get(0);
    }

    private void awaitMessage()
    {
        received.clear();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (received.isEmpty() && System.nanoTime() - deadlineNs < 0)
        {
            Patience.soon(() -> engine.publish(List.of(new Envelope("aaaa", new byte[]{7}))));
            RedisServer.pause(20);
        }
        assertEquals((byte)7, received.poll());
    }

    @Test
    void shouldSeeThatAllWasLostWhenRedisIsKilled()
    {
        start();
        final LeaseReply before = lease(LeaseAction.JOIN);
        assertNotNull(claim());
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage();
        final long connects = engine.connects();
        server.kill();
        final String failure = assertThrows(EngineException.class, this::locate).getMessage();
        assertTrue(failure.startsWith(server.address() + " HGET: "), failure);
        RedisServer.pause(150);
        final String refused = assertThrows(EngineException.class, this::locate).getMessage();
        assertTrue(refused.startsWith(server.address() + " connect: ") && refused.contains("refused"), refused);
        final String waits = assertThrows(EngineException.class, this::locate).getMessage();
        assertTrue(waits.contains(" connect: ") || waits.contains("is tried again in"), waits);
        server.restart();
        final LeaseReply after = Patience.soon(() -> lease(LeaseAction.RENEW));
        assertFalse(after.isHeld());
        assertNotEquals(before.registryId(), after.registryId());
        assertNotEquals(before.version(), after.version());
        assertNull(locate());
        awaitMessage();
        assertTrue(engine.connects() >= connects + 2, () -> engine.connects() + " after " + connects);
    }

    @Test
    void shouldEraseWhatANodeWroteThatDiedBeforeItNoticedThatAllWasLost()
    {
        start();
        lease(LeaseAction.JOIN);
        server.cli("flushall");
        assertNotNull(claim());
        final FleetNode other = new FleetNode(
            engine, "bbbb", "b", settings(), new MutedHost(), 1, System.nanoTime());
        final long startNs = System.nanoTime();
        for (long nowNs = startNs; null != locate() && nowNs - startNs < AWAIT_NS; nowNs = System.nanoTime())
        {
            if (0 == other.doWork(nowNs))
            {
                RedisServer.pause(10);
            }
        }
        assertNull(locate());
        assertEquals(Set.of("bbbb.1"), other.members().keySet());
    }

    private static FleetSettings settings()
    {
        final FleetSettings d = FleetSettings.DEFAULT;
        final long secondNs = TimeUnit.SECONDS.toNanos(1);
        return new FleetSettings(d.policy(), secondNs, secondNs / 20, secondNs, 0, d.sweepsPerSecond(),
            d.maxReleases(), d.maxRequests(), d.maxInboxBytes());
    }

    /** Has no connections. */
    private static final class MutedHost implements Host
    {
        @Override
        public void onTakenOver(final long connection, final Session newer)
        {
        }

        @Override
        public void onRefused(final long connection, final Session older)
        {
        }

        @Override
        public void onMessage(final long connection, final byte[] message)
        {
        }

        @Override
        public void onClose(final long connection, final byte reason)
        {
        }

        @Override
        public void onState(final FleetState state)
        {
        }

        @Override
        public void onWarning(final String warning)
        {
        }
    }

    @Test
    void shouldGoOnWhenRedisIsKilledAndHasItsFile()
    {
        start("--appendonly", "yes", "--appendfsync", "always");
        final LeaseReply before = lease(LeaseAction.JOIN);
        final Session session = claim();
        server.restart();
        final LeaseReply after = Patience.soon(() -> lease(LeaseAction.RENEW));
        assertTrue(after.isHeld());
        assertEquals(before.registryId(), after.registryId());
        assertEquals(session, locate());
    }

    @Test
    void shouldEndCallsInTimeWhileRedisIsStopped()
    {
        start();
        engine.lease(LeaseAction.JOIN, LEASE, 4_000, 0, "a");
        claim();
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        final long threads = Thread.getAllStackTraces().size();
        server.signal("STOP");
        final long stoppedNs = System.nanoTime();
        // Much more than the kernel takes of a connection whose other end reads nothing.
        final List<Envelope> large = Collections.nCopies(256, new Envelope("aaaa", new byte[128 * 1_024]));
        final long largeMs = Patience.millisOf(() -> assertThrows(EngineException.class, () -> engine.publish(large)));
        assertTrue(largeMs < TIMEOUT_MS + MARGIN_MS, () -> largeMs + " ms");
        int ended = 0;
        while (System.nanoTime() - stoppedNs < TimeUnit.SECONDS.toNanos(5))
        {
            final long ms = Patience.millisOf(() -> assertThrows(EngineException.class, this::locate));
            assertTrue(ms < TIMEOUT_MS + MARGIN_MS, () -> ms + " ms");
            ++ended;
            RedisServer.pause(20);
        }
        assertTrue(ended > 1);
        assertTrue(Thread.getAllStackTraces().size() <= threads + 2);
        server.signal("CONT");
        // It stood still for longer than the lease, which holds all the same.
        assertTrue(Patience.soon(() -> engine.lease(LeaseAction.RENEW, LEASE, 4_000, 0, "a")).isHeld());
        assertNotNull(locate());
        awaitMessage();
    }

    @Test
    void shouldEndACallThatWaitsWhenClosed() throws InterruptedException
    {
        start();
        engine.close();
        engine = new RedisEngine(
            new RedisContext().url("redis://" + server.address()).buckets(16).commandTimeoutMs(60_000));
        claim();
        server.signal("STOP");
        final Thread closer = new Thread(() ->
        {
            RedisServer.pause(300);
            engine.close();
        });
        closer.start();
        final long ms = Patience.millisOf(() -> assertThrows(EngineException.class, this::locate));
        assertTrue(ms < 20_000, () -> ms + " ms");
        closer.join();
    }

    @Test
    void shouldConnectAnewWhenItsConnectionsAreKilled()
    {
        start();
        claim();
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage();
        final long connects = engine.connects();
        server.cli("client", "kill", "type", "pubsub");
        awaitMessage();
        assertEquals(connects + 1, engine.connects());
        server.cli("client", "kill", "type", "normal", "skipme", "yes");
        assertNotNull(Patience.soon(this::locate));
        assertEquals(connects + 2, engine.connects());
    }

    @Test
    void shouldRefuseAMessageThatIsTooLong()
    {
        start();
        engine.publish(List.of(new Envelope("aaaa", new byte[128 * 1_024])));
        final Exception ex = assertThrows(IllegalArgumentException.class,
            () -> engine.publish(List.of(new Envelope("aaaa", new byte[128 * 1_024 + 1]))));
        assertEquals("a message of 131073 bytes is longer than 131072", ex.getMessage());
    }

    @Test
    void shouldListenAnewWhenAskedTo()
    {
        start();
        engine.resubscribe();
        engine.subscribe("aaaa", (message) -> received.add(message[0]));
        awaitMessage();
        final long connects = engine.connects();
        engine.resubscribe();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (engine.connects() == connects && System.nanoTime() - deadlineNs < 0)
        {
            RedisServer.pause(10);
        }
        assertEquals(connects + 1, engine.connects());
        awaitMessage();
    }

    @Test
    void shouldGoOnListeningWhenTheInboxThrows()
    {
        start();
        engine.subscribe("aaaa", (message) ->
        {
            received.add(message[0]);
            throw new IllegalStateException("on purpose");
        });
        final long connects = engine.connects();
        awaitMessage();
        awaitMessage();
        assertEquals(connects + 1, engine.connects());
    }

    @Test
    void shouldBringItsScriptsAgain()
    {
        start();
        lease(LeaseAction.JOIN);
        claim();
        server.cli("script", "flush");
        assertTrue(lease(LeaseAction.RENEW).isHeld());
        server.cli("script", "flush");
        assertNotNull(claim());
        assertEquals(List.of(), engine.sweep(0, List.of("bbbb.1")));
    }

    @Test
    void shouldSeeThatAllWasErased()
    {
        start();
        final LeaseReply before = lease(LeaseAction.JOIN);
        claim();
        final long connects = engine.connects();
        server.cli("flushall");
        final LeaseReply after = lease(LeaseAction.RENEW);
        assertFalse(after.isHeld());
        assertNotEquals(before.registryId(), after.registryId());
        assertNull(locate());
        assertEquals(connects, engine.connects());
    }

    @Test
    void shouldEndCallsInTimeWhileClientsArePaused()
    {
        start();
        claim();
        server.cli("client", "pause", "3000");
        final long ms = Patience.millisOf(() -> assertThrows(EngineException.class, this::locate));
        assertTrue(ms >= TIMEOUT_MS - 50 && ms < TIMEOUT_MS + MARGIN_MS, () -> ms + " ms");
        assertNotNull(Patience.soon(this::locate));
    }

    /** With {@code noeviction}, as advised: who is registered stays, and nothing is written until there is room. */
    @Test
    void shouldSayThatTheMemoryOfRedisIsFullAndGoOnOnceThereIsRoom()
    {
        start();
        lease(LeaseAction.JOIN);
        final Session before = claim();
        server.cli("config", "set", "maxmemory", "1");
        final String failure = assertThrows(EngineException.class, this::claim).getMessage();
        assertTrue(failure.startsWith(server.address() + " EVALSHA claim: OOM"), failure);
        assertThrows(EngineException.class, () -> lease(LeaseAction.RENEW));
        assertEquals(before, locate());
        server.cli("config", "set", "maxmemory", "0");
        assertTrue(Patience.soon(() -> lease(LeaseAction.RENEW)).isHeld());
        assertEquals(before, Patience.soon(this::claim));
    }

    @Test
    void shouldSayWhatAReplicaRefuses()
    {
        start();
        claim();
        try (RedisServer master = RedisServer.start())
        {
            server.cli("replicaof", "127.0.0.1", Integer.toString(master.port()));
            final String failure = assertThrows(EngineException.class, this::claim).getMessage();
            assertTrue(failure.startsWith(server.address() + " EVALSHA claim: READONLY"), failure);
        }
        server.cli("replicaof", "no", "one");
        assertNotNull(Patience.soon(this::claim));
    }
}
