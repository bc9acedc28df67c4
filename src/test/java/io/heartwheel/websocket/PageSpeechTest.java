package io.heartwheel.websocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class PageSpeechTest
{
    private static final String LONGEST = "x".repeat(64);

    private static String tokenOf(final String target) throws OpeningException
    {
        final HttpHead head = HttpHead.ofRequest();
        head.read(ByteBuffer.wrap(("GET " + target + " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" +
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII)));
        return PageSpeech.tokenOf(OpeningRequest.of(head));
    }

    @ParameterizedTest
    @CsvSource({"/?heartwheel=1, 1", "/a?b=c&heartwheel=_-Az09, _-Az09", "/?heartwheel=1&heartwheel=2, 1",
        "/?&&heartwheel=1&, 1"})
    void shouldFindToken(final String target, final String token) throws OpeningException
    {
        assertEquals(token, tokenOf(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?", "/?heartwheel", "/heartwheel=1", "/?Heartwheel=1", "/?a=heartwheel=1"})
    void shouldFindNoToken(final String target) throws OpeningException
    {
        assertNull(tokenOf(target));
    }

    @Test
    void shouldBoundToken() throws OpeningException
    {
        assertEquals(LONGEST, tokenOf("/?heartwheel=" + LONGEST));
        final OpeningException failure =
            assertThrows(OpeningException.class, () -> tokenOf("/?heartwheel=x" + LONGEST));
        assertEquals(400, failure.status());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1000000, 1", "1000001, 2", "15000000000, 15000"})
    void shouldRoundTimeUp(final long speakNs, final long ms)
    {
        final String text = "heartwheel t " + ms;
        final ByteBuffer frame = PageSpeech.greeting("t", speakNs);
        assertEquals((byte)0x81, frame.get());
        assertEquals(text.length(), frame.get());
        assertEquals(text, StandardCharsets.US_ASCII.decode(frame).toString());
    }

    @Test
    void shouldBeShort()
    {
        assertArrayEquals(new byte[]{(byte)0x81, 1, 0x16}, PageSpeech.idle());
    }
}
