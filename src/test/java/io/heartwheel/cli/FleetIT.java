package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.config.Configuration;
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
    private static final String[] SERVE = {
        "-Dheartwheel.bind=127.0.0.1:0", "-Dheartwheel.identity.hello=true", "-Dheartwheel.fleet.lease=5s",
        "-Dheartwheel.fleet.timeout=1500ms", "-Dheartwheel.idle=120s"};

    private final RedisServer redis = RedisServer.start();
    private final String url = "redis://127.0.0.1:" + redis.port();

    @AfterEach
    void after()
    {
        redis.close();
    }

    private Jar serve(final String name) throws IOException
    {
        return Jar.run(SERVE[0], SERVE[1], SERVE[2], SERVE[3], SERVE[4],
            "-Dheartwheel.fleet=" + url,
            "-Dheartwheel.fleet.node=" + name, "serve");
    }

    private static InetSocketAddress addressOf(final Jar server) throws IOException
    {
        return Configuration.parseAddress(server.readLine("listening on ").substring("listening on ".length()));
    }

    private List<String> fleet(final int exitCode, final String... args) throws IOException, InterruptedException
    {
        final String[] all = new String[args.length + 3];
        all[0] = "-Dheartwheel.fleet.lease=5s";
        all[1] = "-Dheartwheel.fleet=" + url;
        all[2] = "fleet";
        System.arraycopy(args, 0, all, 3, args.length);
        try (Jar fleet = Jar.run(all))
        {
            final List<String> lines = fleet.readRest();
            assertEquals(exitCode, fleet.exitCode(), lines::toString);
            return lines;
        }
    }

    private List<String> awaitFleet(final String line, final String... args) throws IOException, InterruptedException
    {
        List<String> lines = List.of();
        for (int i = 0; i < 20; i++)
        {
            lines = fleet(0, args);
            if (lines.stream().anyMatch((each) -> each.startsWith(line)))
            {
                return lines;
            }
        }
        throw new AssertionError("no line '" + line + "' in " + lines);
    }

    private static void awaitConnected(final TestPeer peer) throws IOException
    {
        peer.send(Frame.PING, 1);
        assertEquals(1, peer.read(Frame.PONG).token());
    }

    @Test
    void shouldShowWhoIsConnectedWhereAndRouteToThem() throws IOException, InterruptedException
    {
        try (Jar a = serve("gateway-a"); Jar b = serve("gateway-b"))
        {
            final InetSocketAddress addressA = addressOf(a);
            final InetSocketAddress addressB = addressOf(b);
            a.readLine("fleet  lease HELD");
            a.readLine("fleet  node gateway-b joined");
            b.readLine("fleet  node gateway-b joined");
            assertEquals("2 nodes", fleet(0, "nodes").get(2));

            try (TestPeer alice = new TestPeer(addressA))
            {
                alice.send(Frame.HELLO, 0, Identity.helloPayload("alice/phone"));
                awaitConnected(alice);
                final List<String> listed = awaitFleet("alice/phone", "list");
                assertTrue(listed.get(0).matches("alice/phone +gateway-a +0:00:\\d\\d"), listed::toString);
                assertEquals("1 in all", listed.get(1));
                assertEquals(List.of("0 in all"), fleet(0, "list", "--node", "gateway-b"));

                assertEquals(List.of("sent to alice/phone on gateway-a"),
                    fleet(0, "send", "alice/phone", "hello, alice"));
                assertEquals("hello, alice", alice.read(Frame.DATA).text());

                takeOverAndClose(alice, addressB);
            }
            b.terminate();
            assertTrue(b.readRest().stream().anyMatch("fleet  lease LEFT"::equals));
            a.readLine("fleet  node gateway-b left");
            assertEquals(List.of("1 node"), fleet(0, "nodes").subList(1, 2));
            assertEquals(List.of("alice is not connected"), fleet(1, "locate", "alice"));
        }
    }

    /** The later connection wins: one that opened in the same millisecond might not be it. */
    private void takeOverAndClose(final TestPeer alice, final InetSocketAddress addressB)
        throws IOException, InterruptedException
    {
        try (TestPeer newer = new TestPeer(addressB))
        {
            newer.send(Frame.HELLO, 0, Identity.helloPayload("alice/phone"));
            assertEquals(CloseReason.TAKEN_OVER.code(), alice.read(Frame.BYE).byeReason());
            final List<String> located = fleet(0, "locate", "alice");
            assertTrue(located.get(0).matches("alice/phone +gateway-b +0:00:\\d\\d"), located::toString);

            assertEquals(List.of("asked to close alice/phone on gateway-b"),
                fleet(0, "close", "alice/phone", "--reason", "SHUTDOWN"));
            assertEquals(CloseReason.SHUTDOWN.code(), newer.read(Frame.BYE).byeReason());
        }
    }

    @Test
    void shouldServeOnWithoutTheRegistryAndComeBackToIt() throws IOException, InterruptedException
    {
        try (Jar a = serve("gateway-a"))
        {
            final InetSocketAddress address = addressOf(a);
            a.readLine("fleet  lease HELD");
            redis.kill();
            final Set<String> told = new HashSet<>();
            while (!told.containsAll(Set.of("fleet  the registry does not answer", "fleet  lease DETACHED")))
            {
                told.add(a.readLine("fleet  ").replaceFirst(": .*", ""));
            }
            try (TestPeer alice = new TestPeer(address))
            {
                alice.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
                awaitConnected(alice);
                redis.begin();
                a.readLine("fleet  lease HELD");
                awaitFleet("alice", "list");
                awaitConnected(alice);
            }
        }
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
            final InetSocketAddress address = addressOf(a);
            a.readLine("fleet  lease HELD");
            try (TestPeer alice = new TestPeer(address); Jar fleet = Jar.run("-Dheartwheel.fleet.buckets=64",
                "fleet", "nodes", "--fleet", as))
            {
                alice.send(Frame.HELLO, 0, Identity.helloPayload("alice"));
                awaitConnected(alice);
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
