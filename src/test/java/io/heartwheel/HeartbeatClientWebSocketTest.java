package io.heartwheel;

import io.heartwheel.metrics.Counter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A client by WebSocket, frame by frame.
 */
class HeartbeatClientWebSocketTest extends WebSocketClientRig
{
    private static final int FIN_LESS_TEXT = 0x01;
    private static final int CONTINUATION = 0x80;

    @Test
    void shouldExchangeMessagesOfBothKindsAndMaskEachFrameByAnotherKey() throws IOException
    {
        try (WebSocketServerEnd end = open())
        {
            for (int i = 0; i < 300; i++)
            {
                connection().send(ByteBuffer.wrap(new byte[]{1, 2, 3, 4, 5}));
                assertArrayEquals(new byte[]{1, 2, 3, 4, 5}, end.read().payload());
            }
            assertTrue(new HashSet<>(end.masks).size() > 295, () -> end.masks.toString());
            connection().sendText(ByteBuffer.wrap("a".repeat(5_000).getBytes(StandardCharsets.UTF_8)));
            final WebSocketPeer.Received text = end.read();
            assertEquals(WebSocketPeer.TEXT, text.first());
            assertEquals("a".repeat(5_000), text.text());

            end.send(FIN_LESS_TEXT, (byte)'t').send(WebSocketPeer.PING, (byte)9, (byte)8)
                .send(CONTINUATION, (byte)'u').send(WebSocketPeer.BINARY, (byte)'b');
            client.awaitTrue(() -> 1 == listener.messages().size());
            assertEquals(List.of("tu"), texts);
            assertEquals(List.of("b"), listener.messages());
            final WebSocketPeer.Received pong = end.read();
            assertEquals(WebSocketPeer.PONG, pong.first());
            assertArrayEquals(new byte[]{9, 8}, pong.payload());
        }
    }

    @Test
    void shouldProbeASilentServerLiveByAnyAnswerAndGiveItUp() throws IOException
    {
        try (WebSocketServerEnd end = open())
        {
            client.advance(CADENCE.idleNs() + SECOND_NS / 100);
            WebSocketPeer.Received ping = end.read();
            // A newcomer is asked before, too, so that those that come at one time are not all asked at one time.
            for (long more = client.client.metrics().count(Counter.PROBES); more > 1; more--)
            {
                ping = end.read();
            }
            assertEquals(WebSocketPeer.PING, ping.first());
            assertEquals(4, ping.payload().length);
            final long reads = client.reads();
            end.send(WebSocketPeer.PONG, ping.payload());
            client.awaitRead(reads);
            assertTrue(connection().roundTripNs() >= 0);

            client.advance(CADENCE.detectionNs() - SECOND_NS / 100);
            assertEquals(List.of(), listener.closed());
            client.advance(SECOND_NS / 20);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
            assertEquals(1, listener.reconnects().size());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1000, '', 1000", "1001, '', 1001 SHUTDOWN", "1012, later, 1012 SHUTDOWN: later", "1008, no, 1008: no",
        "4001, silent, 4001: silent", "3000, x, 3000: x", "1011, '', 1011"})
    void shouldAnswerACloseWithItsCodeAndWaitForTheServerToCloseTheConnection(
        final int code, final String text, final String detail) throws IOException
    {
        try (WebSocketServerEnd end = open())
        {
            final long reads = client.reads();
            end.sendClose(code, text);
            client.awaitRead(reads);
            assertEquals(code, end.read().code());
            client.advance(SECOND_NS);
            assertTrue(end.isQuietFor(100));
            assertEquals(List.of(), listener.closed());
        }
        client.awaitTrue(() -> 1 == listener.closed().size());
        assertEquals(CloseReason.PEER_LEFT, listener.closed().get(0).reason());
        assertEquals(detail, listener.closed().get(0).detail());
        assertEquals(1, listener.reconnects().size());
    }

    @Test
    void shouldComeBackOverASpreadTimeWhenTheServerGoesAway() throws IOException
    {
        final long spreadNs = 500 * SECOND_NS;
        try (WebSocketServerEnd end = open(context().reconnectSpreadNs(spreadNs)))
        {
            end.sendClose(1001, "");
        }
        client.awaitTrue(() -> 1 == listener.reconnects().size());
        assertTrue(listener.reconnects().get(0).delayNs() > SECOND_NS, listener.reconnects()::toString);
    }

    @Test
    void shouldStayAwayWhenItsPlaceIsTakenOver() throws IOException
    {
        final long awayNs = 77 * SECOND_NS;
        try (WebSocketServerEnd end = open(context().reconnectTakenOverNs(awayNs)))
        {
            end.sendClose(4018, "");
        }
        client.awaitTrue(() -> 1 == listener.reconnects().size());
        assertEquals(awayNs, listener.reconnects().get(0).delayNs());
        assertEquals("4018 TAKEN_OVER", listener.closed().get(0).detail());
    }

    @Test
    void shouldSayCloseAndLeaveItToTheServerToCloseTheConnectionForItsLingerTime() throws IOException
    {
        try (WebSocketServerEnd end = open())
        {
            connection().link().close();
            client.doWork();
            assertEquals(1000, end.read().code());
            client.advance(2 * SECOND_NS - SECOND_NS / 100);
            assertTrue(end.isQuietFor(100));
            assertEquals(List.of(), listener.closed());
            client.advance(SECOND_NS / 50);
            assertEquals(List.of(CloseReason.LOCAL_CLOSE), listener.reasons());
            assertNull(end.read());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Masked; a reserved bit; nothing to continue; no UTF-8; too long; a code that may not be sent.
        "818000000000, 1002", "c100, 1002", "8001, 1002", "8102c328, 1007", "827f0000000000100000, 1009",
        "880203ed, 1002"})
    void shouldCloseWithACodeWhenTheServerBreaksTheProtocol(final String hex, final int code) throws IOException
    {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        try (WebSocketServerEnd end = open())
        {
            end.raw(bytes);
            client.awaitTrue(() -> !connection().isOpen());
            assertEquals(code, end.read().code());
        }
        client.awaitTrue(() -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.PROTOCOL_ERROR), listener.reasons());
        assertTrue(texts.isEmpty() && listener.messages().isEmpty());
    }

    @Test
    void shouldSendAPingOverAConnectionThatIsQuietInOneDirection() throws IOException
    {
        try (WebSocketServerEnd end = open(context().maxWebSocketQuietNs(2 * SECOND_NS)))
        {
            for (int i = 0; i < 4; i++)
            {
                final long reads = client.reads();
                end.sendText("x");
                client.awaitRead(reads);
                client.advance(SECOND_NS / 2 + SECOND_NS / 50);
            }
            assertEquals(WebSocketPeer.PING, end.read().first());
        }
    }
}
