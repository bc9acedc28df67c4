package io.heartwheel.fleet;

import io.heartwheel.CloseReason;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;
import org.agrona.concurrent.SystemEpochMicroClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Whatever the engine does, the clients of a server are judged and served as without a fleet.
 */
@Timeout(60)
class FleetFaultsTest
{
    private static final long MS_NS = 1_000_000;
    private static final long AWAIT_S = 20;
    private static final Set<String> NOT_ASKED = Set.of("buckets", "connects", "close", "equals", "hashCode");

    private final MemoryRegistry registry = new MemoryRegistry(new SystemEpochMicroClock()::microTime, 16);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch blocked = new CountDownLatch(1);
    private volatile Runnable before = () ->
    {
    };
    private final List<ServerNode> nodes = new ArrayList<>();

    @AfterEach
    void after()
    {
        blocked.countDown();
        nodes.forEach(ServerNode::close);
    }

    /** An engine that does something else before it does what it is asked. */
    private Engine engine()
    {
        final Engine engine = new MemoryEngine(registry);
        return (Engine)Proxy.newProxyInstance(
            Engine.class.getClassLoader(), new Class<?>[] {Engine.class}, (proxy, method, args) ->
            {
                if (!NOT_ASKED.contains(method.getName()))
                {
                    before.run();
                }
                try
                {
                    return method.invoke(engine, args);
                }
                catch (final InvocationTargetException ex)
                {
                    throw ex.getCause();
                }
            });
    }

    private ServerNode node(final Cadence cadence)
    {
        final ServerNode node = new ServerNode("a", new FleetContext().engine(engine())
            .leaseNs(1_000 * MS_NS).timeoutNs(100 * MS_NS), cadence);
        nodes.add(node);
        return node;
    }

