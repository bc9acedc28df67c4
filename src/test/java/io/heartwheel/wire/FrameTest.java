package io.heartwheel.wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FrameTest
{
    @ParameterizedTest
    @CsvSource({"1,0,0", "2,255,0", "3,0,65535", "255,128,32768", "5,-1,1"})
    void shouldWriteAHeaderInNetworkByteOrder(final int type, final int token, final int length)
    {
        final ByteBuffer out = ByteBuffer.allocate(Frame.HEADER_LENGTH);

        Frame.putHeader(out, type, token, length);

        assertArrayEquals(new byte[]{(byte)type, (byte)token, (byte)(length >> 8), (byte)length}, out.array());
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "4,15000,5000", "65535,4294967295,4294967295", "1000,2147483648,1"})
    void shouldReadTheHelloItWrote(final int count, final long idleMs, final long intervalMs)
    {
        final Hello hello = new Hello(count, idleMs, intervalMs);
        final ByteBuffer out = ByteBuffer.allocate(100);

        hello.putFrame(out);

        assertEquals(Frame.HEADER_LENGTH + Hello.LENGTH, out.position());
        assertEquals(Hello.LENGTH, Frame.payloadLength(out, 0));
        assertEquals(hello, Hello.read(out.flip().position(Frame.HEADER_LENGTH)));
    }

    @Test
    void shouldWriteTheReasonAndTextOfABye()
    {
        assertArrayEquals(new byte[]{(byte)200, 'h', 'i'}, Frame.byePayload(200, "hi"));
        assertArrayEquals(new byte[]{0}, Frame.byePayload(0, ""));
    }

    @ParameterizedTest
    @CsvSource({"x", "\u00E4", "\u20AC", "\uD83D\uDE00"})
    void shouldCutTheTextOfAByeBetweenCharacters(final String character) throws CharacterCodingException
    {
        for (int before = 0; before < 5; before++)
        {
            final String text = "-".repeat(before) + character.repeat(300);

            final byte[] payload = Frame.byePayload(1, text);

            assertTrue(payload.length <= 1 + Frame.MAX_BYE_TEXT_LENGTH);
            assertTrue(payload.length > 1 + Frame.MAX_BYE_TEXT_LENGTH - 4);
            // A strict decoder, as other languages have: it throws at half a character.
            final String read = StandardCharsets.UTF_8.newDecoder().decode(
                ByteBuffer.wrap(payload, 1, payload.length - 1)).toString();
            assertTrue(text.startsWith(read));
        }
    }
}
