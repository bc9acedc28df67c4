package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.fleet.Buckets;
import io.heartwheel.fleet.redis.RedisServer;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Two programs {@code serve} and the command {@code fleet}, with a real Redis.
 */
@Tag("tools")
class FleetIT
{
    private final RedisServer redis = RedisServer.start();
    private final FleetJars jars = new FleetJars("redis://" + redis.address());

    @AfterEach
    void after()
    {
        redis.close();
    }

    @Test
    void shouldShowWhoIsConnectedWhereAndRouteToThem() throws IOException, InterruptedException
    {
        try (Jar a = jars.serve("gateway-a"); Jar b = jars.serve("gateway-b"))
        {
            final InetSocketAddress addressA = FleetJars.addressOf(a);
            final InetSocketAddress addressB = FleetJars.addressOf(b);
            a.readLine("fleet  lease HELD");
            a.readLine("fleet  node gateway-b joined");
            b.readLine("fleet  node gateway-b joined");
            assertEquals("2 nodes", jars.fleet(0, "nodes").get(2));

            try (TestPeer alice = FleetJars.connect(addressA, "alice/phone"))
            {
                final List<String> listed = jars.awaitFleet("alice/phone", "list");
                assertTrue(listed.get(0).matches("alice/phone +gateway-a +0:00:\\d\\d"), listed::toString);
                assertEquals("1 in all", listed.get(1));
                assertEquals(List.of("0 in all"), jars.fleet(0, "list", "--node", "gateway-b"));

                assertEquals(List.of("sent to alice/phone on gateway-a"),
                    jars.fleet(0, "send", "alice/phone", "hello, alice"));
                assertEquals("hello, alice", alice.read(Frame.DATA).text());

                takeOverAndClose(alice, addressB);
            }
            b.terminate();
            assertTrue(b.readRest().stream().anyMatch("fleet  lease LEFT"::equals));
            a.readLine("fleet  node gateway-b left");
            assertEquals(List.of("1 node"), jars.fleet(0, "nodes").subList(1, 2));
            assertEquals(List.of("alice is not connected"), jars.fleet(1, "locate", "alice"));
        }
    }

    /** The later connection wins: one that opened in the same millisecond might not be it. */
    private void takeOverAndClose(final TestPeer alice, final InetSocketAddress addressB)
        throws IOException, InterruptedException
    {
        try (TestPeer newer = FleetJars.connect(addressB, "alice/phone"))
        {
            assertEquals(CloseReason.TAKEN_OVER.code(), alice.read(Frame.BYE).byeReason());
            final List<String> located = jars.fleet(0, "locate", "alice");
            assertTrue(located.get(0).matches("alice/phone +gateway-b +0:00:\\d\\d"), located::toString);

            assertEquals(List.of("asked to close alice/phone on gateway-b"),
                jars.fleet(0, "close", "alice/phone", "--reason", "SHUTDOWN"));
            assertEquals(CloseReason.SHUTDOWN.code(), newer.read(Frame.BYE).byeReason());
        }
    }

    @Test
    void shouldServeOnWithoutTheRegistryAndComeBackToIt() throws IOException, InterruptedException
    {
        try (Jar a = jars.serve("gateway-a"))
        {
            final InetSocketAddress address = FleetJars.addressOf(a);
            a.readLine("fleet  lease HELD");
            redis.kill();
            final Set<String> told = new HashSet<>();
            while (!told.containsAll(Set.of("fleet  the registry does not answer", "fleet  lease DETACHED")))
            {
                told.add(a.readLine("fleet  ").replaceFirst(": .*", ""));
            }
            try (TestPeer alice = FleetJars.connect(address, "alice"))
            {
                redis.begin();
                a.readLine("fleet  lease HELD");
                jars.awaitFleet("alice", "list");
                FleetJars.requireServed(alice);
            }
        }
    }

    @Test
    void shouldBeUnhealthyWithoutItsLeaseWhereThatIsRequired() throws Exception
    {
        final FleetJars required = new FleetJars("redis://" + redis.address(), "-Dheartwheel.fleet.health=required",
            "-Dheartwheel.http=127.0.0.1:0");
        try (Jar a = required.serve("gateway-a"))
        {
            final URI health =
                URI.create(a.readLine("status at http://").substring("status at ".length()) + "health");
            a.readLine("fleet  lease HELD");
            awaitHealth(health, 200, "HELD");
            redis.kill();
            a.readLine("fleet  lease DETACHED");
            awaitHealth(health, 503, "its lease in the fleet is DETACHED");
            redis.begin();
            a.readLine("fleet  lease HELD");
            awaitHealth(health, 200, "HELD");
        }
    }

