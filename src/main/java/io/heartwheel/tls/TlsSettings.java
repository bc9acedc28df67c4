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
 * Settings for TLS of a server: its key, and the certificates of clients that it accepts.
 *
 * @param keyStore           file with the server's key and certificates, PKCS12 or JKS.
 * @param keyStorePassword   password of the file and of the key in it.
 * @param trustStore         file with the certificates that clients' certificates are checked by; null for none.
 * @param trustStorePassword password of the trust store; null if it has none.
 * @param clientCertificates whether clients are asked for certificates.
 * @param protocols          one or more of {@link #KNOWN_PROTOCOLS}.
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

    /** Suffix that makes each of these two the name of its password. */
    public static final String PASSWORD = ".password";

    /** Name of the setting of the clients' certificates. */
    public static final String CLIENT_CERTIFICATES = "heartwheel.tls.client.certificates";

    /** Name of the setting of the protocols. */
    public static final String PROTOCOLS = "heartwheel.tls.protocols";

    /** Versions of TLS that are considered secure. The default is all of them. */
    public static final List<String> KNOWN_PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    /**
     * Most sessions that are kept for clients that resume without tickets. With tickets, the default since TLS 1.3, the
     * clients keep the sessions. The JDK's default is 20,480; 0 would mean no bound.
     */
    static final int SESSIONS_MAX = 1024;

    /**
     * Whether clients are asked for certificates.
     */
    public enum ClientCertificates
    {
        /** Clients are not asked. */
        NONE,

        /** Clients are asked, and may have none. A client whose certificate is not trusted is refused. */
        WANTED,

        /** Clients are asked, and a client without a trusted certificate is refused. */
        REQUIRED
    }

    /**
     * Check the settings as far as this is possible without reading the files.
     *
     * @param keyStore           file with the server's key and certificates, PKCS12 or JKS.
     * @param keyStorePassword   password of the file and of the key in it.
     * @param trustStore         file with the certificates that clients' certificates are checked by; null for none.
     * @param trustStorePassword password of the trust store; null if it has none.
     * @param clientCertificates whether clients are asked for certificates.
     * @param protocols          one or more of {@link #KNOWN_PROTOCOLS}.
     * @throws IllegalArgumentException if one is missing or invalid; the message names the setting.
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
     * Settings for a server that does not ask clients for certificates.
     *
     * @param keyStore         file with the server's key and certificates, PKCS12 or JKS.
     * @param keyStorePassword password of the file and of the key in it.
     */
    public TlsSettings(final Path keyStore, final String keyStorePassword)
    {
        this(keyStore, keyStorePassword, null, null, ClientCertificates.NONE, KNOWN_PROTOCOLS);
    }

    /**
     * Read the files, as {@link #load()} does.
     *
     * @return a context for {@link #newEngine(SSLContext)}.
     * @throws IllegalArgumentException if a file cannot be used; the message names the setting and the file.
     */
    public SSLContext context()
    {
        return load().sslContext();
    }

    /**
     * Read the files. This takes too long for the reactor thread.
     *
     * @return their content.
     * @throws IllegalArgumentException if a file cannot be used; the message names the setting and the file.
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
     * Make an engine for one connection.
     *
     * @param context of these settings.
     * @return a new engine in server mode.
     */
    public SSLEngine newEngine(final SSLContext context)
    {
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(new String[0]));
        // Only one of the two may be called, as each resets the other.
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
     * The settings without the passwords, for logs.
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
     * The trust managers of the trust store. Without one there are none, so the JDK's own authorities are not even
     * read.
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
