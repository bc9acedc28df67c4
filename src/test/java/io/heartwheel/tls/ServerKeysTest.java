package io.heartwheel.tls;

import io.heartwheel.support.TestKeyStores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

import static io.heartwheel.support.TestKeyStores.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The choice among several keys of a file.
 */
class ServerKeysTest
{
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, expired, server", "TLSv1.2, server, expired", "TLSv1.3, expired, server", "TLSv1.3, server, expired"})
    void shouldShowTheKeyThatIsValidWhateverItsAlias(final String protocol, final String a, final String b)
        throws IOException, GeneralSecurityException
    {
        final TlsSettings settings = settings("a", a, "b", b);

        assertEquals(certificate("server"), shown(settings, protocol, null));
        assertEquals(certificate("server").getNotAfter().getTime(), settings.load().notAfterMs());
        assertEquals(certificate("server").getNotBefore().getTime(), settings.load().notBeforeMs());
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, server", "other.example, other", "a.wild.example, other", "a.b.wild.example, other",
        "LOCALHOST, server", ", other"})
    void shouldShowTheKeyOfTheNameThatIsAskedForOrElseTheOneThatIsValidLongest(final String name, final String expected)
        throws IOException, GeneralSecurityException
    {
        for (final String protocol : TlsSettings.KNOWN_PROTOCOLS)
        {
            assertEquals(certificate(expected), shown(settings("a", "server", "b", "other"), protocol, name));
            assertEquals(certificate(expected), shown(settings("a", "other", "b", "server"), protocol, name));
        }
    }

    @Test
    void shouldShowWhatIsThereIfNothingIsValid() throws IOException, GeneralSecurityException
    {
        final TlsSettings settings = settings("a", "expired");

        assertEquals(certificate("expired"), shown(settings, "TLSv1.3", "localhost"));
        assertTrue(settings.load().notAfterMs() < certificate("server").getNotBefore().getTime());
    }

    @Test
    void shouldNotPreferANameToValidity() throws IOException, GeneralSecurityException
    {
        assertEquals(
            certificate("other"), shown(settings("a", "expired", "b", "other"), "TLSv1.3", "localhost"));
    }

    private TlsSettings settings(final String... keys)
    {
        return new TlsSettings(TestKeyStores.keyStoreOf(directory.resolve("keys.p12"), keys), PASSWORD);
    }

    private static X509Certificate certificate(final String name) throws GeneralSecurityException
    {
        return (X509Certificate)TestKeyStores.load(TestKeyStores.keyStore(name)).getCertificate(name);
    }

    private static X509Certificate shown(final TlsSettings settings, final String protocol, final String name)
        throws IOException, GeneralSecurityException
    {
        final SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[]{new TrustsAnyone()}, null);
        final SSLEngine client = trusting.createSSLEngine();
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[]{protocol});
        if (null != name)
        {
            final SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            client.setSSLParameters(parameters);
        }
        final TlsPair pair = new TlsPair(settings.newEngine(settings.context()), client);
        pair.client.start();
        pair.run();
        assertNull(pair.client.failure);
        assertNull(pair.server.failure);
        return (X509Certificate)client.getSession().getPeerCertificates()[0];
    }

    /**
     * To see what is shown, whatever it is.
     */
    private static final class TrustsAnyone extends X509ExtendedTrustManager
    {
        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type)
        {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket)
        {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
        {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
        {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers()
        {
            return new X509Certificate[0];
        }
    }
}
