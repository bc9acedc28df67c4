package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * TLS from outside: Java's own client against a server on a thread of its own.
 */
class HeartbeatServerTlsTest extends TlsServerRig
{
    /**
     * Sends back what it is sent.
     */
    private static final class Echo extends RecordingListener
    {
        @Override
        public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
        {
            connection.send(payload.duplicate());
            super.onMessage(connection, payload);
        }
    }

    HeartbeatServerTlsTest()
    {
        super(new Echo());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldSpeakToAJavaClient(final String protocol) throws IOException, InterruptedException
    {
        start(context());
        try (SSLSocket socket = connect(protocol); TestPeer peer = new TestPeer(socket))
        {
            assertEquals(Frame.HELLO, peer.read().type());
            assertEquals(7, peer.send(Frame.PING, 7).read(Frame.PONG).token());
            peer.send(Frame.DATA, 0, (byte)'h', (byte)'i');
            assertEquals("hi", peer.read(Frame.DATA).text());
            assertEquals(protocol, listener.opened().get(0).tlsSession().getProtocol());
        }
        await(() -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.PEER_CLOSED), listener.reasons());
    }

    @Test
    void shouldCarryMessagesOfEverySizeBothWays() throws IOException
    {
        start(context().maxMessageLength(65_535).maxOutboundLength(1 << 20));
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (SSLSocket socket = connect(); TestPeer peer = new TestPeer(socket))
        {
            for (int i = 0; i < 60; i++)
            {
                final byte[] message = new byte[random.nextInt(i % 3 == 0 ? 65_536 : 300)];
                random.nextBytes(message);
                peer.send(Frame.DATA, 0, message);
                assertEquals(ByteBuffer.wrap(message), ByteBuffer.wrap(peer.read(Frame.DATA).payload()),
                    "seed " + seed);
            }
        }
    }

    @Test
    void shouldProbeThroughTlsAndFindWhoFellSilent() throws IOException, InterruptedException
    {
        start(context().cadence(new Cadence(300 * MS, 300 * MS, 2)));
        try (SSLSocket silentSocket = connect(); TestPeer silent = new TestPeer(silentSocket);
            SSLSocket livingSocket = connect(); TestPeer living = new TestPeer(livingSocket))
        {
            silent.read(Frame.HELLO);
            living.read(Frame.HELLO);
            for (int i = 0; i < 5; i++)
            {
                living.send(Frame.PONG, living.read(Frame.PING).token());
            }
            assertEquals(CloseReason.PEER_SILENT.code(), silent.read(Frame.BYE).byeReason());
            await(() -> 1 == listener.closed().size());
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
            assertTrue(listener.closed().get(0).detail().endsWith(", 2 probes unanswered"));
        }
    }

    /** There are records unsent all the while, and probes within them. */
    @Test
    void shouldFindSilentWhoOnlyReadsHoweverMuchThereIsToRead() throws IOException, InterruptedException
    {
        start(context().cadence(new Cadence(300 * MS, 200 * MS, 2)).controlRate(0));
        try (SSLSocket socket = connect())
        {
            socket.startHandshake();
            await(() -> 1 == listener.opened().size());
            final Connection connection = listener.opened().get(0);
            final Thread sender = new Thread(() ->
            {
                final ByteBuffer message = ByteBuffer.allocate(8_000);
                while (connection.isOpen())
                {
                    if (SendResult.ACCEPTED != connection.send(message))
                    {
                        Thread.onSpinWait();
                    }
                }
            });
            sender.start();
            final byte[] bytes = new byte[32 << 10];
            final long startNs = System.nanoTime();
            while (listener.closed().isEmpty() && System.nanoTime() - startNs < 5_000 * MS)
            {
                socket.getInputStream().read(bytes);
                Thread.sleep(10);
            }
            connection.close();
            sender.join();
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        }
    }

    /** Ciphertext that the socket did not take is unsent too, beside the messages that wait behind it. */
    @Test
    void shouldCountCiphertextWhenAPeerTakesNothing() throws IOException, InterruptedException
    {
        start(context().cadence(new Cadence(300 * MS, 200 * MS, 2)));
        try (SSLSocket socket = connect(); TestPeer peer = new TestPeer(socket))
        {
            peer.read(Frame.HELLO);
            final Connection connection = listener.opened().get(0);
            final ByteBuffer message = ByteBuffer.allocate(8_000);
            for (int i = 0; i < 5_000 && listener.closed().isEmpty(); i++)
            {
                while (SendResult.ACCEPTED == connection.send(message))
                {
                    Thread.onSpinWait();
                }
                Thread.sleep(1);
            }
            assertEquals(List.of(CloseReason.WRITE_STALLED), listener.reasons());
            final String detail = listener.closed().get(0).detail();
            final int unsent = Integer.parseInt(detail.substring(0, detail.indexOf(" bytes unsent")));
            assertTrue(unsent > connection.unsentBytes(), () -> detail + " of " + connection.unsentBytes());
        }
    }

