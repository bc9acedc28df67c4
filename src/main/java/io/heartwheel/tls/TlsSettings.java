package io.heartwheel.tls;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.List;

/**
 * TLS of a server as it is set: whose key it shows, and whose certificates it wants to see.
 *
 * @param keyStore           file with the server's key and certificates, PKCS12 or JKS.
 * @param keyStorePassword   of the file and of the key in it.
 * @param trustStore         file with the certificates that those of clients are checked by; null without such.
 * @param trustStorePassword of that file; null if it has none.
 * @param clientCertificates whether clients are asked for theirs.
 * @param protocols          of {@link #KNOWN_PROTOCOLS}.
 */
public record TlsSettings(
    Path keyStore,
    String keyStorePassword,
    Path trustStore,
    String trustStorePassword,
    ClientCertificates clientCertificates,
    List<String> protocols)
{
    /** Name of the setting of the key store. */
    public static final String KEY_STORE = "heartwheel.tls.keystore";

    /** Name of the setting of the trust store. */
    public static final String TRUST_STORE = "heartwheel.tls.truststore";

    /** What each of the two names ends with when it is about the password. */
    public static final String PASSWORD = ".password";

    /** Name of the setting whether clients are asked for certificates. */
    public static final String CLIENT_CERTIFICATES = "heartwheel.tls.client.certificates";

    /** Name of the setting of the protocols. */
    public static final String PROTOCOLS = "heartwheel.tls.protocols";

    /** Protocols that are not broken; all of them are the default. */
    public static final List<String> KNOWN_PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    /**
     * Sessions kept for clients that resume without tickets. Tickets, the default since TLS 1.3, keep them with the
     * clients. The JDK's own bound is 20,480, and 0 would be none.
     */
    static final int SESSIONS_MAX = 1024;

    /**
     * Whether clients are asked for certificates.
     */
    public enum ClientCertificates
    {
        /** They are not. */
        NONE,

        /** They are, and may have none; one that is not trusted is refused. */
        WANTED,

        /** They are, and those without are refused. */
        REQUIRED
    }

    /**
     * Check what can be checked without the files.
     *
     * @param keyStore           file with the server's key and certificates, PKCS12 or JKS.
     * @param keyStorePassword   of the file and of the key in it.
     * @param trustStore         file with the certificates that those of clients are checked by; null without such.
     * @param trustStorePassword of that file; null if it has none.
     * @param clientCertificates whether clients are asked for theirs.
     * @param protocols          of {@link #KNOWN_PROTOCOLS}.
     * @throws IllegalArgumentException that names the setting.
     */
    public TlsSettings
    {
        protocols = List.copyOf(protocols);
        if (protocols.isEmpty() || !KNOWN_PROTOCOLS.containsAll(protocols))
        {
            throw new IllegalArgumentException(
                PROTOCOLS + "=" + String.join(",", protocols) + ": must be of " + String.join(",", KNOWN_PROTOCOLS));
        }
        if (null == keyStore)
        {
            throw new IllegalArgumentException(KEY_STORE + ": is not set");
        }
        if (null == keyStorePassword)
        {
            throw new IllegalArgumentException(KEY_STORE + PASSWORD + ": is not set");
        }
        if (ClientCertificates.NONE != clientCertificates && null == trustStore)
        {
            throw new IllegalArgumentException(CLIENT_CERTIFICATES + "=" + clientCertificates + " needs " +
                TRUST_STORE + ", or any certificate of a public authority would do");
        }
    }

    /**
     * A server that asks for no certificates.
     *
     * @param keyStore         file with the server's key and certificates.
     * @param keyStorePassword of the file and of the key in it.
     */
    public TlsSettings(final Path keyStore, final String keyStorePassword)
    {
        this(keyStore, keyStorePassword, null, null, ClientCertificates.NONE, KNOWN_PROTOCOLS);
    }

    /**
     * Read the files, as {@link #load()} does.
     *
     * @return a context for {@link #newEngine(SSLContext)}.
     * @throws IllegalArgumentException that names the setting and the file.
     */
    public SSLContext context()
    {
        return load().sslContext();
    }

    /**
     * Read the files. It takes a while: not for the reactor thread.
     *
     * @return what is in them.
     * @throws IllegalArgumentException that names the setting and the file.
     */
    public TlsContext load()
    {
        final KeyStoreFile keys = new KeyStoreFile(KEY_STORE, keyStore, keyStorePassword);
        final ServerKeys serverKeys;
        final SSLContext context;
        try
        {
            serverKeys = new ServerKeys(keys.loadKeys(), keyStorePassword.toCharArray());
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[]{serverKeys}, trustManagers(), null);
        }
        catch (final UnrecoverableKeyException ex)
        {
            throw keys.invalid("its key has another password than the file", ex);
        }
        catch (final GeneralSecurityException ex)
        {
            throw keys.invalid(String.valueOf(ex.getMessage()), ex);
        }
        context.getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
        return new TlsContext(context, serverKeys.notBeforeMs(), serverKeys.notAfterMs());
    }

    /**
     * An engine for one connection.
     *
     * @param context of these settings.
     * @return a new one, as a server.
     */
    public SSLEngine newEngine(final SSLContext context)
    {
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(new String[0]));
        // Each of the two resets the other.
        switch (clientCertificates)
        {
            case REQUIRED -> parameters.setNeedClientAuth(true);
            case WANTED -> parameters.setWantClientAuth(true);
            default -> parameters.setNeedClientAuth(false);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * For logs: without the passwords.
     *
     * @return the settings in one line.
     */
    @Override
    public String toString()
    {
        return "TlsSettings[keyStore=" + keyStore + ", trustStore=" + trustStore + ", clientCertificates=" +
            clientCertificates + ", protocols=" + protocols + "]";
    }

    /**
     * Without a trust store there is none, so that the JDK's hundred and more authorities are not even read.
     */
    private TrustManager[] trustManagers() throws GeneralSecurityException
    {
        if (null == trustStore)
        {
            return new TrustManager[0];
        }
        final KeyStore trusted = new KeyStoreFile(TRUST_STORE, trustStore, trustStorePassword).loadCertificates();
        final TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }
}
