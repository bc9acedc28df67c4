package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.Buckets;

import java.nio.file.Path;

/**
 * Settings of a {@link RedisEngine}, read when it is made.
 */
public final class RedisContext
{
    /** Environment variable with the password, where neither the URL nor a file has it. */
    public static final String PASSWORD_VARIABLE = "HEARTWHEEL_FLEET_PASSWORD";

    private String url = "redis://127.0.0.1:6379";
    private String prefix = "hw";
    private int buckets = 4_096;
    private Path passwordFile;
    private Path trustFile;
    private int commandTimeoutMs = 1_000;
    private int replicas;

    /** Defaults: a Redis on this host. */
    public RedisContext()
    {
    }

    /**
     * {@return where Redis is, with whatever password is in it}
     */
    public String url()
    {
        return url;
    }

    /**
     * Where Redis is.
     *
     * @param url {@code redis://[user:password@]host:port[/db]}, {@code redis-sentinel://host:port,.../master} or
     *            {@code redis-cluster://host:port,...}; {@code rediss...} by TLS.
     * @return this.
     */
    public RedisContext url(final String url)
    {
        this.url = url;
        return this;
    }

    /**
     * {@return what all keys and channels begin with}
     */
    public String prefix()
    {
        return prefix;
    }

    /**
     * What all keys and channels begin with: fleets that share a Redis need different ones.
     *
     * @param prefix without braces and spaces.
     * @return this.
     */
    public RedisContext prefix(final String prefix)
    {
        if (!prefix.matches("[^{}\\s]{1,64}"))
        {
            throw new IllegalArgumentException("prefix='" + prefix + "' has braces, spaces, nothing, or too much");
        }
        this.prefix = prefix;
        return this;
    }

    /**
     * {@return number of buckets}
     */
    public int buckets()
    {
        return buckets;
    }

    /**
     * Number of buckets, of which none should have more than 64 sessions: 4,096 are right for 250,000.
     *
     * @param buckets a power of two from 1 to {@link Buckets#MAX}, the same for all nodes and for ever.
     * @return this.
     */
    public RedisContext buckets(final int buckets)
    {
        this.buckets = Buckets.checked(buckets);
        return this;
    }

    /**
     * {@return file with the password, or null}
     */
    public Path passwordFile()
    {
        return passwordFile;
    }

    /**
     * File with the password, which is read again for each connection. It counts where the URL has none.
     *
     * @param passwordFile whose text is the password, but for spaces and lines around it; or null.
     * @return this.
     */
    public RedisContext passwordFile(final Path passwordFile)
    {
        this.passwordFile = passwordFile;
        return this;
    }

    /**
     * {@return file with the certificates that are trusted, or null for those that the JVM trusts}
     */
    public Path trustFile()
    {
        return trustFile;
    }

    /**
     * Certificates that are trusted, where the URL asks for TLS.
     *
     * @param trustFile of certificates in PEM; or null for those that the JVM trusts.
     * @return this.
     */
    public RedisContext trustFile(final Path trustFile)
    {
        this.trustFile = trustFile;
        return this;
    }

    /**
     * {@return how long a call waits at most}
     */
    public int commandTimeoutMs()
    {
        return commandTimeoutMs;
    }

    /**
     * How long a call waits at most, for a connection and an answer together.
     *
     * @param commandTimeoutMs 10 to 60,000.
     * @return this.
     */
    public RedisContext commandTimeoutMs(final int commandTimeoutMs)
    {
        if (commandTimeoutMs < 10 || commandTimeoutMs > 60_000)
        {
            throw new IllegalArgumentException("commandTimeoutMs=" + commandTimeoutMs + " is not in [10, 60000]");
        }
        this.commandTimeoutMs = commandTimeoutMs;
        return this;
    }

    /**
     * {@return number of replicas that have to have a lease}
     */
    public int replicas()
    {
        return replicas;
    }

    /**
     * Number of replicas that have to have a lease before it counts as renewed. With 0, nodes that are cut off from
     * the others together with a master that was replaced believe in it for as long as that lasts.
     *
     * @param replicas 0 to 16.
     * @return this.
     */
    public RedisContext replicas(final int replicas)
    {
        if (replicas < 0 || replicas > 16)
        {
            throw new IllegalArgumentException("replicas=" + replicas + " is not in [0, 16]");
        }
        this.replicas = replicas;
        return this;
    }
}
