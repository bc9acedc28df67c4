package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.reactor.Insides;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A connection by WebSocket is watched, served and ended like any other.
 */
class HeartbeatServerWebSocketTest extends WebSocketRig
{
    private static final long TICK_NS = 1_000_000;

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldSendBackWhatCameInItsKind() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            assertEquals("websocket", listener.opened().get(0).protocol());
            peer.sendText("h\u00E4llo").send(WebSocketPeer.BINARY, (byte)1, (byte)2);
            final WebSocketPeer.Received text = read(peer);
            assertEquals(WebSocketPeer.TEXT, text.first());
            assertEquals("h\u00E4llo", text.text());
            final WebSocketPeer.Received binary = read(peer);
            assertEquals(WebSocketPeer.BINARY, binary.first());
            assertArrayEquals(new byte[]{1, 2}, binary.payload());
            assertEquals(List.of("h\u00E4llo"), texts);
            assertEquals(0, listener.opened().get(0).unsentBytes());
            peer.send(WebSocketPeer.BINARY, new byte[16 * 1024]);
            assertEquals(16 * 1024, read(peer).payload().length);
            assertEquals(0, listener.opened().get(0).unsentBytes());
        }
    }

    @Test
    void shouldRefuseToSendTextThatIsNoUtf8() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            final Connection connection = listener.opened().get(0);
            assertThrows(IllegalArgumentException.class,
                () -> connection.sendText(ByteBuffer.wrap(new byte[]{(byte)0xC3})));
            assertEquals(SendResult.ACCEPTED, connection.sendText(ByteBuffer.wrap(bytes("x"))));
            assertEquals("x", read(peer).text());
        }
    }

    @Test
    void shouldTakeBytesAloneIfTextIsNotTaken() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().textTaken(false);
        try (WebSocketPeer peer = openOf(ctx))
        {
            peer.send(WebSocketPeer.BINARY, (byte)1);
            assertArrayEquals(new byte[]{1}, read(peer).payload());
            peer.sendText("x");
            assertClosed(peer, 1003, "text, which is not taken here", CloseReason.PROTOCOL_ERROR);
            assertEquals(List.of(), texts);
        }
    }

    @Test
    void shouldTellAnOwnPeerFromAWebSocketOnOnePort() throws IOException
    {
        final ServerContext ctx = webSocketContext();
        ctx.webSocket().bindAddress(null).shared(true);
        server = new io.heartwheel.support.InvokedServer(ctx);
        try (TestPeer own = server.connect(); TestPeer mute = server.connect();
            WebSocketPeer peer = new WebSocketPeer(server.server.localAddress()))
        {
            own.send(Frame.PING, 7);
            server.awaitTrue(() -> 1 == listener.opened().size());
            assertEquals(Frame.HELLO, own.read().type());
            assertEquals(7, own.read().token());
            for (final char each : "GET".toCharArray())
            {
                peer.raw((byte)each);
                server.awaitTrue(() -> 3 == Insides.slots(server.server));
                server.doWork();
            }
            opened(peer.raw(WebSocketPeer.request("/").substring(3)));
            assertEquals("websocket", listener.opened().get(1).protocol());
            server.advance(SECOND_NS + 5 * TICK_NS);
            assertEquals(Frame.HELLO, mute.read().type());
            assertEquals(3, listener.opened().size());
            assertNull(server.server.webSocketAddress());
        }
    }

    @Test
    void shouldHandleWhatCameWithTheRequest() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext()))
        {
            final String request = WebSocketPeer.request("/");
            final String message = new String(
                WebSocketPeer.frame(WebSocketPeer.TEXT, bytes("early")), StandardCharsets.ISO_8859_1);
            opened(peer.raw(request + message));
            assertEquals("early", read(peer).text());
        }
    }

    @Test
    void shouldTakeARequestAndAMessageByteByByte() throws IOException
    {
        try (WebSocketPeer peer = connectTo(webSocketContext()))
        {
            final byte[] request = bytes(WebSocketPeer.request("/"));
            for (final byte each : request)
            {
                final long reads = server.reads();
                peer.raw(each);
                server.awaitRead(reads);
            }
            assertTrue(peer.readHead().startsWith("HTTP/1.1 101 "));
            for (final byte each : WebSocketPeer.frame(WebSocketPeer.TEXT, bytes("slow")))
            {
                final long reads = server.reads();
                peer.raw(each);
                server.awaitRead(reads);
            }
            assertEquals("slow", read(peer).text());
        }
    }

    @Test
    void shouldAskASilentPeerByAPingAndMeasureItsAnswer() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            // The first probe is sent in the phase of its group, so perhaps before.
            server.advance(3 * SECOND_NS);
            final int probes = listener.probes();
            assertTrue(probes >= 1);
            WebSocketPeer.Received ping = null;
            for (int i = 0; i < probes; i++)
            {
                ping = peer.read();
                assertEquals(WebSocketPeer.PING, ping.first());
            }
            assertEquals(-1, listener.opened().get(0).roundTripNs());
            final long reads = server.reads();
            peer.send(WebSocketPeer.PONG, ping.payload());
            server.awaitRead(reads);
            assertTrue(listener.opened().get(0).roundTripNs() >= 0);
            server.advance(3 * SECOND_NS - 10 * TICK_NS);
            assertEquals(probes, listener.probes());
        }
    }

    @Test
    void shouldCondemnASilentPeerAndTellItByItsCode() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            server.advance(5 * SECOND_NS - 10 * TICK_NS);
            assertEquals(List.of(), listener.closed());
            server.advance(20 * TICK_NS);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
            WebSocketPeer.Received received = peer.read();
            while (WebSocketPeer.PING == received.first())
            {
                received = peer.read();
            }
            assertEquals(WebSocketPeer.CLOSE, received.first());
            assertEquals(4001, received.code());
        }
    }

    @Test
    void shouldAnswerOnlyTheLastOfSeveralPings() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            final String pings = new String(WebSocketPeer.frame(WebSocketPeer.PING, bytes("one")),
                StandardCharsets.ISO_8859_1) + new String(WebSocketPeer.frame(WebSocketPeer.PING, bytes("two")),
                StandardCharsets.ISO_8859_1);
            peer.raw(pings);
            final WebSocketPeer.Received pong = read(peer);
            assertEquals(WebSocketPeer.PONG, pong.first());
            assertEquals("two", pong.text());
            peer.sendText("next");
            assertEquals("next", read(peer).text());
        }
    }

    @Test
    void shouldSendAPingInTimeForProxiesHoweverMuchThePeerSpeaks() throws IOException
    {
        final ServerContext ctx = webSocketContext().cadence(Cadence.passive(20 * SECOND_NS));
        ctx.webSocket().maxQuietNs(4 * SECOND_NS);
        try (WebSocketPeer peer = openOf(ctx))
        {
            for (int i = 0; i < 8; i++)
            {
                final long reads = server.reads();
                peer.send(WebSocketPeer.PONG);
                server.awaitRead(reads);
                server.advance(SECOND_NS);
            }
            assertEquals(0, listener.probes());
            // Looks at 2, 4, 6 and 8 s find that none was sent, one, none, and one.
            assertEquals(2, server.server.metrics().count(Counter.FRAMES_OUT) - 1);
            assertEquals(WebSocketPeer.PING, peer.read().first());
        }
    }

    @Test
    void shouldReturnACloseOnceAndEndFirst() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            peer.send(WebSocketPeer.CLOSE, (byte)(3000 >> 8), (byte)(3000 & 0xFF), (byte)'x').sendClose(1000);
            assertClosed(peer, 3000, "", CloseReason.PEER_LEFT);
            assertEquals("3000: x", listener.closed().get(0).detail());
        }
    }

    @Test
    void shouldReturnACloseWithoutACode() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            peer.send(WebSocketPeer.CLOSE);
            final WebSocketPeer.Received close = read(peer);
            assertEquals(WebSocketPeer.CLOSE, close.first());
            assertEquals(0, close.payload().length);
            assertNull(peer.read());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // An unmasked frame, a reserved bit, text that is no UTF-8, a message that is too long, a CLOSE of one byte.
        "8101 78, 1002, frame of a client without mask",
        "c180 00000000, 1002, ",
        "8181 00000000 ff, 1007, 'text with 0xff at byte 0, no UTF-8'",
        "82fe 4001 00000000, 1009, ",
        "8881 00000000 01, 1002, ",
        "8380 00000000, 1002, ",
        "82ff 8000000000000000 00000000, 1002, "})
    void shouldCloseWithTheCodeOfWhatIsWrong(final String hex, final int code, final String text) throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            peer.raw(java.util.HexFormat.of().parseHex(hex.replace(" ", "")));
            final WebSocketPeer.Received close = read(peer);
            assertEquals(WebSocketPeer.CLOSE, close.first());
            assertEquals(code, close.code());
            assertTrue(null == text || text.equals(close.closeText()), close.closeText());
            assertNull(peer.read());
            peer.end();
            server.awaitTrue(() -> 1 == listener.closed().size());
            assertEquals(List.of(CloseReason.PROTOCOL_ERROR), listener.reasons());
        }
    }

    @Test
    void shouldCloseWithTheCodeOfAListenerThatFailed() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            peer.sendText("throw");
            assertClosed(peer, 1011, "", CloseReason.LISTENER_FAILED);
        }
    }

    @Test
    void shouldCloseWithTheCodeOfAFloodWhereEachFragmentIsAFrame() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext().frameRate(10).rateBurstNs(SECOND_NS)))
        {
            peer.send(0x01);
            for (int i = 0; i < 30; i++)
            {
                peer.send(0x00);
            }
            final WebSocketPeer.Received close = read(peer);
            assertEquals(WebSocketPeer.CLOSE, close.first());
            assertEquals(1008, close.code());
            assertEquals(List.of(CloseReason.FLOODING), listener.reasons());
        }
    }

    @Test
    void shouldEndAPeerThatDoesNotCompleteAMessageInTime() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext().frameTimeoutNs(10 * SECOND_NS)))
        {
            peer.send(0x01, (byte)'a');
            for (int i = 0; i < 9; i++)
            {
                final long reads = server.reads();
                peer.send(0x00, (byte)'b').send(WebSocketPeer.PING);
                server.awaitRead(reads);
                server.advance(SECOND_NS);
            }
            assertEquals(List.of(), listener.closed());
            peer.send(WebSocketPeer.PONG);
            server.advance(SECOND_NS + 20 * TICK_NS);
            assertClosed(peer, 1002, "frame not complete after 10s", CloseReason.PROTOCOL_ERROR);
        }
    }

    @Test
    void shouldCloseByTheApplicationAndBehindWhatItSent() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            final Connection connection = listener.opened().get(0);
            connection.sendText(ByteBuffer.wrap(bytes("last")));
            connection.close();
            assertFalse(connection.isOpen());
            assertEquals("last", read(peer).text());
            assertClosed(peer, 1000, "", CloseReason.LOCAL_CLOSE);
        }
    }

    @Test
    void shouldSayGoingAwayAtTheEndOfTheServer() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext().lingerNs(0)))
        {
            server.close();
            final WebSocketPeer.Received close = peer.read();
            assertEquals(WebSocketPeer.CLOSE, close.first());
            assertEquals(1001, close.code());
        }
    }

    @Test
    void shouldSayThatAnotherConnectionHasTakenOver() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            listener.opened().get(0).close(CloseReason.TAKEN_OVER);
            assertClosed(peer, 4018, "", CloseReason.TAKEN_OVER);
        }
    }

    @Test
    void shouldSayGoingAwayWhenItDrains() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            server.server.drain(java.time.Duration.ofSeconds(1));
            server.advance(SECOND_NS + 10 * TICK_NS);
            assertClosed(peer, 1001, "", CloseReason.SHUTDOWN);
        }
    }

    @Test
    void shouldDropWhatComesBehindItsOwnClose() throws IOException
    {
        try (WebSocketPeer peer = openOf(webSocketContext()))
        {
            listener.opened().get(0).close();
            peer.sendText("too late").sendClose(1000);
            assertClosed(peer, 1000, "", CloseReason.LOCAL_CLOSE);
            assertEquals(List.of(), texts);
        }
    }
}
