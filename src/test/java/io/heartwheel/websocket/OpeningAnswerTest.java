package io.heartwheel.websocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The answers of a server, and what a client makes of them.
 */
class OpeningAnswerTest
{
    private static final byte[] NONCE = "the sample nonce".getBytes(StandardCharsets.US_ASCII);

    private final ClientOpening client =
        new ClientOpening("h:81", "/a?b", NONCE, List.of("one", "two"), Map.of("Authorization", "Bearer x"));

    /** Key and Sec-WebSocket-Accept are those of RFC 6455, section 1.3. */
    @Test
    void shouldAnswerAsTheRfcSays() throws OpeningException
    {
        final OpeningRequest request = request(client);

        assertEquals(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
            text(OpeningAnswer.accept(request, null)));
        assertTrue(text(OpeningAnswer.accept(request, "two")).contains("\r\nSec-WebSocket-Protocol: two\r\n"));
        assertThrows(IllegalArgumentException.class, () -> OpeningAnswer.accept(request, "three"));
    }

    @Test
    void shouldOpenBetweenOurOwnEnds() throws OpeningException
    {
        final OpeningRequest request = request(client);
        assertEquals("/a", request.path());
        assertEquals("b", request.query());
        assertEquals("h:81", request.host());
        assertNull(request.origin());
        assertEquals(List.of("one", "two"), request.subprotocols());
        assertEquals(List.of("Bearer x"), request.values("authorization"));

        assertEquals("two", client.check(head(text(OpeningAnswer.accept(request, "two")))));
        assertNull(client.check(head(text(OpeningAnswer.accept(request, null)))));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 408, 426, 503})
    void shouldTurnAwayInOneLineAndClose(final int status) throws OpeningException
    {
        final String answer = text(OpeningAnswer.refuse(status, "because of it"));

        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("\r\nConnection: close"), answer);
        assertTrue(answer.contains("\r\nContent-Length: 14\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\nbecause of it\n"), answer);
        assertEquals(426 == status, answer.contains("\r\nSec-WebSocket-Version: 13\r\n"));
        assertEquals(426 == status, answer.contains("\r\nUpgrade: websocket\r\n"));
        final OpeningException refused = assertThrows(OpeningException.class, () -> client.check(head(answer)));
        assertEquals(status, refused.status());
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 200, 302, 0})
    void shouldNotTurnAwayByAStatusThatDoesNot(final int status)
    {
        assertThrows(IllegalArgumentException.class, () -> OpeningAnswer.refuse(status, ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "101 | 200 | 200 | answer HTTP/1.1 200",
        "101 | 1o1 | 0 | without status",
        "101 Switching Protocols | | 0 | without status",
        "HTTP/1.1 | HTTP/1.0 | 0 | 101 by HTTP/1.0 101",
        "HTTP/1.1 | HTTP/2.0 | 0 | 0x32 at byte 5",
        "HTTP/1.1 | SSH-2.0- | 0 | 0x53 at byte 0",
        "Upgrade: websocket | Upgrade: h2c | 0 | without Upgrade",
        "Connection: Upgrade | Connection: close | 0 | without Upgrade",
        "s3pP | S3pP | 0 | of another key",
        "Sec-WebSocket-Accept | X-Accept | 0 | no Sec-WebSocket-Accept",
        "Connection: | Sec-WebSocket-Extensions: permessage-deflate;~Connection: | 0 | nobody asked for",
        "Connection: | Sec-WebSocket-Protocol: three~Connection: | 0 | Sec-WebSocket-Protocol three",
        "Connection: | Sec-WebSocket-Protocol: one~Sec-WebSocket-Protocol: two~Connection: | 0 | 2 times"})
    void shouldNotBelieveAWrongAnswer(
        final String right, final String wrong, final int status, final String what) throws OpeningException
    {
        final String answer = text(OpeningAnswer.accept(request(client), null))
            .replace(right, null == wrong ? "" : wrong.replace("~", "\r\n"));

        final OpeningException refused = assertThrows(OpeningException.class, () -> client.check(head(answer)));

        assertEquals(status, refused.status());
        assertTrue(refused.getMessage().contains(what), refused::getMessage);
    }

    @ParameterizedTest
    @CsvSource({
        "h/, /, a, A, v",
        "h, a, a, A, v",
        "h, /a b, a, A, v",
        "h, /#, a, A, v",
        "h, /, 'a,b', A, v",
        "h, /, a, 'A:', v",
        "h, /, a, A, \u00E9"})
    void shouldRefuseToMakeARequestThatIsNone(
        final String host, final String resource, final String subprotocol, final String name, final String value)
    {
        assertThrows(IllegalArgumentException.class,
            () -> new ClientOpening(host, resource, NONCE, List.of(subprotocol), Map.of(name, value)));
    }

    @Test
    void shouldNotLetAValueMakeALineOfItsOwn()
    {
        assertThrows(IllegalArgumentException.class,
            () -> new ClientOpening("h", "/", NONCE, List.of(), Map.of("A", "v\r\nX: y")));
    }

    @Test
    void shouldWantANonceOfItsLength()
    {
        assertThrows(IllegalArgumentException.class,
            () -> new ClientOpening("h", "/", new byte[15], List.of(), Map.of()));
    }

    private static OpeningRequest request(final ClientOpening client) throws OpeningException
    {
        final HttpHead head = HttpHead.ofRequest();
        assertTrue(head.read(ByteBuffer.wrap(client.request())));
        return OpeningRequest.of(head);
    }

    private static HttpHead head(final String answer) throws OpeningException
    {
        final HttpHead head = HttpHead.ofAnswer();
        final ByteBuffer in = ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII));
        assertTrue(head.read(in));
        assertFalse(null == head.firstLine());
        return head;
    }

    private static String text(final byte[] bytes)
    {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