    /** It is looked at once a second. */
    private static void awaitHealth(final URI at, final int status, final String text) throws Exception
    {
        final HttpClient client = HttpClient.newHttpClient();
        HttpResponse<String> health = client.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString());
        for (int i = 0; i < 100 && (status != health.statusCode() || !health.body().contains(text)); i++)
        {
            Thread.sleep(50);
            health = client.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString());
        }
        assertEquals(status, health.statusCode(), health::body);
        assertTrue(health.body().contains(text), health::body);
    }

    /** Redis notes whatever a user tries that it may not. */
    @Test
    void shouldNeedNoMoreRightsThanThePageNames() throws IOException, InterruptedException
    {
        final String rights = Files.readAllLines(Path.of("src/docs/fleet.md")).stream()
            .filter((line) -> line.startsWith("    ACL SETUSER ")).findFirst().orElseThrow();
        assertEquals("OK", redis.cli(rights.strip().replace("PASSWORD", "secret").split(" ")));
        final String as = "redis://heartwheel:secret@127.0.0.1:" + redis.port();
        try (Jar a = Jar.run("-Dheartwheel.bind=127.0.0.1:0", "-Dheartwheel.identity.hello=true",
            "-Dheartwheel.idle=120s", "-Dheartwheel.fleet.buckets=64", "-Dheartwheel.fleet=" + as, "serve"))
        {
            final InetSocketAddress address = FleetJars.addressOf(a);
            a.readLine("fleet  lease HELD");
            try (TestPeer alice = new TestPeer(address); Jar fleet = Jar.run("-Dheartwheel.fleet.buckets=64",
                "fleet", "nodes", "--fleet", as))
            {
                alice.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
                FleetJars.requireServed(alice);
                assertEquals("1 node", fleet.readRest().get(1));
                for (int i = 0; redis.cli("HGETALL", "hw:{" + Buckets.of("alice", 64) + "}").isEmpty(); i++)
                {
                    assertTrue(i < 500, "no record of alice");
                    Thread.sleep(20);
                }
                try (Jar sent = Jar.run("-Dheartwheel.fleet.buckets=64", "fleet", "send", "alice", "hello",
                    "--fleet", as))
                {
                    assertTrue(sent.readRest().get(0).startsWith("sent to alice on "));
                }
                assertEquals("hello", alice.read(Frame.DATA).text());
            }
            a.terminate();
            a.readLine("fleet  lease LEFT");
        }
        assertEquals("", redis.cli("ACL", "LOG"));
        assertEquals("", redis.cli("HGETALL", "hw:{" + Buckets.of("alice", 64) + "}"), "it was given back");
    }

    @Test
    void shouldSayInOneLineWhyTheRegistryDoesNotAnswer() throws IOException, InterruptedException
    {
        try (RedisServer guarded = RedisServer.start(List.of("-a", "secret", "--no-auth-warning"),
            "--requirepass", "secret");
            Jar right = Jar.runBy("HEARTWHEEL_FLEET_PASSWORD=secret exec \"$@\"",
                "fleet", "nodes", "--fleet", "redis://127.0.0.1:" + guarded.port());
            Jar wrong = Jar.runBy("HEARTWHEEL_FLEET_PASSWORD=wrong exec \"$@\"",
                "fleet", "nodes", "--fleet", "redis://127.0.0.1:" + guarded.port());
            Jar none = Jar.run("fleet", "nodes", "--fleet", "redis://127.0.0.1:1"))
        {
            assertEquals(List.of("0 nodes"), right.readRest());
            for (final Map.Entry<Jar, String> each : Map.of(wrong, "WRONGPASS", none, "127.0.0.1:1").entrySet())
            {
                final List<String> lines = each.getKey().readRest();
                assertEquals(1, lines.size(), lines::toString);
                assertTrue(lines.get(0).startsWith("heartwheel fleet nodes: "), lines::toString);
                assertTrue(lines.get(0).contains(each.getValue()), lines::toString);
                assertEquals(1, each.getKey().exitCode());
            }
        }
    }
}
