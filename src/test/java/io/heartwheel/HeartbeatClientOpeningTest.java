package io.heartwheel;

import io.heartwheel.support.InvokedClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How a client by WebSocket asks for its connection, and what it makes of the answer.
 */
class HeartbeatClientOpeningTest extends WebSocketClientRig
{
    private static final String GREETING = "gr\u00FC\u00DFe";

    @Test
    void shouldAskForWhatTheRequestSaysAndTellWhatTheServerChose() throws IOException
    {
        final WebSocketRequest request = new WebSocketRequest(uri("/devices%20a?id=7"))
            .subprotocols("chat.v2", "chat").origin("https://app.example").header("X-Tenant", "7")
            .basic("u", "p\u00E9");
        try (WebSocketServerEnd end = connect(context(), request))
        {
            final String answer = end.answer("Sec-WebSocket-Protocol: chat");
            assertEquals("127.0.0.1:" + serverSocket.getLocalPort(), end.field("Host"));
            assertEquals("websocket", end.field("Upgrade"));
            assertEquals("Upgrade", end.field("Connection"));
            assertEquals("13", end.field("Sec-WebSocket-Version"));
            assertEquals("chat.v2, chat", end.field("Sec-WebSocket-Protocol"));
            assertNull(end.field("Sec-WebSocket-Extensions"));
            assertEquals("https://app.example", end.field("Origin"));
            assertEquals("7", end.field("X-Tenant"));
            assertEquals("Basic dTpww6k=", end.field("Authorization"));
            end.raw(answer);
            client.awaitTrue(() -> 1 == listener.opened().size());
        }
        assertEquals("websocket", connection().protocol());
        assertEquals("chat", connection().link().subprotocol());
        assertTrue(connection().link().toString().endsWith("/devices%20a"), connection().link()::toString);
    }

    @Test
    void shouldBeginEachConnectionWithOtherRandomBytesAndAskForItsAuthorizationAnew() throws IOException
    {
        final int[] tokens = {0};
        final WebSocketRequest request =
            new WebSocketRequest(uri("/")).authorization(() -> "Bearer " + ++tokens[0]);
        final String key;
        try (WebSocketServerEnd end = connect(context(), request))
        {
            end.readRequest();
            key = end.field("Sec-WebSocket-Key");
            assertEquals("Bearer 1", end.field("Authorization"));
        }
        client.awaitTrue(() -> 1 == listener.reconnects().size());
        client.advance(SECOND_NS);
        try (WebSocketServerEnd end = accept())
        {
            end.readRequest();
            assertNotEquals(key, end.field("Sec-WebSocket-Key"));
            assertEquals("Bearer 2", end.field("Authorization"));
        }
    }

