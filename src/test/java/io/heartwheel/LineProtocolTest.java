package io.heartwheel;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * Lines, and whatever else ends with a delimiter.
 */
class LineProtocolTest
{
    private final RecordingMessages found = new RecordingMessages();

    private static LineProtocol.Context context()
    {
        return new LineProtocol.Context();
    }

    private static byte[] ascii(final String text)
    {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Decode bytes that come one by one, as the reactor would have it done.
     */
    private List<String> linesOf(final LineProtocol protocol, final String text)
    {
        final List<String> lines = new ArrayList<>();
        final byte[] bytes = ascii(text);
        Object state = null;
        int begin = 0;
        for (int end = 1; end <= bytes.length; end++)
        {
            final ByteBuffer in = ByteBuffer.wrap(bytes).position(begin).limit(end);
            found.begin(in);
            state = protocol.decode(null, state, in, found);
            begin = in.position();
            if (null != found.message)
            {
                lines.add(new String(found.message, StandardCharsets.US_ASCII));
            }
        }
        return lines;
    }

    @Test
    void shouldEndLinesWithOrWithoutACarriageReturn()
    {
        assertEquals(List.of("one", "two", "", "a\rb", ""), linesOf(new LineProtocol(context()),
            "one\ntwo\r\n\na\rb\n\r\nrest"));
    }

    @Test
    void shouldGiveTheDelimiterIfAskedTo()
    {
        assertEquals(List.of("one\n", "two\r\n"), linesOf(new LineProtocol(context().strip(false)), "one\ntwo\r\n"));
    }

    @Test
    void shouldFindADelimiterThatBeginsLikeItself()
    {
        assertEquals(List.of("a", "xa", "a"),
            linesOf(new LineProtocol(context().delimiter(ascii("aab"))), "aaabxaaabaaab"));
    }

    @Test
    void shouldAcceptTheLongestLineAndNoLonger()
    {
        final LineProtocol protocol = new LineProtocol(context().max(5));
        assertEquals(List.of("abcd"), linesOf(protocol, "abcd\n"));
        assertEquals(List.of(), linesOf(protocol, "abcde"));
        assertEquals("PROTOCOL_ERROR line of 5 bytes without its end, at most 5 accepted", found.refused);

        found.refused = null;
        found.begin(ByteBuffer.wrap(ascii("abcdef\n")));
        protocol.decode(null, null, ByteBuffer.wrap(ascii("abcdef\n")), found);
        assertEquals("PROTOCOL_ERROR line of 7 bytes without its end, at most 5 accepted", found.refused);
    }

    @Test
    void shouldTellHeartbeatsFromMessages()
    {
        final LineProtocol protocol = new LineProtocol(context().probe("PING", "PONG").heartbeat("ping", "pong"));
        assertEquals(List.of("PONG?"), linesOf(protocol, "PONG\nping\r\nPONG?\n"));
        assertEquals(1, found.answers);
        assertEquals("pong\n", new String(found.reply, StandardCharsets.US_ASCII));

        final ByteBuffer out = ByteBuffer.allocate(20);
        protocol.probe(null, (byte)1, out);
        protocol.frame(null, ByteBuffer.wrap(ascii("text")), out);
        assertEquals("PING\ntext\n", StandardCharsets.US_ASCII.decode(out.flip()).toString());
    }

    @Test
    void shouldRefuseOptionsThatCannotBe()
    {
        assertEquals("delimiter of 0 bytes not in 1..16",
            assertThrows(IllegalArgumentException.class, () -> context().delimiter()).getMessage());
        assertEquals("max=0 not in 1..65536",
            assertThrows(IllegalArgumentException.class, () -> context().max(0)).getMessage());
    }
}
