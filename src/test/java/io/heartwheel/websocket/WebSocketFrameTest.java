package io.heartwheel.websocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class WebSocketFrameTest
{
    private static final int KEY = 0x37FA213D;

    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 18);
    private final RecordingWebSocketHandler handler = new RecordingWebSocketHandler();

    @Test
    void shouldWriteTheExamplesOfTheRfc()
    {
        final ByteBuffer hello = ByteBuffer.wrap(ClientFrames.utf8("_Hello_")).position(1).limit(6);
        WebSocketFrame.put(out, WebSocketFrame.TEXT, hello);
        WebSocketFrame.putMasked(out, WebSocketFrame.TEXT, hello, KEY);
        WebSocketFrame.put(out, WebSocketFrame.PING, hello);
        WebSocketFrame.putMasked(out, WebSocketFrame.PONG, hello, KEY);

        assertEquals(
            "810548656c6c6f" + "818537fa213d7f9f4d5158" + "890548656c6c6f" + "8a8537fa213d7f9f4d5158", written());
        assertEquals(5, hello.remaining());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65535, 65536, 100_000})
    void shouldWriteWhatTheDecoderReadsWithTheShortestLength(final int length)
    {
        final byte[] payload = new byte[length];
        WebSocketFrame.put(out, WebSocketFrame.BINARY, ByteBuffer.wrap(payload));
        assertEquals(WebSocketFrame.headerLength(length, false) + length, out.position());
        assertNull(WebSocketDecoder.ofClient(length, true).decode(null, out.flip(), handler));
        out.clear();
        WebSocketFrame.putMasked(out, WebSocketFrame.BINARY, ByteBuffer.wrap(payload), KEY);
        assertEquals(WebSocketFrame.headerLength(length, true) + length, out.position());
        assertNull(WebSocketDecoder.ofServer(length, true).decode(null, out.flip(), handler));

        final String expected = "BINARY " + RecordingWebSocketHandler.hex(payload);
        assertEquals(List.of(expected, expected), handler.calls);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, -1, Integer.MIN_VALUE})
    void shouldGiveBackTheTokenOfAPing(final int token)
    {
        WebSocketFrame.putPing(out, token);
        WebSocketFrame.putMaskedPing(out, token, KEY);

        assertEquals(6 + 10, out.flip().limit());
        assertEquals(token & 0xFFFF_FFFFL, WebSocketFrame.tokenOf(out.slice(2, 4)));
        WebSocketDecoder.ofServer(10, true).decode(null, out.position(6), handler);
        assertEquals(List.of("PING %08x".formatted(token)), handler.calls);
    }

    @Test
    void shouldFindNoTokenInAnotherPong()
    {
        assertEquals(WebSocketFrame.NO_TOKEN, WebSocketFrame.tokenOf(ByteBuffer.allocate(0)));
        assertEquals(WebSocketFrame.NO_TOKEN, WebSocketFrame.tokenOf(ByteBuffer.allocate(5)));
    }

    @Test
    void shouldWriteACloseWithItsCodeAndText()
    {
        WebSocketFrame.putClose(out, 4001, "stumm \u00FC");
        WebSocketFrame.putClose(out, CloseCode.NONE, "left out");
        assertEquals("880a0fa1" + "7374756d6d20c3bc" + "8800", written());

        out.clear();
        WebSocketFrame.putMaskedClose(out, 1001, "x", KEY);
        WebSocketDecoder.ofServer(0, true).decode(null, out.flip(), handler);
        assertEquals(List.of("CLOSE 1001 x"), handler.calls);
    }

    @Test
    void shouldCutTheTextOfACloseAtACharacter()
    {
        for (int before = 118; before <= 124; before++)
        {
            out.clear();
            handler.calls.clear();
            WebSocketFrame.putClose(out, 1000, "x".repeat(before) + "\uD83D\uDE00");
            WebSocketDecoder.ofClient(0, true).decode(null, out.flip(), handler);
            final String text = "x".repeat(Math.min(before, 123)) + (before <= 119 ? "\uD83D\uDE00" : "");
            assertEquals(List.of("CLOSE 1000 " + text), handler.calls);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1004, 1006, 1015, 5000})
    void shouldNotWriteACodeThatMayNotBeSent(final int code)
    {
        assertThrows(IllegalArgumentException.class, () -> WebSocketFrame.putClose(out, code, ""));
        assertEquals(0, out.position());
    }

    private String written()
    {
        final byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