    @Test
    void shouldHearTheAnswerAndTheFirstFramesWhereverTheyAreSplit() throws IOException
    {
        client = new InvokedClient(context());
        int splits = 1;
        for (int at = 1; at <= splits; at++)
        {
            final Link link = client.client.connect(uri("/"));
            // A deadline that is now is due with the next tick.
            client.advance(SECOND_NS / 100);
            try (WebSocketServerEnd end = accept())
            {
                final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.write(end.answer().getBytes(StandardCharsets.US_ASCII));
                bytes.write(WebSocketServerEnd.frame(WebSocketPeer.TEXT, GREETING.getBytes(StandardCharsets.UTF_8)));
                bytes.write(WebSocketServerEnd.frame(WebSocketPeer.PING, (byte)7));
                final byte[] all = bytes.toByteArray();
                splits = all.length - 1;
                final long reads = client.reads();
                end.raw(Arrays.copyOfRange(all, 0, at));
                client.awaitRead(reads);
                final long readsOfFirst = client.reads();
                end.raw(Arrays.copyOfRange(all, at, all.length));
                client.awaitRead(readsOfFirst);
                assertArrayEquals(new byte[]{7}, end.read().payload());
                assertEquals(at, texts.size());
                assertEquals(GREETING, texts.get(at - 1));
            }
            link.close();
            final int closed = at;
            client.awaitTrue(() -> closed == listener.closed().size());
        }
        assertTrue(splits > 130, () -> "hardly any split");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP/1.1 403 Forbidden~Content-Type: text/plain~Content-Length: 7~~not you | REFUSED server: " +
            "answer HTTP/1.1 403 Forbidden: not you",
        "HTTP/1.1 401 Unauthorized~WWW-Authenticate: Basic realm=x~~ | REFUSED server: " +
            "answer HTTP/1.1 401 Unauthorized, WWW-Authenticate Basic realm=x",
        "HTTP/1.1 503 Service Unavailable~Retry-After: 120~~ | REFUSED server: " +
            "answer HTTP/1.1 503 Service Unavailable, Retry-After 120",
        "HTTP/1.1 302 Found~Location: https://b.example/~~ | REFUSED server: " +
            "answer HTTP/1.1 302 Found, Location https://b.example/",
        "HTTP/1.0 404 Not Found~~ | REFUSED server: answer HTTP/1.0 404 Not Found",
        "HTTP/1.1 200 OK~~ | REFUSED server: answer HTTP/1.1 200 OK",
        "SSH-2.0-OpenSSH_9.2~ | PROTOCOL_ERROR server: answer with 0x53 at byte 0",
        "HTTP/1.1 101 Switching Protocols~Upgrade: websocket~Connection: Upgrade~~ | PROTOCOL_ERROR server: " +
            "answer 101 with no Sec-WebSocket-Accept",
        "HTTP/1.1 101 Switching Protocols~Upgrade: websocket~Connection: Upgrade~Sec-WebSocket-Accept: " +
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=~~ | which is that of another key",
        "ANSWER Sec-WebSocket-Extensions: permessage-deflate~~ | nobody asked for",
        "ANSWER Sec-WebSocket-Protocol: chat~~ | Sec-WebSocket-Protocol chat, expected one of []",
        "OLD~~ | answer 101 by HTTP/1.0 101"})
    void shouldTellWhyTheServerDoesNotLetItInAndComeBack(final String answer, final String failure) throws IOException
    {
        final String lines = answer.replace("~", "\r\n");
        try (WebSocketServerEnd end = connect(context(), new WebSocketRequest(uri("/"))))
        {
            final String right = end.answer();
            final String begin = right.substring(0, right.length() - 2);
            end.raw(lines.startsWith("ANSWER ") ? begin + lines.substring(7) : lines.startsWith("OLD") ?
                right.replace("HTTP/1.1", "HTTP/1.0") : lines);
            client.awaitTrue(() -> 1 == listener.reconnects().size());
            assertNull(end.read());
        }
        final String told = listener.reconnects().get(0).failure();
        assertTrue(told.endsWith(failure) || told.contains(failure), told);
        assertEquals(List.of(), listener.opened());
        client.advance(SECOND_NS);
        try (WebSocketServerEnd end = accept())
        {
            end.raw(end.answer());
            client.awaitTrue(() -> 1 == listener.opened().size());
            assertEquals("", connection().link().failure());
        }
    }

    @Test
    void shouldNotKeepAnAnswerThatNeverEnds() throws IOException
    {
        try (WebSocketServerEnd end = connect(context(), new WebSocketRequest(uri("/"))))
        {
            end.readRequest();
            end.raw("HTTP/1.1 101 Switching Protocols\r\nX: " + "x".repeat(9_000));
            client.awaitTrue(() -> 1 == listener.reconnects().size());
        }
        final String told = listener.reconnects().get(0).failure();
        assertTrue(told.endsWith(": PROTOCOL_ERROR server: answer of more than 8192 bytes"), told);
    }

    @Test
    void shouldTryAgainWhenItIsNotAnsweredInTime() throws IOException
    {
        try (WebSocketServerEnd end = connect(
            context().connectTimeoutNs(2 * SECOND_NS), new WebSocketRequest(uri("/"))))
        {
            end.readRequest();
            end.raw("HTTP/1.1 101 Swit");
            client.advance(2 * SECOND_NS - SECOND_NS / 100);
            assertEquals(List.of(), listener.reconnects());
            client.advance(SECOND_NS / 50);
            final String told = listener.reconnects().get(0).failure();
            assertTrue(told.endsWith(": no answer of the server within 2s"), told);
            assertNull(end.read());
        }
    }
}
