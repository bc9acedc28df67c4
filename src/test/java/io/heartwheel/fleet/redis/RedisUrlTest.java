package io.heartwheel.fleet.redis;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Addresses of Redis, right and wrong.
 */
class RedisUrlTest
{
    @Test
    void shouldReadOneServer()
    {
        final RedisUrl url = new RedisUrl("redis://us%65r:p%40ss+%3a@host.example:7000/15");
        assertEquals(RedisUrl.Kind.STANDALONE, url.kind);
        assertEquals("[host.example:7000]", url.hosts.toString());
        assertEquals("user", url.user);
        assertEquals("p@ss+:", url.password);
        assertEquals(15, url.database);
        assertFalse(url.isTls);
        assertEquals("redis://***@host.example:7000/15", url.toString());
    }

    @Test
    void shouldReadDefaults()
    {
        final RedisUrl url = new RedisUrl("rediss://:secret@[::1]");
        assertTrue(url.isTls);
        assertEquals("::1", url.hosts.get(0).getHost());
        assertEquals(6_379, url.hosts.get(0).getPort());
        assertNull(url.user);
        assertEquals("secret", url.password);
        assertEquals("secret", new RedisUrl("redis://secret@host").password);
        assertEquals(0, url.database);
        assertNull(new RedisUrl("redis://host").password);
        // Which is in a file.
        assertNull(new RedisUrl("redis://user:@host").password);
        assertEquals("user", new RedisUrl("redis://user:@host").user);
    }

    @Test
    void shouldReadSentinelsAndClusters()
    {
        final RedisUrl sentinels = new RedisUrl("redis-sentinel://:secret@a,b:1,[::1]:2/main");
        assertEquals(RedisUrl.Kind.SENTINEL, sentinels.kind);
        assertEquals("[a:26379, b:1, ::1:2]", sentinels.hosts.toString());
        assertEquals("main", sentinels.master);
        final RedisUrl cluster = new RedisUrl("rediss-cluster://a:1,b:2");
        assertEquals(RedisUrl.Kind.CLUSTER, cluster.kind);
        assertEquals("[a:1, b:2]", cluster.hosts.toString());
        assertTrue(cluster.isTls);
    }

    @ParameterizedTest
    @CsvSource({
        "http://host, is none of redis://", "host:6379, is none of redis://", "redis://, is none of redis://",
        "redis://host:0, has a port that is none: 0", "redis://host:65536, has a port that is none: 65536",
        "redis://host:x, has a host that is none: 'host:x'", "redis://host/x, has a database that is no number",
        "redis-sentinel://host, does not name the master", "redis-cluster://host/1, has a database",
        "'redis://a,b', has several hosts", "'redis-cluster://a,,b', has a host that is none: ''"})
    void shouldSayWhatIsWrong(final String url, final String wrong)
    {
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> new RedisUrl(url));
        assertTrue(ex.getMessage().startsWith(url + " " + wrong), ex::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"redis://u:hunter2@host:x", "redis://u:hunter2@", "http://u:hunter2@host", "redis://hunter2%zz@host"})
    void shouldNeverTellThePassword(final String url)
    {
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> new RedisUrl(url));
        assertFalse(ex.toString().contains("hunter2"), ex::toString);
    }
}
