package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.metrics.Counter;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.support.TestPeer;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Many TLS handshakes at a time, and the bounds on their cost.
 */
class TlsHandshakeLoadTest extends AdmissionRig
{
    private static final CidrList LOOPBACK = CidrList.parse("127.0.0.0/8");

    private final List<TestPeer> peers = new ArrayList<>();

    @AfterEach
    void closePeers() throws IOException
    {
        for (final TestPeer peer : peers)
        {
            peer.close();
        }
    }

    private ServerContext tlsContext()
    {
        return context().handshakeTimeoutNs(SECOND_NS)
            .tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD));
    }

    private static byte[] clientHello() throws SSLException
    {
        final SSLEngine engine = TestKeyStores.clientContext("client").createSSLEngine();
        engine.setUseClientMode(true);
        engine.beginHandshake();
        final ByteBuffer hello = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.allocate(0), hello);
        final byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    private void connect(final int count) throws IOException
    {
        for (int i = 0; i < count; i++)
        {
            peers.add(server.connect());
        }
        final int all = peers.size();
        server.awaitTrue(() -> all == Insides.slots(server.server));
    }

    private boolean isAnyWaiting()
    {
        return Insides.isEndWaiting(server.server);
    }

    private boolean isAnyOurs()
    {
        return Insides.isAnyOurs(server.server);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void shouldNotBeToldAgainAndAgainOfThoseThatWait(final int limit) throws IOException, InterruptedException
    {
        final int count = 100;
        peers.add(start(tlsContext().tlsHandshakeLimit(limit)));
        connect(count - 1);
        final byte[] hello = clientHello();
        for (final TestPeer peer : peers)
        {
            peer.sendRaw(hello);
        }
        InvokedServer.letBytesArrive();

        int work = server.server.doWork();
        for (final long startNs = System.nanoTime(); isAnyOurs(); )
        {
            work += server.server.doWork();
            assertTrue(System.nanoTime() - startNs < 10 * SECOND_NS, "no end");
        }
        // The event, the step, the task that is done: no event is for nothing.
        assertTrue(work <= 4 * count, "work done: " + work);
    }

    @Test
    void shouldAnswerAClientWhoseFirstBytesCameWithItsProxyHeader() throws IOException
    {
        peers.add(start(tlsContext().proxies(LOOPBACK)));
        peers.get(0).sendRaw(concat(
            "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n".getBytes(StandardCharsets.US_ASCII), clientHello()));
        server.awaitTrue(() -> server.server.metrics().count(Counter.BYTES_OUT) > 0);
        assertTrue(peers.get(0).isOpenFor(1_000));
    }

    @Test
    void shouldTimeOutWhoIsSilentThoughOthersShakeHands() throws IOException, InterruptedException
    {
        peers.add(start(tlsContext().tlsHandshakeLimit(1)));
        server.awaitTrue(() -> 1 == Insides.slots(server.server));
        server.advance(SECOND_NS - 5_000_000);
        connect(20);
        final byte[] hello = clientHello();
        for (final TestPeer peer : peers.subList(1, 21))
        {
            peer.sendRaw(hello);
        }
        InvokedServer.letBytesArrive();

        server.advance(15_000_000);

        assertTrue(isAnyWaiting());
        assertEquals(1, count(CloseReason.HANDSHAKE_TIMEOUT));
        assertNull(peers.get(0).read());
    }

    @Test
    void shouldNotTimeOutWhoWaitsForItsTurn() throws IOException, InterruptedException
    {
        // No task is done while time passes: a peer that was answered would not wait for the server any more.
        final CountDownLatch isTasksTurn = new CountDownLatch(1);
        final ExecutorService tasks = Executors.newSingleThreadExecutor();
        tasks.submit(() ->
        {
            isTasksTurn.await();
            return null;
        });
        peers.add(start(Insides.tlsTasks(tlsContext().tlsHandshakeLimit(1), tasks)));
        connect(9);
        server.advance(SECOND_NS - 5_000_000);
        final byte[] hello = clientHello();
        for (final TestPeer peer : peers)
        {
            peer.sendRaw(hello);
        }
        InvokedServer.letBytesArrive();
        server.advance(15_000_000);
        assertEquals(0, count(CloseReason.HANDSHAKE_TIMEOUT));

        isTasksTurn.countDown();
        server.awaitTrue(() -> !isAnyOurs());
        for (final TestPeer peer : peers)
        {
            assertTrue(peer.isOpenFor(1_000), "something is said to it");
        }
        server.advance(SECOND_NS);
        server.awaitTrue(() -> 10 == count(CloseReason.HANDSHAKE_TIMEOUT));
    }

    @Test
    void shouldAcceptSoManyPerDutyCycleHoweverOftenItIsReady() throws IOException, InterruptedException
    {
        peers.add(start(context().acceptLimit(2)));
        for (int i = 0; i < 9; i++)
        {
            peers.add(server.connect());
        }
        InvokedServer.letBytesArrive();
        for (int i = 0; i < 3; i++)
        {
            Insides.acceptReady(server.server);
        }
        assertEquals(2, Insides.slots(server.server));
        server.doWork();
        assertEquals(2, Insides.slots(server.server), "still the same cycle");
        server.doWork();
        assertEquals(4, Insides.slots(server.server));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n", "PROXY nonsense\r\n", "PROXY", ""})
    void shouldSayNothingPlainlyToAPeerThatIsToSpeakTls(final String header) throws IOException
    {
        final TestPeer peer = start(tlsContext().proxies(LOOPBACK).denied(CidrList.parse("192.0.2.0/24")));
        peers.add(peer);
        peer.sendRaw(header.getBytes(StandardCharsets.US_ASCII));
        server.awaitTrue(() -> 1 == Insides.slots(server.server));
        server.advance(SECOND_NS + SECOND_NS / 10);
        assertNull(peer.read(), "not a byte");
        assertEquals(0, Insides.slots(server.server));
    }

    @Test
    void shouldSayNothingPlainlyWhenItShutsDown() throws IOException
    {
        final TestPeer peer = start(tlsContext().proxies(LOOPBACK));
        peers.add(peer);
        peers.add(server.connect());
        server.awaitTrue(() -> 2 == Insides.slots(server.server));
        server.close();
        assertNull(peers.get(0).read());
        assertNull(peers.get(1).read());
    }

    @Test
    void shouldStillSayPlainlyWhyWhereThereIsNoTls() throws IOException
    {
        final TestPeer peer = start(context().handshakeTimeoutNs(SECOND_NS).proxies(LOOPBACK));
        peers.add(peer);
        server.awaitTrue(() -> 1 == Insides.slots(server.server));
        server.advance(SECOND_NS + SECOND_NS / 10);
        assertEquals(CloseReason.HANDSHAKE_TIMEOUT.code(), peer.read(Frame.BYE).byeReason());
    }
}
