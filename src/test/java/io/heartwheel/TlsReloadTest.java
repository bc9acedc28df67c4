package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A running server reads its TLS files again.
 */
class TlsReloadTest
{
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path directory;

    private Path file;
    private HeartbeatServer server;

    @BeforeEach
    void before() throws IOException
    {
        file = Files.copy(TestKeyStores.keyStore("server"), directory.resolve("keys.p12"));
    }

    @AfterEach
    void after()
    {
        server.close();
    }

    private void start(final long reloadNs)
    {
        server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .listener(new RecordingListener())
            .cadence(Cadence.STANDARD)
            .tlsReloadNs(reloadNs)
            .tls(new TlsSettings(file, TestKeyStores.PASSWORD)));
    }

    private TestPeer connect() throws IOException
    {
        final SSLSocket socket = (SSLSocket)TestKeyStores.clientContext("client").getSocketFactory().createSocket(
            new Socket(InetAddress.getLoopbackAddress(), server.localAddress().getPort()), "localhost", 1, true);
        socket.startHandshake();
        return new TestPeer(socket);
    }

    private void putInPlace(final byte[] content) throws IOException
    {
        final Path next = Files.write(directory.resolve("next"), content);
        Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private void putInPlace(final String name) throws IOException
    {
        putInPlace(Files.readAllBytes(TestKeyStores.keyStore(name)));
    }

    private static long notAfterS(final String name) throws GeneralSecurityException
    {
        final X509Certificate certificate =
            (X509Certificate)TestKeyStores.load(TestKeyStores.keyStore(name)).getCertificate(name);
        return certificate.getNotAfter().getTime() / 1_000;
    }

    private void awaitNotAfter(final long epochS) throws InterruptedException
    {
        for (int i = 0; i < 500 && epochS != server.metrics().count(Counter.TLS_NOT_AFTER_S); i++)
        {
            Thread.sleep(10);
        }
        assertEquals(epochS, server.metrics().count(Counter.TLS_NOT_AFTER_S));
    }

    @Test
    void shouldShowANewCertificateWhenItsFileChangesAndKeepWhoIsThere()
        throws IOException, GeneralSecurityException, InterruptedException
    {
        start(LOOK_NS);
        awaitNotAfter(notAfterS("server"));
        try (TestPeer before = connect())
        {
            assertEquals(Frame.HELLO, before.read().type());
            putInPlace("other");
            awaitNotAfter(notAfterS("other"));

            // The client trusts the first certificate alone.
            assertThrows(SSLHandshakeException.class, this::connect);
            assertEquals(7, before.send(Frame.PING, 7).read(Frame.PONG).token());
        }
    }

    @Test
    void shouldKeepTheOldCertificateWhenTheFileIsBrokenUntilItIsWhole()
        throws IOException, GeneralSecurityException, InterruptedException
    {
        start(LOOK_NS);
        putInPlace(new byte[100]);
        assertThrows(ConfigurationException.class, server::reloadTls);
        Files.delete(file);
        assertThrows(ConfigurationException.class, server::reloadTls);
        try (TestPeer peer = connect())
        {
            assertEquals(Frame.HELLO, peer.read().type());
        }
        assertEquals(notAfterS("server"), server.metrics().count(Counter.TLS_NOT_AFTER_S));

        putInPlace("other");
        awaitNotAfter(notAfterS("other"));
    }

    @Test
    void shouldReadAgainOnlyWhenToldIfItIsNotToLook()
        throws IOException, GeneralSecurityException, InterruptedException
    {
        start(0);
        putInPlace("other");
        Thread.sleep(50);
        assertEquals(notAfterS("server"), server.metrics().count(Counter.TLS_NOT_AFTER_S));
        assertTrue(server.reloadTls());
        assertEquals(notAfterS("other"), server.metrics().count(Counter.TLS_NOT_AFTER_S));
    }

    @Test
    void shouldHaveNothingToReadWithoutTls()
    {
        server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .listener(new RecordingListener()));
        assertFalse(server.reloadTls());
        assertEquals(0, server.metrics().count(Counter.TLS_NOT_AFTER_S));
    }
}
