package io.heartwheel.fleet.redis;

import redis.clients.jedis.HostAndPort;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Redis is: {@code redis://[user:password@]host:port[/db]}, {@code redis-sentinel://host:port,host:port/master},
 * {@code redis-cluster://host:port,host:port}; with {@code rediss} in place of {@code redis} by TLS. A percent sign
 * escapes characters of user and password.
 */
final class RedisUrl
{
    /** How its hosts lead to masters. */
    enum Kind
    {
        STANDALONE, SENTINEL, CLUSTER
    }

    private static final Pattern URL =
        Pattern.compile("(redis|rediss)(-sentinel|-cluster|)://(?:([^@/]*)@)?([^@/]+)(?:/([^/]*))?");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.%]+\\]|[^:\\[\\]]+)(?::(\\d{1,5}))?");
    private static final int PORT = 6_379;
    private static final int SENTINEL_PORT = 26_379;

    final Kind kind;
    final boolean isTls;
    final List<HostAndPort> hosts = new ArrayList<>();
    /** Null if none. */
    final String user;
    /** Null if none. */
    final String password;
    /** That the sentinels know. */
    final String master;
    final int database;
    private final String shown;

    RedisUrl(final String url)
    {
        shown = url.replaceFirst("//[^/]*@", "//***@");
        final Matcher matcher = URL.matcher(url);
        check(matcher.matches(), "is none of redis://host:port, redis-sentinel://host:port,.../master, " +
            "redis-cluster://host:port,...");
        isTls = "rediss".equals(matcher.group(1));
        kind = "-sentinel".equals(matcher.group(2)) ? Kind.SENTINEL :
            "-cluster".equals(matcher.group(2)) ? Kind.CLUSTER : Kind.STANDALONE;
        final String credentials = null == matcher.group(3) ? "" : matcher.group(3);
        final int colon = credentials.indexOf(':');
        user = colon <= 0 ? null : decoded(credentials.substring(0, colon));
        password = colon + 1 == credentials.length() ? null : decoded(credentials.substring(colon + 1));
        for (final String host : matcher.group(4).split(",", -1))
        {
            hosts.add(host(host));
        }
        check(Kind.STANDALONE != kind || 1 == hosts.size(), "has several hosts, as sentinels or clusters have");
        final String path = null == matcher.group(5) ? "" : matcher.group(5);
        check(Kind.SENTINEL != kind || !path.isEmpty(), "does not name the master");
        check(Kind.CLUSTER != kind || path.isEmpty(), "has a database, and a cluster has one only");
        check(Kind.STANDALONE != kind || path.matches("\\d{0,5}"), "has a database that is no number");
        master = path;
        database = Kind.STANDALONE != kind || path.isEmpty() ? 0 : Integer.parseInt(path);
    }

    private HostAndPort host(final String text)
    {
        final Matcher matcher = HOST.matcher(text);
        check(matcher.matches(), "has a host that is none: '" + text + "'");
        final String name = matcher.group(1).replaceAll("[\\[\\]]", "");
        final int defaultPort = Kind.SENTINEL == kind ? SENTINEL_PORT : PORT;
        final int port = null == matcher.group(2) ? defaultPort : Integer.parseInt(matcher.group(2));
        check(port > 0 && port <= 0xFFFF, "has a port that is none: " + port);
        return new HostAndPort(name, port);
    }

    private String decoded(final String text)
    {
        try
        {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        catch (final IllegalArgumentException ex)
        {
            // Without the cause, which has the text.
            throw new IllegalArgumentException(this + " has a percent sign that escapes nothing in user or password");
        }
    }

    private void check(final boolean isRight, final String wrong)
    {
        if (!isRight)
        {
            throw new IllegalArgumentException(shown + " " + wrong);
        }
    }

    /** Without what is secret. */
    @Override
    public String toString()
    {
        return shown;
    }
}