    @Test
    void shouldSayGoodbyeAndCloseInGoodOrder() throws IOException, InterruptedException
    {
        start(context());
        try (SSLSocket socket = connect(); TestPeer peer = new TestPeer(socket))
        {
            peer.read(Frame.HELLO);
            listener.opened().get(0).close();
            assertEquals(CloseReason.LOCAL_CLOSE.code(), peer.read(Frame.BYE).byeReason());
            assertNull(peer.read());
        }
        await(() -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.LOCAL_CLOSE), listener.reasons());
    }

    @Test
    void shouldSendAwayWhoDoesNotSpeakTls() throws IOException, InterruptedException
    {
        start(context());
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            peer.sendRaw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            await(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
        }
        assertEquals(List.of(), listener.opened());
    }

    @Test
    void shouldSendAwayWhoseHandshakeTakesTooLong() throws IOException, InterruptedException
    {
        start(context().handshakeTimeoutNs(300 * MS));
        try (TestPeer peer = new TestPeer(server.localAddress()))
        {
            peer.sendRaw((byte)0x16, (byte)3, (byte)1);
            await(() -> 1 == count(CloseReason.HANDSHAKE_TIMEOUT));
            assertNull(peer.read());
        }
        assertEquals(List.of(), listener.opened());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldAskForCertificatesAndTellWhoseTheyAre(final String protocol) throws IOException, InterruptedException
    {
        start(context().tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD,
            TestKeyStores.trustStore("client"), TestKeyStores.PASSWORD, TlsSettings.ClientCertificates.REQUIRED,
            TlsSettings.KNOWN_PROTOCOLS)));
        try (SSLSocket socket = connect(protocol); TestPeer peer = new TestPeer(socket))
        {
            assertEquals(Frame.HELLO, peer.read().type());
            assertTrue(listener.opened().get(0).tlsSession().getPeerPrincipal().getName().contains("client"));
        }
        try (SSLSocket socket = connect("stranger", connectPlain(), protocol); TestPeer peer = new TestPeer(socket))
        {
            assertThrows(IOException.class, () ->
            {
                if (null == peer.read())
                {
                    throw new SSLException("closed");
                }
            });
        }
        await(() -> 1 == count(CloseReason.PROTOCOL_ERROR));
        assertEquals(1, listener.opened().size());
    }

    @Test
    void shouldHaveNoCertificateOfWhoWasNotAsked() throws IOException
    {
        start(context());
        try (SSLSocket socket = connect(); TestPeer peer = new TestPeer(socket))
        {
            peer.read(Frame.HELLO);
            assertThrows(SSLPeerUnverifiedException.class,
                () -> listener.opened().get(0).tlsSession().getPeerPrincipal());
        }
    }

    @Test
    void shouldTakeAProxyHeaderBeforeTls() throws IOException, InterruptedException
    {
        start(context().proxies(CidrList.parse("127.0.0.1")));
        final Socket plain = connectPlain();
        plain.getOutputStream().write("PROXY TCP4 192.0.2.9 198.51.100.1 77 443\r\n".getBytes(
            StandardCharsets.US_ASCII));
        try (SSLSocket socket = connect(plain); TestPeer peer = new TestPeer(socket))
        {
            assertEquals(Frame.HELLO, peer.read().type());
            assertEquals("192.0.2.9", listener.opened().get(0).remoteAddress().getHostString());
        }
    }

    @Test
    void shouldLetInByCredentialOverTls() throws IOException, InterruptedException
    {
        start(context().credentialCheck((request, credential) ->
        {
            final String who = StandardCharsets.UTF_8.decode(credential) + "/" + request.tlsSession().getProtocol();
            new Thread(() -> request.admit(who)).start();
        }));
        try (SSLSocket socket = connect("TLSv1.3"); TestPeer peer = new TestPeer(socket))
        {
            peer.send(Frame.DATA, 0, (byte)'m', (byte)'e');
            peer.send(Frame.DATA, 0, (byte)'h', (byte)'i');
            assertEquals("hi", peer.read(Frame.DATA).text());
            assertEquals("me/TLSv1.3", listener.opened().get(0).attachment());
        }
    }

    @Test
    void shouldShakeHandsWithManyAtOnceWhileOthersAreServed() throws IOException, InterruptedException
    {
        start(context().tlsHandshakeLimit(2));
        final List<TestPeer> peers = new ArrayList<>();
        try (SSLSocket first = connect(); TestPeer served = new TestPeer(first))
        {
            served.read(Frame.HELLO);
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 40; i++)
            {
                final TestPeer peer = new TestPeer(connect());
                peers.add(peer);
                threads.add(new Thread(() -> assertEquals(Frame.HELLO, read(peer))));
            }
            threads.forEach(Thread::start);
            for (int i = 0; i < 20; i++)
            {
                assertEquals(i, served.send(Frame.PING, i).read(Frame.PONG).token());
            }
            await(() -> 41 == listener.opened().size());
            for (final Thread thread : threads)
            {
                thread.join();
            }
        }
        finally
        {
            for (final TestPeer peer : peers)
            {
                peer.close();
            }
        }
    }

    private static int read(final TestPeer peer)
    {
        try
        {
            return peer.read().type();
        }
        catch (final IOException ex)
        {
            return -1;
        }
    }

    @Test
    void shouldSayWhichFileIsWrong()
    {
        start(context());
        final ConfigurationException ex = assertThrows(ConfigurationException.class, () -> HeartbeatServer.launch(
            context().listener(listener).tls(new TlsSettings(Path.of("/no/such.p12"), "x"))));
        assertEquals("heartwheel.tls.keystore=/no/such.p12: no such file", ex.getMessage());
    }
}
