package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.HttpProxy;
import io.heartwheel.support.RecordingLinkListener;
import io.heartwheel.support.RecordingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Behind a real nginx and a real HAProxy, which speak HTTP and cut connections that are quiet for a second.
 */
@Tag("tools")
class WebSocketProxyTest
{
    private static final int TRIES = 400;
    private static final int TRY_MS = 25;

    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public void onText(final Connection connection, final ByteBuffer utf8)
        {
            connection.sendText(utf8);
        }
    };
    private HeartbeatServer server;
    private HttpProxy proxy;

    @AfterEach
    void after()
    {
        if (null != proxy)
        {
            proxy.close();
        }
        if (null != server)
        {
            server.close();
        }
    }

    private void start(final String name, final long maxQuietMs, final Path folder)
        throws IOException, InterruptedException
    {
        final ServerContext ctx = new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .denied(CidrList.parse("127.0.0.66"))
            .listener(listener);
        ctx.webSocket().shared(true).maxQuietNs(TimeUnit.MILLISECONDS.toNanos(maxQuietMs))
            .forwarders(CidrList.parse("127.0.0.1"));
        server = HeartbeatServer.launch(ctx);
        proxy = new HttpProxy(name, folder, server.localAddress().getPort(), 1);
    }

    private WebSocketPeer open(final String from) throws IOException
    {
        final WebSocketPeer peer = new WebSocketPeer(proxy.address(), from).raw(WebSocketPeer.request("/"));
        final String head = peer.readHead();
        assertTrue(head.startsWith("HTTP/1.1 101 "), head);
        return peer;
    }

    @ParameterizedTest
    @CsvSource({"nginx, 0", "nginx, 100", "haproxy, 0", "haproxy, 100"})
    void shouldKeepAConnectionThatIsQuietInEitherDirection(
        final String name, final long speakMs, @TempDir final Path folder) throws IOException, InterruptedException
    {
        start(name, 700, folder);
        try (WebSocketPeer peer = open("127.0.0.1"))
        {
            assertTrue(peer.staysFor(3_000, speakMs));
            assertEquals("still", peer.sendText("still").read().text());
            assertEquals(List.of(), listener.closed());
        }
    }

    /** Else the test above proves nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldBeCutByTheProxyWhereNothingIsSent(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 0, folder);
        try (WebSocketPeer peer = open("127.0.0.1"))
        {
            assertFalse(peer.staysFor(3_000, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldSeeTheClientBehindTheProxyAndRefuseByIt(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 700, folder);
        try (WebSocketPeer peer = open("127.0.0.5");
            WebSocketPeer denied = new WebSocketPeer(proxy.address(), "127.0.0.66"))
        {
            assertEquals("a", peer.sendText("a").read().text());
            assertEquals("127.0.0.5", listener.opened().get(0).remoteAddress().getAddress().getHostAddress());
            final String answer = denied.raw(WebSocketPeer.request("/")).readHead();
            assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldPassOnTheCodeOfAClose(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 700, folder);
        try (WebSocketPeer peer = open("127.0.0.1"))
        {
            assertEquals("a", peer.sendText("a").read().text());
            server.close();
            WebSocketPeer.Received received = peer.read();
            while (WebSocketPeer.PING == received.first())
            {
                received = peer.read();
            }
            assertEquals(1001, received.code());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void shouldCarryAClientOfOursThatKeepsTheConnectionByItself(final String name, @TempDir final Path folder)
        throws IOException, InterruptedException
    {
        start(name, 0, folder);
        final RecordingLinkListener clientListener = new RecordingLinkListener();
        try (HeartbeatClient client = HeartbeatClient.launch(new ClientContext().listener(clientListener)
            .cadence(Cadence.OFF).maxWebSocketQuietNs(TimeUnit.MILLISECONDS.toNanos(600))))
        {
            client.connect(URI.create("ws://127.0.0.1:" + proxy.address().getPort() + "/a"));
            await(() -> 1 == clientListener.opened().size());
            Thread.sleep(3_000);
            assertEquals(List.of(), clientListener.closed());
            clientListener.opened().get(0).sendText(ByteBuffer.wrap(new byte[]{'o', 'k'}));
            await(() -> 1 == clientListener.messages().size());
            server.close();
            await(() -> 1 == clientListener.closed().size());
            assertEquals("1001 SHUTDOWN", clientListener.closed().get(0).detail());
        }
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        for (int tries = 0; tries < TRIES && !condition.getAsBoolean(); tries++)
        {
            Thread.sleep(TRY_MS);
        }
        assertTrue(condition.getAsBoolean());
    }
}
