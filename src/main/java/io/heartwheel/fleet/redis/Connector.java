package io.heartwheel.fleet.redis;

import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisProtocol;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.function.Consumer;

/**
 * Makes connections, with the credentials and the trust that the settings name. Threadsafe.
 */
final class Connector
{
    private final RedisUrl url;
    private final Path passwordFile;
    /** Null without TLS. */
    private final SSLSocketFactory tls;

    Connector(final RedisUrl url, final RedisContext ctx)
    {
        this.url = url;
        passwordFile = ctx.passwordFile();
        tls = url.isTls ? tls(ctx.trustFile()) : null;
    }

    /**
     * A connection to a master.
     *
     * @param opening is told of the socket before it connects, so that it can be cut from outside.
     */
    Wire open(final HostAndPort host, final long deadlineNs, final Consumer<Sockets> opening)
    {
        final int timeoutMs = Wire.remainingMs(deadlineNs);
        return wire(host, timeoutMs, opening,
            config(timeoutMs).user(url.user).password(password()).database(url.database).build());
    }

    /**
     * A connection to a sentinel, which has no credentials here.
     */
    Connection openSentinel(final HostAndPort host, final int timeoutMs, final Consumer<Sockets> opening)
    {
        return wire(host, timeoutMs, opening, config(timeoutMs).build());
    }

    private Wire wire(
        final HostAndPort host, final int timeoutMs, final Consumer<Sockets> opening, final JedisClientConfig config)
    {
        final Sockets sockets = new Sockets(host, tls, timeoutMs);
        opening.accept(sockets);
        try
        {
            return new Wire(host, sockets, config);
        }
        catch (final RuntimeException ex)
        {
            sockets.cut();
            throw ex;
        }
    }

    private static DefaultJedisClientConfig.Builder config(final int timeoutMs)
    {
        return DefaultJedisClientConfig.builder()
            .protocol(RedisProtocol.RESP2)
            .autoNegotiateProtocol(false)
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .timeoutMillis(timeoutMs);
    }

    private String password()
    {
        try
        {
            return null != url.password ? url.password :
                null != passwordFile ? Files.readString(passwordFile).strip() :
                System.getenv(RedisContext.PASSWORD_VARIABLE);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("password file " + passwordFile + " cannot be read", ex);
        }
    }

    private static SSLSocketFactory tls(final Path trustFile)
    {
        try
        {
            if (null == trustFile)
            {
                return SSLContext.getDefault().getSocketFactory();
            }
            final KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            try (InputStream in = Files.newInputStream(trustFile))
            {
                for (final Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in))
                {
                    trusted.setCertificateEntry("ca-" + trusted.size(), each);
                }
            }
            if (0 == trusted.size())
            {
                throw new IllegalArgumentException(trustFile + " holds no certificate");
            }
            final TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        }
        catch (final IOException | GeneralSecurityException ex)
        {
            throw new IllegalArgumentException("certificates to trust, " + trustFile + ": " + ex, ex);
        }
    }
}
