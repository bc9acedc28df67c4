package io.heartwheel.tls;

import io.heartwheel.support.TestKeyStores;
import io.heartwheel.tls.TlsSettings.ClientCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;

import static io.heartwheel.support.TestKeyStores.PASSWORD;
import static io.heartwheel.tls.TlsSettings.KNOWN_PROTOCOLS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TlsSettingsTest
{
    private final Path keyStore = TestKeyStores.keyStore("server");
    private final Path trustStore = TestKeyStores.trustStore("client");

    @TempDir
    private Path directory;

    @Test
    void shouldMakeAnEngineAsItIsSet()
    {
        final TlsSettings settings = new TlsSettings(
            keyStore, PASSWORD, trustStore, PASSWORD, ClientCertificates.REQUIRED, List.of("TLSv1.3"));
        final SSLContext context = settings.context();
        final SSLEngine engine = settings.newEngine(context);

        assertFalse(engine.getUseClientMode());
        assertTrue(engine.getNeedClientAuth());
        assertEquals(List.of("TLSv1.3"), List.of(engine.getEnabledProtocols()));
        assertEquals(TlsSettings.SESSIONS_MAX, context.getServerSessionContext().getSessionCacheSize());
    }

    @Test
    void shouldAskForNoCertificatesUnlessSet()
    {
        final TlsSettings settings = new TlsSettings(keyStore, PASSWORD);
        final SSLEngine engine = settings.newEngine(settings.context());

        assertFalse(engine.getNeedClientAuth());
        assertFalse(engine.getWantClientAuth());
        assertEquals(KNOWN_PROTOCOLS, List.of(engine.getEnabledProtocols()));
    }

    @Test
    void shouldReadTheOlderFormatToo() throws IOException, GeneralSecurityException
    {
        final KeyStore jks = KeyStore.getInstance("JKS");
        jks.load(null, null);
        final KeyStore p12 = TestKeyStores.load(keyStore);
        final char[] password = PASSWORD.toCharArray();
        jks.setKeyEntry("server", p12.getKey("server", password), password, p12.getCertificateChain("server"));

        new TlsSettings(store(jks, PASSWORD), PASSWORD).context();
    }

    @Test
    void shouldSayThatThereIsNoFile()
    {
        final Path missing = directory.resolve("y.p12");
        assertEquals("heartwheel.tls.keystore=" + missing + ": no such file", messageOf(missing, PASSWORD));
        assertEquals("heartwheel.tls.keystore=" + directory + ": is not a file", messageOf(directory, PASSWORD));
    }

    @Test
    void shouldSayThatThePasswordIsWrong()
    {
        assertEquals(
            "heartwheel.tls.keystore=" + keyStore + ": heartwheel.tls.keystore.password is not its password",
            messageOf(keyStore, "hunter2"));
        assertEquals("heartwheel.tls.keystore.password: is not set", messageOf(keyStore, null));
        assertEquals("heartwheel.tls.keystore: is not set", messageOf(null, null));
    }

    @Test
    void shouldSayThatTheKeyHasAnotherPassword() throws IOException, GeneralSecurityException
    {
        final KeyStore jks = KeyStore.getInstance("JKS");
        jks.load(null, null);
        final KeyStore p12 = TestKeyStores.load(keyStore);
        jks.setKeyEntry("server", p12.getKey("server", PASSWORD.toCharArray()), "hunter2".toCharArray(),
            p12.getCertificateChain("server"));
        final Path file = store(jks, PASSWORD);

        assertEquals(
            "heartwheel.tls.keystore=" + file + ": its key has another password than the file",
            messageOf(file, PASSWORD));
    }

    @Test
    void shouldSayThatThereIsNoKey()
    {
        assertEquals("heartwheel.tls.keystore=" + trustStore + ": there is no key in it",
            messageOf(trustStore, PASSWORD));
    }

    @Test
    void shouldSayThatItIsNoKeyStore() throws IOException
    {
        final Path pem = Files.writeString(directory.resolve("a.pem"), "-----BEGIN CERTIFICATE-----\n");
        assertEquals("heartwheel.tls.keystore=" + pem + ": neither PKCS12 nor JKS", messageOf(pem, PASSWORD));

        final byte[] bytes = Files.readAllBytes(keyStore);
        final Path cut = Files.write(directory.resolve("cut.p12"), Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(messageOf(cut, PASSWORD).startsWith("heartwheel.tls.keystore=" + cut + ": cannot be read: "));
    }

    @Test
    void shouldSayWhatIsWrongWithATrustStore()
    {
        final Path missing = directory.resolve("y.p12");
        assertEquals("heartwheel.tls.truststore=" + missing + ": no such file", trustMessageOf(missing, PASSWORD));
        assertEquals("heartwheel.tls.truststore=" + keyStore + ": there is no trusted certificate in it",
            trustMessageOf(keyStore, PASSWORD));
        assertEquals("heartwheel.tls.truststore=" + trustStore + ": there is no trusted certificate in it that can " +
            "be read without heartwheel.tls.truststore.password", trustMessageOf(trustStore, null));
        assertEquals("heartwheel.tls.truststore=" + trustStore +
            ": heartwheel.tls.truststore.password is not its password", trustMessageOf(trustStore, "hunter2"));
    }

    @Test
    void shouldNotTrustThePublicWhenCertificatesAreAskedFor()
    {
        final IllegalArgumentException ex = assertThrows(IllegalArgumentException.class, () -> new TlsSettings(
            keyStore, PASSWORD, null, null, ClientCertificates.WANTED, KNOWN_PROTOCOLS));
        assertTrue(ex.getMessage().startsWith("heartwheel.tls.client.certificates=WANTED needs "), ex::getMessage);
    }

    @Test
    void shouldKnowOnlyProtocolsThatAreNotBroken()
    {
        for (final List<String> protocols : List.of(List.of("TLSv1.1", "TLSv1.2"), List.of("SSLv3"), List.<String>of()))
        {
            final IllegalArgumentException ex = assertThrows(IllegalArgumentException.class, () -> new TlsSettings(
                keyStore, PASSWORD, null, null, ClientCertificates.NONE, protocols));
            assertEquals("heartwheel.tls.protocols=" + String.join(",", protocols) +
                ": must be of TLSv1.2,TLSv1.3", ex.getMessage());
        }
    }

    @Test
    void shouldKeepPasswordsToItself()
    {
        final TlsSettings settings = new TlsSettings(
            keyStore, "hunter2", trustStore, "hunter3", ClientCertificates.WANTED, KNOWN_PROTOCOLS);

        assertFalse(settings.toString().contains("hunter"), settings::toString);
        Throwable ex = assertThrows(IllegalArgumentException.class, settings::context);
        for (; null != ex; ex = ex.getCause())
        {
            assertFalse(ex.toString().contains("hunter"), ex::toString);
        }
    }

    private Path store(final KeyStore store, final String password) throws IOException, GeneralSecurityException
    {
        final Path file = directory.resolve("stored");
        try (OutputStream out = Files.newOutputStream(file))
        {
            store.store(out, password.toCharArray());
        }
        return file;
    }

    private static String messageOf(final Path file, final String password)
    {
        return assertThrows(IllegalArgumentException.class, () -> new TlsSettings(file, password).context())
            .getMessage();
    }

    private String trustMessageOf(final Path file, final String password)
    {
        final TlsSettings settings = new TlsSettings(
            keyStore, PASSWORD, file, password, ClientCertificates.REQUIRED, KNOWN_PROTOCOLS);
        return assertThrows(IllegalArgumentException.class, settings::context).getMessage();
    }
}
