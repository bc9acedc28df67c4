package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.tls.TlsSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Our client and our server, over TLS, each on a thread of its own.
 */
class HeartbeatClientTlsTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Cadence QUICK = new Cadence(300 * MS, 300 * MS, 2);

    private final RecordingListener serverListener = new RecordingListener();
    private final RecordingLinkListener listener = new RecordingLinkListener();
    private HeartbeatServer server;
    private HeartbeatClient client;

    @AfterEach
    void after()
    {
        if (null != client)
        {
            client.close();
        }
        if (null != server)
        {
            server.close();
        }
        assertEquals(listener.opened().size(), listener.closed().size());
    }

    private void startServer()
    {
        startServer(QUICK);
    }

    private void startServer(final Cadence cadence)
    {
        server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(cadence)
            .tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD))
            .listener(serverListener));
    }

    private void startClient()
    {
        startClient(QUICK);
    }

    private void startClient(final Cadence cadence)
    {
        client = HeartbeatClient.launch(new ClientContext()
            .cadence(cadence)
            .minReconnectNs(20 * MS)
            .maxReconnectNs(50 * MS)
            .connectTimeoutNs(400 * MS)
            .sslContext(TestKeyStores.clientContext("client"))
            .listener(listener));
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        for (int i = 0; i < 400 && !condition.getAsBoolean(); i++)
        {
            Thread.sleep(25);
        }
        assertTrue(condition.getAsBoolean());
    }

    /** One end asks: if both did, a question of one might always come before the other has to ask. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHoldALinkOverTlsAndFindItsServerByName(final boolean isServerAsking) throws InterruptedException
    {
        startServer(isServerAsking ? QUICK : Cadence.OFF);
        startClient(isServerAsking ? Cadence.OFF : QUICK);
        client.connect(InetSocketAddress.createUnresolved("localhost", server.localAddress().getPort()));
        await(() -> 1 == listener.opened().size());
        listener.opened().get(0).send(ByteBuffer.wrap("hi".getBytes(StandardCharsets.UTF_8)));
        await(() -> 1 == serverListener.messages().size());

        // Of two questions without an answer, the link would have ended before a third.
        final RecordingListener asking = isServerAsking ? serverListener : listener;
        await(() -> asking.probes() >= 3);
        assertEquals(0, (isServerAsking ? listener : serverListener).probes());
        assertEquals(List.of(), listener.closed());
        assertEquals(List.of("hi"), serverListener.messages());
        assertEquals("TLSv1.3", listener.opened().get(0).tlsSession().getProtocol());
    }

    @Test
    void shouldComeBackWhenItsServerSaysGoodbye() throws InterruptedException
    {
        startServer();
        startClient();
        client.connect(InetSocketAddress.createUnresolved("localhost", server.localAddress().getPort()));
        await(() -> 1 == serverListener.opened().size());
        serverListener.opened().get(0).close();
        await(() -> 2 == serverListener.opened().size() && 2 == listener.opened().size());
        assertEquals(List.of(CloseReason.PEER_LEFT), listener.reasons());
    }

    @Test
    void shouldNotTrustAServerOfAnotherName() throws InterruptedException
    {
        startServer();
        startClient();
        client.connect(new InetSocketAddress("127.0.0.2", serverPortOnAllAddresses()));
        await(() -> listener.reconnects().size() >= 2);
        assertEquals(List.of(), listener.opened());
        final String failure = listener.reconnects().get(0).failure();
        assertTrue(failure.contains("PROTOCOL_ERROR TLS: "), failure);
        assertTrue(failure.contains("127.0.0.2"), failure);
    }

    private int serverPortOnAllAddresses()
    {
        server.close();
        server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress("0.0.0.0", 0))
            .tls(new TlsSettings(TestKeyStores.keyStore("server"), TestKeyStores.PASSWORD))
            .listener(serverListener));
        return server.localAddress().getPort();
    }

    @Test
    void shouldTryAgainWhenAHandshakeIsNotAnsweredInTime() throws IOException, InterruptedException
    {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()))
        {
            startClient();
            client.connect(new InetSocketAddress("127.0.0.1", mute.getLocalPort()));
            await(() -> listener.reconnects().size() >= 2);
            final String failure = listener.reconnects().get(0).failure();
            assertTrue(failure.endsWith(": not connected within 400ms"), failure);
            client.close();
            assertEquals(0, Insides.slots(client));
        }
    }
}
