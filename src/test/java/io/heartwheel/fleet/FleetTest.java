package io.heartwheel.fleet;

import io.heartwheel.AcceptSockets;
import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import org.agrona.concurrent.SystemEpochMicroClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Servers of one fleet with real sockets and clients, and a registry in memory.
 */
@Timeout(60)
class FleetTest
{
    private static final int BUCKETS = 16;
    private static final long AWAIT_S = 20;

    private final MemoryRegistry registry =
        new MemoryRegistry(new SystemEpochMicroClock()::microTime, BUCKETS);
    private final ServerNode a = new ServerNode("a", ctx());
    private final ServerNode b = new ServerNode("b", ctx());
    private final RecordingLinkListener first = new RecordingLinkListener();
    private final RecordingLinkListener second = new RecordingLinkListener();
    private final HeartbeatClient firstClient = client(first);
    private final HeartbeatClient secondClient = client(second);

    private FleetContext ctx()
    {
        return new FleetContext().engine(new MemoryEngine(registry)).leaseNs(TimeUnit.SECONDS.toNanos(1))
            .timeoutNs(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private static HeartbeatClient client(final RecordingLinkListener listener)
    {
        return HeartbeatClient.launch(new ClientContext().listener(listener));
    }

    @AfterEach
    void after()
    {
        firstClient.close();
        secondClient.close();
        a.close();
        b.close();
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

    private static <T> T get(final CompletableFuture<T> future) throws Exception
    {
        return future.get(AWAIT_S, TimeUnit.SECONDS);
    }

    private void connect(final HeartbeatClient client, final String identity, final ServerNode node)
        throws InterruptedException
    {
        client.connect(identity, node.address());
        await(() -> node.events().contains(identity + " joined"));
    }

    private void awaitBothNodes() throws InterruptedException
    {
        await(() -> 2 == a.fleet.nodes().size() && 2 == b.fleet.nodes().size());
    }

    @Test
    void shouldTakeOverTheOlderConnectionWhoseClientStaysAway() throws Exception
    {
        awaitBothNodes();
        connect(firstClient, "alice", a);
        connect(secondClient, "alice", b);

        await(() -> a.connections.reasons().contains(CloseReason.TAKEN_OVER));
        await(() -> 1 == first.reconnects().size());
        assertEquals(TimeUnit.SECONDS.toNanos(60), first.reconnects().get(0).delayNs());
        assertEquals("TAKEN_OVER", first.closed().get(0).detail());
        await(() -> a.events().contains("alice left"));
        assertTrue(a.events().indexOf("alice taken over") > a.events().indexOf("alice joined"), a.events()::toString);
        assertEquals(b.fleet.self().boot(), get(a.fleet.locate("alice")).boot());
        assertEquals("b", a.fleet.nodeOf(get(a.fleet.locate("alice"))).name());
        assertEquals(List.of(), second.closed(), "the newer one stays");
        assertEquals(1, a.fleet.metrics().count(FleetCounter.TAKEN_OVER));
    }

    @Test
    void shouldSendToAnIdentityWhereverItIsConnected() throws Exception
    {
        awaitBothNodes();
        connect(firstClient, "alice", a);
        connect(secondClient, "bob/phone", b);

        assertEquals(SendOutcome.SENT, get(b.fleet.send("alice", "hello".getBytes(UTF_8))));
        assertEquals(SendOutcome.SENT, get(b.fleet.send("bob/phone", "here".getBytes(UTF_8))));
        assertEquals(SendOutcome.ABSENT, get(b.fleet.send("bob", "no device".getBytes(UTF_8))));
        await(() -> List.of("hello").equals(first.messages()) && List.of("here").equals(second.messages()));
        assertEquals(1, a.fleet.metrics().count(FleetCounter.DELIVERED));
        assertEquals(0, a.fleet.metrics().count(FleetCounter.UNDELIVERED));
    }

    @Test
    void shouldFindNobodyWhoHasGone() throws Exception
    {
        awaitBothNodes();
        connect(firstClient, "alice", a);
        assertNotEquals(null, get(b.fleet.locate("alice")));
        firstClient.close();
        await(() -> a.events().contains("alice left"));
        await(() -> 0 == a.fleet.metrics().waiting() && 1 == a.fleet.metrics().count(FleetCounter.RELEASES));
        assertNull(get(b.fleet.locate("alice")));
        assertEquals(0, get(b.fleet.count()));
    }

    @Test
    void shouldCloseAnIdentityForTheReasonThatItIsTold() throws Exception
    {
        awaitBothNodes();
        connect(firstClient, "alice", a);
        assertThrows(IllegalArgumentException.class, () -> b.fleet.close("alice", CloseReason.PEER_SILENT));
        assertEquals(SendOutcome.SENT, get(b.fleet.close("alice", CloseReason.REFUSED)));
        await(() -> List.of(CloseReason.REFUSED).equals(a.connections.reasons()));
        await(() -> 1 == first.closed().size());
        assertEquals("REFUSED", first.closed().get(0).detail());
    }

    @Test
    void shouldListAllInPagesAndTheDevicesOfAUser() throws Exception
    {
        awaitBothNodes();
        final Set<String> names = new TreeSet<>();
        for (int i = 0; i < 3 * BUCKETS; i++)
        {
            names.add("user" + i + (i % 2 == 0 ? "/phone" : ""));
            firstClient.connect("user" + i + (i % 2 == 0 ? "/phone" : ""), (i % 3 == 0 ? a : b).address());
        }
        firstClient.connect("user1/tablet", b.address());
        names.add("user1/tablet");
        await(() -> names.size() == a.fleet.metrics().count(FleetCounter.CLAIMS_WON) +
            b.fleet.metrics().count(FleetCounter.CLAIMS_WON));

        final Set<String> listed = new TreeSet<>();
        for (int cursor = 0; cursor >= 0;)
        {
            final FleetPage page = get(a.fleet.list(cursor));
            page.sessions().forEach((session) -> assertTrue(listed.add(session.identity()), session::identity));
            cursor = page.next();
        }
        assertEquals(names, listed);
        assertEquals(names.size(), get(b.fleet.count()));
        assertEquals(List.of("user1", "user1/tablet"),
            get(a.fleet.sessionsOf("user1")).stream().map(Session::identity).sorted().toList());
        assertThrows(IllegalArgumentException.class, () -> a.fleet.list(BUCKETS));
        assertThrows(IllegalArgumentException.class, () -> a.fleet.sessionsOf("user1/tablet"));
    }

    @Test
    void shouldTellWhichNodesComeAndGo() throws Exception
    {
        awaitBothNodes();
        b.close();
        await(() -> a.events().contains("node b left"));
        assertTrue(a.events().containsAll(List.of("lease HELD", "node a joined", "node b joined")),
            a.events()::toString);
        assertEquals(List.of("a"), a.fleet.nodes().stream().map(FleetMember::name).toList());
        assertTrue(b.events().contains("lease LEFT"), b.events()::toString);
        assertEquals(FleetState.LEFT, b.fleet.metrics().state());
    }

    @Test
    void shouldRefuseTheNewcomerWhereTheOldestWins() throws Exception
    {
        try (ServerNode one = new ServerNode("one", ctx().policy(FleetPolicy.OLDEST));
            ServerNode two = new ServerNode("two", ctx().policy(FleetPolicy.OLDEST)))
        {
            connect(firstClient, "alice", one);
            secondClient.connect("alice", two.address());
            await(() -> two.connections.reasons().contains(CloseReason.REFUSED));
            await(() -> two.events().contains("alice refused"));
            assertEquals(List.of(), first.closed());
            assertEquals(one.fleet.self().boot(), get(two.fleet.locate("alice")).boot());
        }
    }

    @Test
    void shouldTakeOverBetweenTwoServersOfOneProcess() throws Exception
    {
        final RecordingListener opened = new RecordingListener();
        try (HeartbeatServer another = HeartbeatServer.launch(
            a.fleet.attach(ServerNode.serverContext().listener(opened))))
        {
            connect(firstClient, "alice", a);
            secondClient.connect("alice", another.localAddress());
            await(() -> a.connections.reasons().contains(CloseReason.TAKEN_OVER));
            assertEquals(SendOutcome.SENT, get(b.fleet.send("alice", "hello".getBytes(UTF_8))));
            await(() -> List.of("hello").equals(second.messages()));
            assertEquals(List.of(), second.closed());
            assertEquals(1, a.fleet.metrics().sessions());
        }
    }

    @Test
    void shouldTakeOverBetweenTwoReactorsOfOneServer() throws Exception
    {
        final RecordingListener opened = new RecordingListener();
        try (HeartbeatServer several = HeartbeatServer.launch(a.fleet.attach(ServerNode.serverContext()
            .reactors(2).acceptSockets(AcceptSockets.ONE).listener(opened))))
        {
            firstClient.connect("alice", several.localAddress());
            await(() -> a.events().contains("alice joined"));
            secondClient.connect("alice", several.localAddress());
            await(() -> opened.reasons().contains(CloseReason.TAKEN_OVER));
            assertEquals(2, opened.opened().stream().mapToInt(Connection::reactor).distinct().count());
            assertEquals(SendOutcome.SENT, get(b.fleet.send("alice", "hello".getBytes(UTF_8))));
            await(() -> List.of("hello").equals(second.messages()));
            assertEquals(List.of(), second.closed());
            assertEquals(SendOutcome.SENT, get(b.fleet.close("alice", CloseReason.REFUSED)));
            await(() -> 1 == second.closed().size());
        }
    }

    @Test
    void shouldServeAClientWhoseNodeHasLeft() throws Exception
    {
        awaitBothNodes();
        connect(firstClient, "alice", a);
        a.fleet.close();
        await(() -> 1 == b.fleet.nodes().size());
        assertNull(get(b.fleet.locate("alice")));
        firstClient.connect("carol", a.address());
        await(() -> 2 == first.opened().size());
        assertEquals(List.of(), a.connections.closed());
        final ExecutionException ex =
            assertThrows(ExecutionException.class, () -> get(a.fleet.locate("alice")));
        assertEquals(RejectedExecutionException.class, ex.getCause().getClass());
        assertEquals("the fleet is closed", ex.getCause().getMessage());
    }

    @Test
    void shouldWorkAloneWithoutARegistry() throws Exception
    {
        try (ServerNode alone = new ServerNode("alone", new FleetContext()))
        {
            connect(firstClient, "alice", alone);
            connect(secondClient, "alice", alone);
            await(() -> 1 == first.closed().size());
            assertEquals(SendOutcome.SENT, get(alone.fleet.send("alice", "hello".getBytes(UTF_8))));
            await(() -> List.of("hello").equals(second.messages()));
            assertEquals(1, get(alone.fleet.count()));
        }
    }

    @Test
    void shouldBeToldWhatIsNoIdentityAndWhatIsTooLong()
    {
        assertThrows(IllegalArgumentException.class, () -> a.fleet.locate(""));
        assertThrows(IllegalArgumentException.class, () -> a.fleet.send("a/b/c", new byte[1]));
        assertEquals("a message of 65536 bytes is longer than 65535",
            assertThrows(IllegalArgumentException.class, () -> a.fleet.send("alice", new byte[65_536])).getMessage());
    }

    @Test
    void shouldNotTakeThePlaceOfAnotherListenerOfIdentities()
    {
        final ServerContext ctx = ServerNode.serverContext();
        assertSame(ctx, a.fleet.attach(ctx));
        assertThrows(IllegalStateException.class, () -> b.fleet.attach(ctx));
        assertThrows(IllegalStateException.class, a.fleet::start);
    }
}
