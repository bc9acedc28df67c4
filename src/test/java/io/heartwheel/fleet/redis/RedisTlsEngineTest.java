package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Engine;
import io.heartwheel.fleet.EngineContract;
import io.heartwheel.fleet.EngineException;
import io.heartwheel.support.Tool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The same by TLS, for a user that may do what the registry needs and nothing else, whose password is in a file.
 */
@Tag("tools")
class RedisTlsEngineTest extends EngineContract
{
    private static final String PASSWORD = "s3cret:@/ %";

    private static Path keys;
    private static RedisKeys files;
    private static RedisServer server;

    private final List<Engine> engines = new ArrayList<>();

    @BeforeAll
    static void startServer() throws IOException, InterruptedException
    {
        Tool.require("redis-server");
        keys = Files.createTempDirectory("heartwheel-redis-keys");
        files = new RedisKeys(keys);
        files.make("server", "IP:127.0.0.1");
        files.make("other", "DNS:other.example");
        Files.writeString(keys.resolve("password"), PASSWORD + "\n");
        server = files.start("server", List.of("-a", "admin", "--no-auth-warning"), "--requirepass", "admin");
        server.cli("acl", "setuser", "fleet", "on", ">" + PASSWORD, "~hw:*", "&hw:*", "-@all",
            "+evalsha", "+script|load", "+time", "+hget", "+hset", "+hsetnx", "+hmget", "+hdel", "+hgetall",
            "+zadd", "+zrem", "+zrange",
            "+zrangebyscore", "+zscore", "+pexpire", "+publish", "+subscribe", "+info");
    }

    @AfterAll
    static void stopServer() throws IOException
    {
        if (null != server)
        {
            server.close();
        }
        if (null != keys)
        {
            try (Stream<Path> files = Files.walk(keys))
            {
                files.sorted(Comparator.reverseOrder()).forEach((path) -> path.toFile().delete());
            }
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

    private Engine engine(final RedisContext ctx)
    {
        final Engine engine = new RedisEngine(ctx.buckets(64).commandTimeoutMs(10_000));
        engines.add(engine);
        return engine;
    }

    private static RedisContext context()
    {
        return new RedisContext().url("rediss://fleet:@" + server.address())
            .passwordFile(keys.resolve("password")).trustFile(keys.resolve("server.pem"));
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

    private static String failure(final Engine engine)
    {
        final EngineException ex = assertThrows(EngineException.class, () -> engine.locate(List.of("ann")));
        for (Throwable each = ex; null != each; each = each.getCause())
        {
            assertFalse(each.toString().contains("s3cret"), each::toString);
            assertFalse(each.toString().contains("wr0ng"), each::toString);
        }
        return ex.getMessage();
    }

    @Test
    void shouldTakeThePasswordOfTheUrlAndNeverTellIt()
    {
        final String escaped = "s3cret%3a%40%2F%20%25";
        engine(context().url("rediss://fleet:" + escaped + "@" + server.address()).passwordFile(null))
            .locate(List.of("ann"));
        final String wrong =
            failure(engine(context().url("rediss://fleet:wr0ng@" + server.address()).passwordFile(null)));
        assertTrue(wrong.startsWith(server.address() + " connect: WRONGPASS"), wrong);
        final Exception malformed = assertThrows(IllegalArgumentException.class,
            () -> engine(context().url("rediss://fleet:wr0ng%zz@" + server.address())));
        assertEquals("rediss://***@" + server.address() +
            " has a percent sign that escapes nothing in user or password", malformed.getMessage());
    }

    @Test
    void shouldReadThePasswordFileForEachConnection() throws IOException
    {
        final Path file = keys.resolve("changing");
        final Engine engine = engine(context().passwordFile(file));
        assertTrue(failure(engine).contains(file + " cannot be read"));
        Files.writeString(file, "  " + PASSWORD + " \r\n");
        RedisServer.pause(200);
        engine.locate(List.of("ann"));
    }

    @Test
    void shouldTrustNobodyElse()
    {
        assertTrue(failure(engine(context().trustFile(keys.resolve("other.pem")))).contains("certification path"));
        assertTrue(failure(engine(context().trustFile(null))).contains("certification path"));
        assertThrows(IllegalArgumentException.class, () -> engine(context().trustFile(keys.resolve("none.pem"))));
        assertThrows(IllegalArgumentException.class, () -> engine(context().trustFile(keys.resolve("password"))));
    }

    @Test
    void shouldRefuseACertificateOfAnotherName()
    {
        try (RedisServer other = files.start("other", List.of("--sni", "other.example")))
        {
            final String failure = failure(engine(new RedisContext().url("rediss://" + other.address())
                .trustFile(keys.resolve("other.pem"))));
            assertTrue(failure.contains("No subject alternative names"), failure);
        }
    }
}
