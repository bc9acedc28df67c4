package io.heartwheel.tls;

import io.heartwheel.support.TestKeyStores;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;

import static io.heartwheel.support.TestKeyStores.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * A server and a client that talk TLS in memory.
 */
final class TlsPair
{
    final TlsEnd server;
    final TlsEnd client;

    TlsPair(final TlsSettings settings, final String protocol, final String clientName) throws IOException
    {
        this(settings.newEngine(settings.context()), clientEngine(clientContext(clientName), protocol));
    }

    TlsPair(final SSLEngine serverEngine, final SSLEngine clientEngine) throws IOException
    {
        final MemoryChannel socket = MemoryChannel.connected();
        server = new TlsEnd(serverEngine, socket);
        client = new TlsEnd(clientEngine, socket.other());
    }

    static TlsPair of(final String protocol) throws IOException
    {
        return new TlsPair(settings(TlsSettings.ClientCertificates.NONE), protocol, null);
    }

    static TlsPair established(final String protocol) throws IOException
    {
        return of(protocol).establish();
    }

    static TlsSettings settings(final TlsSettings.ClientCertificates certificates)
    {
        return new TlsSettings(TestKeyStores.keyStore("server"), PASSWORD, TestKeyStores.trustStore("client"), PASSWORD,
            certificates, TlsSettings.KNOWN_PROTOCOLS);
    }

    /** A client that trusts the server, and shows the certificate of one name, or none. */
    static SSLContext clientContext(final String name)
    {
        try
        {
            final TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(TestKeyStores.load(TestKeyStores.trustStore("server")));
            KeyManager[] keys = null;
            if (null != name)
            {
                final KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
                factory.init(TestKeyStores.load(TestKeyStores.keyStore(name)), PASSWORD.toCharArray());
                keys = factory.getKeyManagers();
            }
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    static SSLEngine clientEngine(final SSLContext context, final String protocol)
    {
        final SSLEngine engine = context.createSSLEngine("localhost", 7400);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
        return engine;
    }

    TlsPair run() throws IOException
    {
        TlsEnd.run(server, client);
        return this;
    }

    TlsPair establish() throws IOException
    {
        client.start();
        run();
        assertNull(server.failure);
        assertNull(client.failure);
        assertFalse(server.tls.isHandshaking());
        assertFalse(client.tls.isHandshaking());
        return this;
    }
}
