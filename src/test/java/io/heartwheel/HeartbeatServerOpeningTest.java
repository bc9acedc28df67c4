package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.websocket.OpeningRequest;
import io.heartwheel.websocket.OriginRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Who may open a WebSocket, and what others are told.
 */
class HeartbeatServerOpeningTest extends WebSocketRig
{
    private static final long TICK_NS = 1_000_000;

    private AdmissionRequest asked;
    private OpeningRequest opening;

    /** Each case takes the right request and changes it: the first text is replaced by the second. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET /|POST /|400|'request with 0x50 at byte 0, expected it to begin with \"GET /\"'",
        "GET /|get /|400|'request with 0x67 at byte 0, expected it to begin with \"GET /\"'",
        "HTTP/1.1|HTTP/1.0|400|request that is not of HTTP/1.1: GET / HTTP/1.0",
        "Host: 127.0.0.1:7400~||400|request without Host",
        "Host:|Host: a~Host:|400|request with 2 times Host",
        "Upgrade: websocket~||426|only WebSocket is spoken here",
        "keep-alive, Upgrade|keep-alive|400|'request with Upgrade, but without Connection: Upgrade'",
        "Version: 13|Version: 8|426|'request with Sec-WebSocket-Version 8, expected 13'",
        "Sec-WebSocket-Version: 13~||426|request without Sec-WebSocket-Version",
        "dGhlIHNhbXBsZSBub25jZQ==|short|400|'request with Sec-WebSocket-Key short, expected 16 bytes in base64'",
        "Host:|Content-Length: 5~Host:|400|request with Content-Length",
        "Host:|Transfer-Encoding: chunked~Host:|400|request with Transfer-Encoding",
        "Host:|Origin: https://evil.example~Host:|403|'request with Origin https://evil.example, which is not allowed'",
        "Host:|Origin: null~Host:|403|'request with Origin null, which is not allowed'",
        "Host:|' Host:'|400|request with a folded line at byte 16",
        "Host:|Ho st:|400|'request with a line that is no field: Ho st: 127.0.0.1:7400'"})
    void shouldAnswerWhatIsWrongAndEnd(final String from, final String to, final int status, final String text)
        throws IOException
    {
        final String request = WebSocketPeer.request("/")
            .replace(from.replace("~", "\r\n"), null == to ? "" : to.replace("~", "\r\n"));
        try (WebSocketPeer peer = connectTo(webSocketContext()).raw(request))
        {
            assertRefused(
                peer, status, 403 == status ? CloseReason.REFUSED : CloseReason.PROTOCOL_ERROR, text);
        }
    }

    @Test
    void shouldTellWhichVersionWouldDo() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext())
            .raw(WebSocketPeer.request("/").replace("Version: 13", "Version: 8")))
        {
            assertTrue(readAnswer(peer).contains("\r\nSec-WebSocket-Version: 13\r\n"));
        }
    }

    @Test
    void shouldEndAPeerThatSendsItsRequestTooSlowly() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext().handshakeTimeoutNs(10 * SECOND_NS)))
        {
            peer.raw("GET / HTTP/1.1\r\n");
            server.awaitRead(0);
            for (int i = 0; i < 9; i++)
            {
                final long reads = server.reads();
                peer.raw("X-" + i + ": y\r\n");
                server.awaitRead(reads);
                server.advance(SECOND_NS);
            }
            assertEquals(List.of(), server.server.refusals());
            server.advance(SECOND_NS + 10 * TICK_NS);
            assertRefused(peer, 408, CloseReason.HANDSHAKE_TIMEOUT, "request not complete");
        }
    }

    @Test
    void shouldEndAPeerThatSaysNothing() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext().handshakeTimeoutNs(10 * SECOND_NS)))
        {
            server.awaitTrue(() -> 1 == io.heartwheel.reactor.Insides.slots(server.server));
            server.advance(10 * SECOND_NS + 10 * TICK_NS);
            assertRefused(peer, 408, CloseReason.HANDSHAKE_TIMEOUT, "nothing said that lets it in");
        }
    }

    @Test
    void shouldNotKeepMoreThanAHeadMayHave() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext()).raw("GET /" + "x".repeat(8200)))
        {
            assertRefused(peer, 400, CloseReason.PROTOCOL_ERROR, "request of more than 8192 bytes");
        }
    }

    @Test
    void shouldLetInPagesOfTheSameHostAndOfTheList() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().origins(OriginRule.of("same-host,https://app.example", false));
        try (WebSocketPeer peer = openOf(ctx, "Origin: http://127.0.0.1:7400");
            WebSocketPeer listed = opened(connect().raw(
                WebSocketPeer.request("/", "Origin: https://app.example")));
            WebSocketPeer absent = connect().raw(WebSocketPeer.request("/")))
        {
            assertTrue(readAnswer(absent).startsWith("HTTP/1.1 403 "));
            assertEquals(2, listener.opened().size());
            assertEquals("a", read(peer.sendText("a")).text());
            assertEquals("b", read(listed.sendText("b")).text());
        }
    }

    @Test
    void shouldChooseTheBestLikedSubprotocolThatBothSpeak() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().subprotocols("v2", "v1").openingCheck((request, opening) ->
        {
            asked = request;
            request.admit();
        });
        try (WebSocketPeer peer = connectTo(ctx).raw(
            WebSocketPeer.request("/", "Sec-WebSocket-Protocol: v0, v1", "Sec-WebSocket-Protocol: v2")))
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertTrue(peer.readHead().contains("\r\nSec-WebSocket-Protocol: v2\r\n"));
            assertEquals("v2", asked.subprotocol());
        }
    }

    @Test
    void shouldAskTheApplicationByAllThatWasSent() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().openingCheck((request, opening) ->
        {
            this.opening = opening;
            asked = request;
            request.admit("who it is");
        });
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request(
            "/chat?room=1", "Cookie: a=b; session=secret", "Authorization: Bearer token")))
        {
            opened(peer);
            assertEquals("/chat", opening.path());
            assertEquals("room=1", opening.query());
            assertEquals("secret", opening.cookie("session"));
            assertEquals(List.of("Bearer token"), opening.values("authorization"));
            assertEquals("websocket", asked.protocol());
            assertNull(asked.subprotocol());
            assertEquals("who it is", listener.opened().get(0).attachment());
        }
    }

    @Test
    void shouldRefuseByTheRequest() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().openingCheck((request, opening) -> request.refuse("no r\u00F6\u00F6m"));
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request("/")))
        {
            final String answer = readAnswer(peer);
            assertTrue(answer.startsWith("HTTP/1.1 403 Forbidden\r\n"), answer);
            assertTrue(answer.endsWith("\r\nContent-Length: 8\r\n\r\nno r??m\n"), answer);
        }
    }

    @Test
    void shouldHoldWhatFollowsTheRequestUntilItIsAnswered() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().openingCheck((request, opening) -> asked = request);
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request("/") + new String(
            WebSocketPeer.frame(WebSocketPeer.TEXT, (byte)'a'), StandardCharsets.ISO_8859_1)))
        {
            server.awaitTrue(() -> null != asked);
            peer.sendText("b");
            server.advance(SECOND_NS);
            assertEquals(List.of(), listener.opened());
            asked.admit();
            opened(peer);
            assertEquals("a", read(peer).text());
            assertEquals("b", read(peer).text());
        }
    }

    @Test
    void shouldEndAPeerWhoseRequestIsNotAnsweredInTime() throws IOException
    {
        final ServerContext ctx = webSocketContext().handshakeTimeoutNs(10 * SECOND_NS);
        ctx.webSocket().openingCheck((request, opening) -> asked = request);
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request("/")))
        {
            server.awaitTrue(() -> null != asked);
            server.advance(10 * SECOND_NS + 10 * TICK_NS);
            assertRefused(peer, 408, CloseReason.HANDSHAKE_TIMEOUT, "its credential was not answered");
            asked.admit();
            server.advance(SECOND_NS);
            assertEquals(List.of(), listener.opened());
        }
    }

    @Test
    void shouldLetInByTheFirstMessage() throws IOException
    {
        final ServerContext ctx = webSocketContext().credentialCheck((request, credential) ->
        {
            assertEquals("/login", request.opening().path());
            if ("secret".equals(StandardCharsets.UTF_8.decode(credential).toString()))
            {
                request.admit("known");
            }
            else
            {
                request.refuse("unknown");
            }
        });
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request("/login"));
            WebSocketPeer other = connect().raw(WebSocketPeer.request("/login")))
        {
            server.awaitTrue(() -> 2 == server.server.metrics().count(io.heartwheel.metrics.Counter.FRAMES_OUT));
            assertTrue(peer.readHead().startsWith("HTTP/1.1 101 "));
            assertTrue(other.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals(List.of(), listener.opened());
            peer.sendText("secret").sendText("hello");
            assertEquals("hello", read(peer).text());
            assertEquals("known", listener.opened().get(0).attachment());
            other.sendText("wrong");
            final WebSocketPeer.Received close = read(other);
            assertEquals(1008, close.code());
            assertEquals("unknown", close.closeText());
            assertNull(other.read());
        }
    }

    @Test
    void shouldAskByTheRequestFirstAndThenByTheFirstMessage() throws IOException
    {
        final ServerContext ctx = webSocketContext().credentialCheck((request, credential) -> request.admit());
        ctx.webSocket().openingCheck((request, opening) -> asked = request);
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request("/")))
        {
            server.awaitTrue(() -> null != asked);
            asked.admit("by the request");
            server.doWork();
            assertTrue(peer.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals(List.of(), listener.opened());
            peer.sendText("first").sendText("second");
            assertEquals("second", read(peer).text());
            assertEquals("by the request", listener.opened().get(0).attachment());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "198.51.100.7|198.51.100.7", "203.0.113.9, 198.51.100.7|198.51.100.7",
        "198.51.100.7, 127.0.0.1|198.51.100.7", "2001:db8::7|2001:db8:0:0:0:0:0:7", "unknown|127.0.0.1"})
    void shouldBelieveATrustedProxyOfItsClient(final String field, final String client) throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().forwarders(CidrList.parse("127.0.0.1"));
        try (WebSocketPeer peer = openOf(ctx, "X-Forwarded-For: " + field))
        {
            assertEquals(client, listener.opened().get(0).remoteAddress().getAddress().getHostAddress());
            assertEquals("a", read(peer.sendText("a")).text());
        }
    }

    @Test
    void shouldNotBelieveOthersOfTheirClient() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext(), "X-Forwarded-For: 198.51.100.7"))
        {
            assertEquals("127.0.0.1", listener.opened().get(0).remoteAddress().getAddress().getHostAddress());
            assertEquals("a", read(peer.sendText("a")).text());
        }
    }

    @Test
    void shouldJudgeTheClientBehindATrustedProxy() throws IOException
    {
        final ServerContext ctx = webSocketContext().denied(CidrList.parse("198.51.100.0/24"));
        ctx.webSocket().forwarders(CidrList.parse("127.0.0.1"));
        try (WebSocketPeer peer = connectTo(ctx).raw(WebSocketPeer.request("/", "X-Forwarded-For: 198.51.100.7")))
        {
            assertRefused(peer, 403, CloseReason.REFUSED, "address denied");
        }
    }

    @Test
    void shouldAnswer503WhereThereIsNoRoom() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext().maxConnections(1)); WebSocketPeer other = connect())
        {
            final String answer = readAnswer(other);
            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            assertTrue(answer.endsWith("there are 1 connections already\n"), answer);
            assertEquals("a", read(peer.sendText("a")).text());
        }
    }

    @Test
    void shouldNotTakeTheSecondRequestOfAConnection() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext()).raw(
            WebSocketPeer.request("/").replace("Upgrade: websocket\r\n", "") + WebSocketPeer.request("/")))
        {
            assertRefused(peer, 426, CloseReason.PROTOCOL_ERROR, "only WebSocket is spoken here");
        }
    }

    @Test
    void shouldMeasureWhatIsHeldOfARequest() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext()))
        {
            peer.raw("GET / HTTP/1.1\r\nHost: x");
            server.awaitRead(0);
            assertTrue(server.server.metrics().count(io.heartwheel.metrics.Counter.HELD_BYTES) >= 512);
        }
    }
}