    private void block()
    {
        before = () ->
        {
            try
            {
                asked.countDown();
                blocked.await();
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
        };
    }

    private static void await(final BooleanSupplier isDone) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!isDone.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(AWAIT_S), "it does not happen");
            Thread.sleep(2);
        }
    }

    private static TestPeer named(final ServerNode node, final String identity) throws IOException
    {
        final TestPeer peer = new TestPeer(node.address());
        peer.send(Frame.HELLO, 0, Identity.helloPayload(identity));
        return peer;
    }

    @Test
    void shouldJudgeAndServeClientsWhileTheEngineBlocks() throws Exception
    {
        block();
        final ServerNode node = node(new Cadence(200 * MS_NS, 100 * MS_NS, 1));
        try (TestPeer silent = named(node, "silent"); TestPeer living = named(node, "living"))
        {
            final long startNs = System.nanoTime();
            for (int i = 0; node.connections.closed().isEmpty(); i++)
            {
                assertEquals(1 + i % 100, living.send(Frame.PING, 1 + i % 100).read(Frame.PONG).token());
                assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(5), "the verdict is late");
                Thread.sleep(10);
            }
            assertEquals(List.of(CloseReason.PEER_SILENT), node.connections.reasons());
            assertEquals(CloseReason.PEER_SILENT.code(), silent.read(Frame.BYE).byeReason());
            assertEquals(FleetState.JOINING, node.fleet.metrics().state());

            assertEquals(0, asked.getCount(), "it is blocked");
            final CompletableFuture<SendOutcome> sent = node.fleet.send("living", new byte[1]);
            assertFalse(sent.isDone(), "it waits, and whoever asks does not");
        }
    }

    @Test
    void shouldRefuseRequestsBeyondTheLimit() throws Exception
    {
        block();
        final ServerNode node = node(Cadence.STANDARD);
        assertTrue(asked.await(AWAIT_S, TimeUnit.SECONDS));
        final int max = FleetSettings.DEFAULT.maxRequests();
        for (int i = 0; i < max; i++)
        {
            assertFalse(node.fleet.locate("alice").isDone());
        }
        final ExecutionException ex =
            assertThrows(ExecutionException.class, () -> node.fleet.locate("alice").get(0, TimeUnit.SECONDS));
        assertEquals(RejectedExecutionException.class, ex.getCause().getClass());
        assertEquals("more than " + max + " requests wait for the registry", ex.getCause().getMessage());
        assertEquals(1, node.fleet.metrics().count(FleetCounter.REQUESTS_REFUSED));
    }

    @Test
    void shouldComeBackFromAnEngineThatFails() throws Exception
    {
        final ServerNode node = node(Cadence.STANDARD);
        await(() -> FleetState.HELD == node.fleet.metrics().state());
        before = () ->
        {
            throw new IllegalStateException("on purpose");
        };
        await(() -> FleetState.DETACHED == node.fleet.metrics().state());
        assertTrue(node.fleet.metrics().trouble().contains("on purpose"), node.fleet.metrics()::trouble);
        assertEquals(SendOutcome.UNKNOWN, node.fleet.send("alice", new byte[1]).get(AWAIT_S, TimeUnit.SECONDS));
        final ExecutionException ex = assertThrows(
            ExecutionException.class, () -> node.fleet.locate("alice").get(AWAIT_S, TimeUnit.SECONDS));
        assertEquals(EngineException.class, ex.getCause().getClass());
        try (TestPeer alice = named(node, "alice"))
        {
            assertEquals(7, alice.send(Frame.PING, 7).read(Frame.PONG).token());
            await(() -> 1 == node.fleet.metrics().waiting());
            before = () ->
            {
            };
            await(() -> node.events().contains("alice joined"));
            assertEquals(FleetState.HELD, node.fleet.metrics().state());
            assertEquals("", node.fleet.metrics().trouble());
            assertEquals("alice", node.fleet.locate("alice").get(AWAIT_S, TimeUnit.SECONDS).identity());
            assertEquals(List.of(), node.connections.closed());
        }
    }

    @Test
    void shouldCloseNobodyWhenTheEngineForgets() throws Exception
    {
        final ServerNode node = node(Cadence.STANDARD);
        try (TestPeer alice = named(node, "alice"))
        {
            await(() -> node.events().contains("alice joined"));
            registry.clear();
            await(() -> node.fleet.metrics().count(FleetCounter.ENGINE_LOSSES) > 0);
            await(() -> "alice".equals(located(node)));
            assertEquals(List.of(), node.connections.closed());
            assertEquals(7, alice.send(Frame.PING, 7).read(Frame.PONG).token());
        }
    }

    private static String located(final ServerNode node)
    {
        try
        {
            final Session session = node.fleet.locate("alice").get(AWAIT_S, TimeUnit.SECONDS);
            return null == session ? null : session.identity();
        }
        catch (final Exception ex)
        {
            return ex.toString();
        }
    }

    @Test
    void shouldGoOnWhenTheListenerFails() throws Exception
    {
        final List<Throwable> errors = new ArrayList<>();
        final Fleet fleet = new Fleet(new FleetContext().engine(engine()).errorHandler(errors::add)
            .listener(new FleetListener()
            {
                @Override
                public void onState(final FleetState state)
                {
                    throw new IllegalStateException("on purpose");
                }
            }));
        for (int i = 0; i < 10; i++)
        {
            fleet.doWork();
        }
        assertEquals(FleetState.HELD, fleet.metrics().state());
        assertEquals("on purpose", errors.get(0).getMessage());
        fleet.close();
        assertEquals(FleetState.LEFT, fleet.metrics().state());
    }

    /** A listener closes the fleet: its thread must not wait for itself. */
    @Test
    void shouldLeaveWhenItsOwnThreadClosesIt() throws Exception
    {
        final CompletableFuture<Fleet> made = new CompletableFuture<>();
        final Fleet fleet = Fleet.launch(new FleetContext().engine(engine()).listener(new FleetListener()
        {
            @Override
            public void onNodeJoined(final FleetMember node)
            {
                made.join().close();
            }
        }));
        made.complete(fleet);
        await(() -> FleetState.LEFT == fleet.metrics().state());
        fleet.close();
    }
}
