package io.heartwheel.examples;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.PeerLostEvent;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.DisposableServer;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The examples of {@code src/docs/netty.md} run, against real sockets: a peer that answers is kept, one that does not
 * is closed.
 */
@Timeout(60)
class NettyExamplesTest
{
    /** Asked after 200 ms, lost after 600 ms. */
    private static final Cadence CADENCE = new Cadence(MILLISECONDS.toNanos(200), MILLISECONDS.toNanos(200), 2);
    private static final long LONG_MS = 1_500;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void shutDown()
    {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static Socket connect(final InetSocketAddress address) throws Exception
    {
        return new Socket(address.getAddress(), address.getPort());
    }

    private static Socket connect(final Channel server) throws Exception
    {
        return connect((InetSocketAddress)server.localAddress());
    }

    /**
     * Answer each line by another, for as long as that.
     */
    private static void answerLines(final Socket socket, final long timeMs) throws Exception
    {
        final InputStream in = socket.getInputStream();
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < MILLISECONDS.toNanos(timeMs))
        {
            if (in.available() > 0 && '\n' == in.read())
            {
                socket.getOutputStream().write("PONG\n".getBytes(StandardCharsets.US_ASCII));
            }
            Thread.sleep(1);
        }
    }

    @Test
    void shouldServeLines() throws Exception
    {
        final BlockingQueue<PeerLostEvent> lost = new LinkedBlockingQueue<>();
        final Channel server = PlainServerExample.serve(group, CADENCE, lost::add);
        try (Socket living = connect(server); Socket silent = connect(server))
        {
            answerLines(living, LONG_MS);
            final String asked = new String(silent.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(asked.startsWith("PING\nPING\n"), asked);
            assertEquals(Reason.SILENT, lost.remove().reason());
            assertEquals(0, lost.size());
        }
    }

    @Test
    void shouldServeWebSocket() throws Exception
    {
        final Channel server = WebSocketServerExample.serve(group, CADENCE);
        final URI uri = URI.create("ws://127.0.0.1:" + ((InetSocketAddress)server.localAddress()).getPort() + "/");
        final WebSocket client = HttpClient.newHttpClient().newWebSocketBuilder()
            .buildAsync(uri, new WebSocket.Listener()
            {
            }).join();
        Thread.sleep(LONG_MS);
        assertTrue(!client.isInputClosed());
        client.abort();
    }

    /** Protocol 3.1.1, keep-alive of 1 s, client identifier "a". */
    private static final byte[] CONNECT =
        {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 1, 0, 1, 'a'};
    private static final byte[] PINGREQ = {(byte)0xC0, 0};

    @Test
    void shouldServeMqtt() throws Exception
    {
        final Channel server = MqttServerExample.serve(group);
        try (Socket living = connect(server); Socket silent = connect(server))
        {
            living.getOutputStream().write(CONNECT);
            silent.getOutputStream().write(CONNECT);
            final long startNs = System.nanoTime();
            for (int i = 0; i < 4; i++)
            {
                Thread.sleep(500);
                living.getOutputStream().write(PINGREQ);
            }
            // CONNACK, and then nothing: this protocol has no question.
            assertEquals(4, silent.getInputStream().readAllBytes().length);
            assertTrue(System.nanoTime() - startNs >= MILLISECONDS.toNanos(1_490));
            assertEquals(4 + 4 * 2, living.getInputStream().readNBytes(12).length);
        }
    }

    @Test
    void shouldServeByReactorNetty() throws Exception
    {
        final DisposableServer server = ReactorNettyExample.serve(CADENCE);
        try (Socket silent = connect((InetSocketAddress)server.address()))
        {
            final String asked = new String(silent.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(asked.startsWith("PING\nPING\n"), asked);
        }
        finally
        {
            server.disposeNow();
        }
    }

    @Test
    void shouldNoticeARedisServerThatIsGoneWithoutAWord() throws Exception
    {
        try (RespServer server = new RespServer())
        {
            final ClientResources resources = LettuceExample.resources(CADENCE);
            final RedisClient client =
                RedisClient.create(resources, RedisURI.create("127.0.0.1", server.address().getPort()));
            client.setOptions(ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build());
            try
            {
                final StatefulRedisConnection<String, String> connection = client.connect();
                assertEquals("PONG", connection.sync().ping());
                Thread.sleep(LONG_MS);
                // It was asked, and its answers were no answers to anything else.
                assertTrue(server.pings.get() > 3, () -> server.pings + " PINGs");
                assertEquals("PONG", connection.sync().ping());
                assertEquals(1, server.connections.get());

                server.isMute = true;
                assertNotNull(server.awaitEnd(), "its end was not noticed");
                server.isMute = false;
                assertEquals("PONG", connection.sync().ping());
                assertTrue(server.connections.get() > 1);
            }
            finally
            {
                client.shutdown(0, 1, TimeUnit.SECONDS);
                resources.shutdown(0, 1, TimeUnit.SECONDS);
            }
        }
    }
}
