package io.heartwheel.wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class ForeignTest
{
    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4, PROXY_HEADER", "GET /, HTTP_REQUEST", "POST /, HTTP_REQUEST", "HTTP/1.1 400, HTTP_ANSWER",
        "SSH-2.0-x, SSH", "PRI * HTTP/2.0, HTTP_REQUEST", "gets, ", "PROF, ", "SSH_, "})
    void shouldKnowByTheFirstFourBytes(final String text, final Foreign expected)
    {
        final int word = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)).getInt();
        assertEquals(expected, Foreign.of(word));
        assertEquals(expected, Foreign.ofTls(word));
    }

    @Test
    void shouldKnowTheSecondVersionOfProxyHeaders()
    {
        assertEquals(Foreign.PROXY_HEADER, Foreign.of(0x0d0a0d0a));
    }

    @Test
    void shouldKnowTls()
    {
        assertEquals(Foreign.TLS_HANDSHAKE, Foreign.of(0x16030102));
        assertEquals(Foreign.TLS_HANDSHAKE, Foreign.of(0x16030300));
        assertEquals(Foreign.TLS_ALERT, Foreign.of(0x15030300));
        assertNull(Foreign.of(0x16020102));
        assertNull(Foreign.of(0x16030502));
        assertNull(Foreign.of(0x17030302));
        assertNull(Foreign.ofTls(0x16030102));
        assertNull(Foreign.ofTls(0x15030300));
    }

    @Test
    void shouldKnowItsOwnFramesWhereTlsIsSpoken()
    {
        for (int type = Frame.PING; type <= Frame.BYE; type++)
        {
            assertNull(Foreign.of(type << 24));
            assertEquals(Foreign.FRAME, Foreign.ofTls(type << 24));
        }
        assertNull(Foreign.of(0));
        assertNull(Foreign.ofTls(0));
        assertNull(Foreign.ofTls(Frame.BYE + 1 << 24));
    }

    @Test
    void shouldPutTogetherWhatCameInParts()
    {
        final FrameDecoder decoder = new FrameDecoder(100);
        for (int cut = 0; cut <= 4; cut++)
        {
            final byte[] bytes = {(byte)0x81, 2, (byte)0xff, 4, 5};
            HalfFrame half = null;
            for (int i = 0; i < cut && i < 3; i++)
            {
                half = decoder.decode(half, ByteBuffer.wrap(bytes, i, 1), new RecordingFrameHandler());
            }
            final ByteBuffer in = ByteBuffer.wrap(bytes, Math.min(3, cut), 5 - Math.min(3, cut));
            final int position = in.position();
            assertEquals(0x8102ff04, Foreign.firstWord(half, in));
            assertEquals(position, in.position());
        }
    }
}
