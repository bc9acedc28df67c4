package io.heartwheel.wire;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MaskedOutboundTest
{
    private final SpareBuffer spare = new SpareBuffer();
    private final MaskedOutbound outbound = new MaskedOutbound();

    private String fill()
    {
        final ByteBuffer out = ByteBuffer.allocate(100);
        outbound.fill(out);
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < out.position(); i++)
        {
            text.append((char)out.get(i));
        }
        return text.toString();
    }

    private static ByteBuffer bytes(final String text)
    {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void shouldCopyAQuestionAndAReply()
    {
        final ByteBuffer question = bytes("ask");
        outbound.ask(question);
        question.put(0, (byte)'x');
        outbound.reply(bytes("reply"));
        assertEquals("replyask", fill());
        assertEquals(Outbound.PONG_SENT | Outbound.PING_SENT, outbound.accepted(8, spare));
        assertTrue(outbound.isEmpty());
    }

    @Test
    void shouldSendTheLastOfSeveralThatWait()
    {
        outbound.ask(bytes("one"));
        outbound.ask(bytes("two"));
        outbound.reply(bytes("long one"));
        outbound.reply(bytes("b"));
        assertEquals("btwo", fill());
    }

    /** What is half written must not change by what is asked next. */
    @Test
    void shouldNotChangeAQuestionThatIsHalfWritten()
    {
        outbound.ask(bytes("one"));
        assertEquals("one", fill());
        outbound.accepted(1, spare);
        outbound.ask(bytes("two"));
        assertEquals("netwo", fill());
        outbound.accepted(5, spare);
        assertTrue(outbound.isEmpty());
    }
}
