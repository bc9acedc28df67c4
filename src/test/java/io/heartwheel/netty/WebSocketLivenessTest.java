package io.heartwheel.netty;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.netty.NettyServerRig.Pair;
import io.heartwheel.netty.PeerLostEvent.Reason;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A WebSocket server of Netty that asks its clients by PING frames.
 */
@Timeout(60)
class WebSocketLivenessTest
{
    private static final long IDLE_MS = 200;
    private static final Cadence ASKING =
        new Cadence(MILLISECONDS.toNanos(IDLE_MS), MILLISECONDS.toNanos(IDLE_MS), 3);
    private static final int PING_HEADER = 0x89;
    private static final int CLOSE_HEADER = 0x88;
    private static final String HANDSHAKE = """
        GET /chat HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r
        """;

    private final Liveness liveness = new Liveness(new LivenessContext()
        .cadence(ASKING).probe(WebSocketLiveness.PING).startTimeoutNs(MILLISECONDS.toNanos(5 * IDLE_MS)));
    private final WebSocketLiveness webSocketLiveness = new WebSocketLiveness(liveness);

    private NettyServerRig serve() throws InterruptedException
    {
        return new NettyServerRig(Transport.NIO, (channel) -> channel.pipeline()
            .addFirst(liveness.newHandler())
            .addLast(new HttpServerCodec(), new HttpObjectAggregator(8 * 1024),
                new WebSocketServerProtocolHandler("/chat"), webSocketLiveness));
    }

    private static void shakeHands(final Pair pair) throws Exception
    {
        pair.socket().getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
        final InputStream in = pair.socket().getInputStream();
        final StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n"))
        {
            head.append((char)in.read());
        }
        assertTrue(head.toString().startsWith("HTTP/1.1 101"), head::toString);
    }

    @Test
    void shouldKeepClientThatOnlyAnswersPings() throws Exception
    {
        try (NettyServerRig server = serve())
        {
            final AtomicInteger pings = new AtomicInteger();
            final WebSocket client = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(
                URI.create("ws://127.0.0.1:" + server.address().getPort() + "/chat"), new WebSocket.Listener()
                {
                    @Override
                    public CompletionStage<?> onPing(final WebSocket webSocket, final ByteBuffer message)
                    {
                        pings.incrementAndGet();
                        return WebSocket.Listener.super.onPing(webSocket, message);
                    }
                }).join();
            Thread.sleep(ASKING.detectionNs() / 1_000_000 * 3);
            assertEquals(1, liveness.metrics().watchedCount());
            assertTrue(pings.get() > 3, () -> pings + " pings");
            assertEquals(0, server.lost().size());
            client.abort();
            NettyServerRig.await(() -> 0 == liveness.metrics().watchedCount());
        }
    }

    @Test
    void shouldLoseClientThatAnswersNoPing() throws Exception
    {
        try (NettyServerRig server = serve())
        {
            final Pair pair = server.connect();
            shakeHands(pair);
            final byte[] pings = pair.socket().getInputStream().readAllBytes();
            for (int i = 0; i < pings.length; i += 2)
            {
                assertEquals(PING_HEADER, pings[i] & 0xFF);
                assertEquals(0, pings[i + 1]);
            }
            assertTrue(pings.length >= 2 * ASKING.count());
            assertEquals(Reason.SILENT, server.lost().get(0).reason());
        }
    }

    @Test
    void shouldLoseClientThatDoesNotFinishItsHandshake() throws Exception
    {
        try (NettyServerRig server = serve())
        {
            final Pair pair = server.connect();
            for (int i = 0; i < 4; i++)
            {
                pair.socket().getOutputStream().write(HANDSHAKE.charAt(i));
                Thread.sleep(IDLE_MS);
            }
            assertEquals(0, pair.socket().getInputStream().readAllBytes().length, "it was asked");
            assertEquals(Reason.START_TIMEOUT, server.lost().get(0).reason());
        }
    }

    @Test
    void shouldAskNoMoreOnceItHasSaidClose() throws Exception
    {
        try (NettyServerRig server = serve())
        {
            final Pair pair = server.connect();
            shakeHands(pair);
            // From the tail of the pipeline, as the application does.
            pair.channel().writeAndFlush(new CloseWebSocketFrame(1000, "")).sync();
            final byte[] rest = pair.socket().getInputStream().readAllBytes();
            assertEquals(4, rest.length);
            assertEquals(CLOSE_HEADER, rest[0] & 0xFF);
            assertEquals(Reason.SILENT, server.lost().get(0).reason());
        }
    }

    @Test
    void shouldDemandAStartTimeout()
    {
        final Liveness without = new Liveness(new LivenessContext().probe(WebSocketLiveness.PING));
        assertThrows(IllegalArgumentException.class, () -> new WebSocketLiveness(without));
    }
}
