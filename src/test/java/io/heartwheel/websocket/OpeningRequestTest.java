package io.heartwheel.websocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OpeningRequestTest
{
    private static final String CHROME =
        "GET /live/feed?room=7&x=%20 HTTP/1.1\r\n" +
        "Host: example.com:8080\r\n" +
        "Connection: Upgrade\r\n" +
        "Pragma: no-cache\r\n" +
        "User-Agent: Mozilla/5.0\r\n" +
        "Upgrade: websocket\r\n" +
        "Origin: http://example.com:8080\r\n" +
        "Sec-WebSocket-Version: 13\r\n" +
        "Accept-Encoding: gzip, deflate\r\n" +
        "Cookie: a=1; session=\"x=y\" ;b=\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" +
        "Sec-WebSocket-Protocol: v2.bytes, v1.bytes\r\n" +
        "\r\n";

    @Test
    void shouldReadTheRequestOfABrowser() throws OpeningException
    {
        final OpeningRequest request = read(CHROME);

        assertEquals("/live/feed", request.path());
        assertEquals("room=7&x=%20", request.query());
        assertEquals("example.com:8080", request.host());
        assertEquals("http://example.com:8080", request.origin());
        assertEquals(List.of("v2.bytes", "v1.bytes"), request.subprotocols());
        assertEquals("v1.bytes", request.choose(List.of("v3.bytes", "v1.bytes", "v2.bytes")));
        assertNull(request.choose(List.of()));
        assertEquals(List.of("Mozilla/5.0"), request.values("user-agent"));
        assertEquals(List.of(), request.values("Authorization"));
        assertEquals("\"x=y\"", request.cookie("session"));
        assertEquals("1", request.cookie("a"));
        assertEquals("", request.cookie("b"));
        assertNull(request.cookie("c"));
    }

    /** The client of JDK 17 tells it. */
    @Test
    void shouldTakeABodyOfNothing() throws OpeningException
    {
        assertEquals("/live/feed", read(CHROME.replace("Pragma: no-cache", "Content-Length: 0")).path());
    }

    @Test
    void shouldReadARequestOfNoMoreThanIsNeeded() throws OpeningException
    {
        final OpeningRequest request = read("GET / HTTP/1.1\r\nHOST:h\r\nupgrade:h2c,WebSocket\r\n" +
            "connection: keep-alive\t,  Upgrade\r\nsec-websocket-version:\t13 \r\n" +
            "sec-websocket-key:dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        assertEquals("/", request.path());
        assertNull(request.query());
        assertNull(request.origin());
        assertNull(request.cookie("a"));
        assertEquals(List.of(), request.subprotocols());
    }

    /** RFC 9110, section 5.3: a list may take several lines. */
    @Test
    void shouldReadListsOfSeveralLines() throws OpeningException
    {
        final OpeningRequest request = read(CHROME
            .replace("Connection: Upgrade", "Connection: keep-alive\r\nConnection: ,,UPGRADE")
            .replace("v2.bytes, v1.bytes", "v2.bytes\r\nSec-WebSocket-Protocol: v1.bytes"));

        assertEquals(List.of("v2.bytes", "v1.bytes"), request.subprotocols());
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.com:8080/live?x, /live, x",
        "HTTPS://EXAMPLE.com:8080/, /, ",
        "http://example.com:8080, /, ",
        "http://example.com:8080?q, /, q",
        "/?, /, ''",
        "//other/a, //other/a, "})
    void shouldReadTargetsOfEitherForm(final String target, final String path, final String query)
        throws OpeningException
    {
        final OpeningRequest request = read(CHROME.replace("/live/feed?room=7&x=%20", target));

        assertEquals(path, request.path());
        assertEquals(query, request.query());
    }

    /** The table of what servers have got wrong: what is replaced in a right request, by what, and the answer. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', value = {
        "GET /live | POST /live | 400 | 0x50 at byte 0",
        "GET /live | get /live | 400 | 0x67 at byte 0",
        "GET /live | GET  /live | 400 | 0x20 at byte 4",
        "GET /live | GET * | 400 | 0x2a at byte 4",
        "GET /live | GET example.com | 400 | 0x65 at byte 4",
        "GET /live | GET http://other/live | 400 | for Host example.com:8080",
        "GET /live | GET hxxp://example.com:8080/ | 400 | target",
        "GET /live | GET /a#b | 400 | target",
        "GET /live | GET /a b | 400 | target",
        "GET /live | GET /\u00E9 | 400 | target",
        "GET /live | GET /\\t | 400 | 0x9 at byte 5",
        "GET /live | GET /\\0 | 400 | 0x0 at byte 5",
        "HTTP/1.1 | HTTP/1.0 | 400 | not of HTTP/1.1",
        "HTTP/1.1 | HTTP/2.0 | 400 | not of HTTP/1.1",
        "HTTP/1.1 | http/1.1 | 400 | not of HTTP/1.1",
        " HTTP/1.1 | | 400 | not of HTTP/1.1",
        "HTTP/1.1\\r\\n | HTTP/1.1\\n | 400 | 0xa at byte",
        "Pragma: no-cache\\r\\n | Pragma: no-cache\\n | 400 | 0xa at byte",
        "Pragma: no-cache\\r\\n | Pragma: no-cache\\r | 400 | 0x55 at byte",
        "Pragma: no-cache\\r\\n | Pragma: no-cache\\r\\r\\n | 400 | 0xd at byte",
        "no-cache | no-cache\\r\\n folded | 400 | folded line",
        "no-cache | no-cache\\r\\n\\tfolded | 400 | folded line",
        "no-cache | no\\0cache | 400 | 0x0 at byte",
        "no-cache | no\\ecache | 400 | 0x1b at byte",
        "no-cache | no\\dcache | 400 | 0x7f at byte",
        "Pragma: | Pragma : | 400 | no field: Pragma :",
        "Pragma: | : | 400 | no field",
        "Pragma: | Pragma | 400 | no field",
        "Pragma: | Pra(gma: | 400 | no field",
        "Host: example.com:8080\\r\\n | | 400 | without Host",
        "Host: example.com:8080 | Host: | 400 | Host",
        "Host: example.com:8080 | Host: a\\r\\nHost: a | 400 | 2 times Host",
        "Host: example.com:8080 | Host: a/b | 400 | Host a/b",
        "Host: example.com:8080 | Host: u@a | 400 | Host u@a",
        "Host: example.com:8080 | Host: a b | 400 | Host a b",
        "Host: example.com:8080 | Host: a:65536 | 400 | Host",
        "Host: example.com:8080 | Host: a:-1 | 400 | Host",
        "Host: example.com:8080 | Host: [::1 | 400 | Host",
        "Pragma: no-cache | Content-Length: 1 | 400 | with Content-Length",
        "Pragma: no-cache | Content-Length: 0\\r\\nContent-Length: 0 | 400 | with Content-Length",
        "Pragma: no-cache | Transfer-Encoding: chunked | 400 | with Transfer-Encoding",
        "Pragma: no-cache | transfer-encoding: identity | 400 | with Transfer-Encoding",
        "Upgrade: websocket\\r\\n | | 426 | only WebSocket",
        "Upgrade: websocket | Upgrade: h2c | 426 | only WebSocket",
        "Upgrade: websocket | Upgrade: websockets | 426 | only WebSocket",
        "Connection: Upgrade\\r\\n | | 400 | without Connection",
        "Connection: Upgrade | Connection: keep-alive | 400 | without Connection",
        "Sec-WebSocket-Version: 13\\r\\n | | 426 | without Sec-WebSocket-Version",
        "Sec-WebSocket-Version: 13 | Sec-WebSocket-Version: 8 | 426 | Version 8",
        "Sec-WebSocket-Version: 13 | Sec-WebSocket-Version: 13, 8 | 426 | 13, 8",
        "Sec-WebSocket-Version: 13 | Sec-WebSocket-Version: 013 | 426 | 013",
        "Version: 13 | Version: 13\\r\\nSec-WebSocket-Version: 13 | 400 | 2 times Sec-WebSocket-Version",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n | | 400 | without Sec-WebSocket-Key",
        "dGhlIHNhbXBsZSBub25jZQ== | dGhlIHNhbXBsZSBub25jZQ | 400 | Key",
        "dGhlIHNhbXBsZSBub25jZQ== | dGhlIHNhbXBsZSBub25jZQ=* | 400 | Key",
        "dGhlIHNhbXBsZSBub25jZQ== | dGhlIHNhbXBsZSBub25jZTEy | 400 | Key",
        "dGhlIHNhbXBsZSBub25jZQ== | | 400 | Key",
        "Pragma: no-cache | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | 400 | 2 times Sec-WebSocket-Key",
        "Pragma: no-cache | Origin: http://a | 400 | 2 times Origin",
        "v2.bytes, | v1.bytes, | 400 | Protocol twice",
        "v2.bytes, | v2 bytes, | 400 | Sec-WebSocket-Protocol v2 bytes"}, delimiter = '|')
    void shouldRefuseWhatAServerMustNotTake(
        final String right, final String wrong, final int status, final String what)
    {
        final String request = CHROME.replace(unescaped(right), unescaped(null == wrong ? "" : wrong));
        assertFalse(CHROME.equals(request));

        final OpeningException whole = assertThrows(OpeningException.class, () -> read(request));
        assertEquals(status, whole.status(), whole::getMessage);
        assertTrue(whole.getMessage().contains(what), whole::getMessage);
        assertTrue(whole.getMessage().chars().allMatch((each) -> each >= ' ' && each <= '~'), whole::getMessage);
        assertEquals(0, whole.getStackTrace().length);
        final OpeningException byBytes = assertThrows(OpeningException.class, () -> readInChunks(request, 1));
        assertEquals(whole.getMessage(), byBytes.getMessage());
    }

    @Test
    void shouldReadTheSameHoweverItIsSplit() throws OpeningException
    {
        for (int chunk = 1; chunk <= CHROME.length(); chunk++)
        {
            final OpeningRequest request = readInChunks(CHROME, chunk);
            assertEquals("/live/feed", request.path());
            assertEquals(List.of("v2.bytes", "v1.bytes"), request.subprotocols());
        }
        for (int cut = 0; cut <= CHROME.length(); cut++)
        {
            final HttpHead head = HttpHead.ofRequest();
            assertEquals(CHROME.length() == cut, head.read(bytes(CHROME.substring(0, cut))));
            assertTrue(CHROME.length() == cut || head.read(bytes(CHROME.substring(cut))));
            assertEquals("example.com:8080", OpeningRequest.of(head).host());
        }
    }

    @Test
    void shouldLeaveWhatFollowsTheHead() throws OpeningException
    {
        final ByteBuffer in = bytes(CHROME + "more");

        assertTrue(HttpHead.ofRequest().read(in));

        assertEquals(4, in.remaining());
    }

    @Test
    void shouldTakeAsManyBytesAndLinesAsAreAllowedAndNotOneMore() throws OpeningException
    {
        final String longest = CHROME.replace("no-cache", "x".repeat(HttpHead.MAX_LENGTH - CHROME.length() + 8));
        assertEquals(HttpHead.MAX_LENGTH, longest.length());
        assertEquals("/live/feed", read(longest).path());
        assertRefused("of more than 8192 bytes", longest.replace("Pragma", "Pragmat"));

        final int lines = CHROME.split("\r\n").length;
        final String most = CHROME.replace("Pragma", "A: b\r\n".repeat(HttpHead.MAX_LINES - lines) + "Pragma");
        assertEquals("/live/feed", read(most).path());
        assertRefused("of more than 64 lines", most.replace("Pragma", "A: b\r\nPragma"));
    }

    @Test
    void shouldKeepNoMoreThanAllowedOfAHeadThatDoesNotEnd()
    {
        final HttpHead head = HttpHead.ofRequest();
        final ByteBuffer in = bytes("GET /" + "a".repeat(100_000));

        assertThrows(OpeningException.class, () -> head.read(in));

        assertEquals(HttpHead.MAX_LENGTH, head.capacity());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0016\u0003\u0001", "PRI * HTTP/2.0", "\r\nGET / HTTP/1.1", "GEX"})
    void shouldRefuseWhatIsNoRequestByItsFirstBytes(final String text)
    {
        assertRefused("request with 0x", text);
    }

    private static void assertRefused(final String what, final String request)
    {
        final OpeningException refused = assertThrows(OpeningException.class, () -> read(request));
        assertEquals(400, refused.status());
        assertTrue(refused.getMessage().contains(what), refused::getMessage);
    }

    private static OpeningRequest read(final String request) throws OpeningException
    {
        return readInChunks(request, request.length());
    }

    private static OpeningRequest readInChunks(final String request, final int chunk) throws OpeningException
    {
        final HttpHead head = HttpHead.ofRequest();
        for (int from = 0; from < request.length(); from += chunk)
        {
            final int to = Math.min(request.length(), from + chunk);
            assertEquals(to == request.length(), head.read(bytes(request.substring(from, to))));
        }
        return OpeningRequest.of(head);
    }

    private static ByteBuffer bytes(final String text)
    {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String unescaped(final String text)
    {
        return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0")
            .replace("\\e", "\u001B").replace("\\d", "\u007F");
    }
}
