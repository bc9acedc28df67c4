package io.heartwheel.cli;

import io.heartwheel.CloseReason;
import io.heartwheel.fleet.redis.RedisCluster;
import io.heartwheel.fleet.redis.RedisKeys;
import io.heartwheel.fleet.redis.RedisSentinels;
import io.heartwheel.fleet.redis.RedisServer;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The packaged program, servers and the command {@code fleet}, with every kind of registry that a URL can name.
 */
@Tag("tools")
class FleetRegistriesIT
{
    /** What happens between two looks at the fleet. */
    private interface Interlude
    {
        void between(Jar a, Jar b) throws IOException, InterruptedException;
    }

    private static void judge(final FleetJars jars, final Interlude interlude)
        throws IOException, InterruptedException
    {
        try (Jar a = jars.serve("gateway-a"); Jar b = jars.serve("gateway-b"))
        {
            final InetSocketAddress addressA = FleetJars.addressOf(a);
            final InetSocketAddress addressB = FleetJars.addressOf(b);
            a.readLine("fleet  node gateway-b joined");
            b.readLine("fleet  node gateway-a joined");
            try (TestPeer alice = FleetJars.connect(addressA, "alice"))
            {
                judgeFound(jars, alice, "gateway-a");
                interlude.between(a, b);
                judgeFound(jars, alice, "gateway-a");
                try (TestPeer newer = FleetJars.connect(addressB, "alice"))
                {
                    assertEquals(CloseReason.TAKEN_OVER.code(), alice.read(Frame.BYE).byeReason());
                    judgeFound(jars, newer, "gateway-b");
                }
            }
        }
    }

    private static void judgeFound(final FleetJars jars, final TestPeer alice, final String node)
        throws IOException, InterruptedException
    {
        jars.awaitFleet("alice  ", "locate", "alice");
        final List<String> nodes = jars.fleet(0, "nodes");
        assertEquals("2 nodes", nodes.get(2), nodes::toString);
        final List<String> located = jars.fleet(0, "locate", "alice");
        assertTrue(located.get(0).matches("alice +" + node + " +0:\\d\\d:\\d\\d"), located::toString);
        assertEquals(List.of("sent to alice on " + node), jars.fleet(0, "send", "alice", "hello"));
        assertEquals("hello", alice.read(Frame.DATA).text());
    }

    @Test
    void shouldFindTheMasterBySentinelsAndTheNextOneToo() throws IOException, InterruptedException
    {
        try (RedisSentinels redis = new RedisSentinels())
        {
            judge(new FleetJars(redis.url()), (a, b) ->
            {
                redis.killMaster();
                a.readLine("fleet  the registry does not answer");
                a.readLine("fleet  the registry answers");
                b.readLine("fleet  the registry does not answer");
                b.readLine("fleet  the registry answers");
            });
        }
    }

    @Test
    void shouldSpreadOverACluster() throws IOException, InterruptedException
    {
        try (RedisCluster redis = new RedisCluster(0))
        {
            final FleetJars jars = new FleetJars(redis.url());
            judge(jars, (a, b) -> assertEquals("1 in all", jars.fleet(0, "list").get(1)));
        }
    }

    @Test
    void shouldTrustTheCertificatesOfItsFile(@TempDir final Path folder) throws IOException, InterruptedException
    {
        final RedisKeys keys = new RedisKeys(folder);
        keys.make("server", "IP:127.0.0.1");
        final Path password = folder.resolve("password");
        Files.writeString(password, "s3cret\n");
        try (RedisServer redis = keys.start("server", List.of("-a", "s3cret", "--no-auth-warning"),
            "--requirepass", "s3cret"))
        {
            final String url = "rediss://" + redis.address();
            final String withPassword = "-Dheartwheel.fleet.password.file=" + password;
            final FleetJars jars =
                new FleetJars(url, withPassword, "-Dheartwheel.fleet.trust.file=" + keys.path("server.pem"));
            judge(jars, (a, b) ->
            {
                final List<String> stranger = new FleetJars(url, withPassword).fleet(1, "nodes");
                assertEquals(1, stranger.size(), stranger::toString);
                assertTrue(stranger.get(0).contains("certification path"), stranger::toString);
            });
        }
    }
}
