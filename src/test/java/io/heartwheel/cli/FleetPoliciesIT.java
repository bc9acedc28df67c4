package io.heartwheel.cli;

import io.heartwheel.ClientContext;
import io.heartwheel.CloseReason;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.fleet.redis.RedisServer;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Who keeps an identity: two packaged servers, a real Redis, and our own client.
 */
@Tag("tools")
class FleetPoliciesIT
{
    private static final long MIN_NS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int REFUSALS = 5;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(40);

    private final RedisServer redis = RedisServer.start();
    private final RecordingLinkListener older = new RecordingLinkListener();
    private final RecordingLinkListener newer = new RecordingLinkListener();

    @AfterEach
    void after()
    {
        redis.close();
    }

    private static HeartbeatClient client(final RecordingLinkListener listener)
    {
        return HeartbeatClient.launch(
            new ClientContext().listener(listener).minReconnectNs(MIN_NS).maxReconnectNs(MAX_NS));
    }

    /** The newcomer comes again by its back-off, as if no server were there, until the older one has gone. */
    @Test
    void shouldRefuseTheNewcomerUntilTheOlderOneHasGone() throws IOException, InterruptedException
    {
        final FleetJars jars = new FleetJars("redis://" + redis.address(), "-Dheartwheel.fleet.policy=oldest");
        try (Jar a = jars.serve("gateway-a"); Jar b = jars.serve("gateway-b");
            HeartbeatClient first = client(older); HeartbeatClient second = client(newer))
        {
            final InetSocketAddress addressA = FleetJars.addressOf(a);
            final InetSocketAddress addressB = FleetJars.addressOf(b);
            a.readLine("fleet  node gateway-b joined");
            b.readLine("fleet  node gateway-a joined");
            final Link link = first.connect("alice", addressA);
            jars.awaitFleet("alice  ", "locate", "alice");

            second.connect("alice", addressB);
            awaitRefusals();
            assertTrue(b.readLine("lost  connection ").contains("REFUSED"));
            assertTrue(jars.fleet(0, "locate", "alice").get(0).matches("alice +gateway-a +0:\\d\\d:\\d\\d"));
            assertEquals(List.of("sent to alice on gateway-a"), jars.fleet(0, "send", "alice", "hello"));
            assertEquals(List.of(), older.closed());

            link.close();
            final List<String> located = jars.awaitFleet("alice  ", "locate", "alice");
            assertTrue(located.get(0).matches("alice +gateway-b +0:00:\\d\\d"), located::toString);
            assertEquals(List.of("sent to alice on gateway-b"), jars.fleet(0, "send", "alice", "hello"));
            await(() -> List.of("hello").equals(newer.messages()));
            assertEquals(newer.closed().size() + 1, newer.opened().size(), "it is open");
        }
    }

    private void await(final BooleanSupplier isDone) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!isDone.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < PATIENCE_NS, () -> newer.reconnects() + " " + newer.messages());
            Thread.sleep(20);
        }
    }

    private void awaitRefusals() throws InterruptedException
    {
        await(() -> newer.reconnects().size() >= REFUSALS);
        newer.closed().forEach((closed) -> assertEquals("PEER_LEFT REFUSED", closed.reason() + " " + closed.detail()));
        for (int i = 0; i < REFUSALS; i++)
        {
            final RecordingLinkListener.Reconnect reconnect = newer.reconnects().get(i);
            assertEquals(1 + i, reconnect.attempt(), "that it was let in for a moment is no success");
            assertTrue(reconnect.delayNs() <= Math.min(MAX_NS, MIN_NS << i), reconnect::toString);
        }
    }

    @Test
    void shouldKnowTheDevicesOfAUserApart() throws IOException, InterruptedException
    {
        final FleetJars jars = new FleetJars("redis://" + redis.address());
        try (Jar a = jars.serve("gateway-a"); Jar b = jars.serve("gateway-b"))
        {
            final InetSocketAddress addressA = FleetJars.addressOf(a);
            final InetSocketAddress addressB = FleetJars.addressOf(b);
            a.readLine("fleet  node gateway-b joined");
            b.readLine("fleet  node gateway-a joined");
            try (TestPeer phone = FleetJars.connect(addressA, "alice/phone");
                TestPeer tablet = FleetJars.connect(addressB, "alice/tablet"))
            {
                jars.awaitFleet("alice/phone  ", "locate", "alice/phone");
                jars.awaitFleet("alice/tablet  ", "locate", "alice/tablet");
                assertEquals(List.of("alice/phone gateway-a", "alice/tablet gateway-b"), places(jars));
                assertEquals(List.of("alice is not connected"), jars.fleet(1, "send", "alice", "hello"));
                assertEquals(List.of("sent to alice/tablet on gateway-b"),
                    jars.fleet(0, "send", "alice/tablet", "hello"));
                assertEquals("hello", tablet.read(Frame.DATA).text());

                try (TestPeer moved = FleetJars.connect(addressB, "alice/phone"))
                {
                    assertEquals(CloseReason.TAKEN_OVER.code(), phone.read(Frame.BYE).byeReason());
                    assertEquals(List.of("alice/phone gateway-b", "alice/tablet gateway-b"), places(jars));
                    FleetJars.requireServed(tablet);
                    FleetJars.requireServed(moved);
                }
            }
        }
    }

    private static List<String> places(final FleetJars jars) throws IOException, InterruptedException
    {
        return jars.fleet(0, "locate", "alice").stream()
            .map((line) -> line.replaceFirst(" +", " ").replaceFirst(" +\\d:\\d\\d:\\d\\d$", "")).sorted().toList();
    }
}
