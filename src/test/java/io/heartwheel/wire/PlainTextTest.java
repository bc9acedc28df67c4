package io.heartwheel.wire;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

class PlainTextTest
{
    /** By the words of the regular expressions, so not by those of the code. */
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}&&[^\u200C\u200D]]");

    @Test
    void shouldReplaceEachCharacterThatSteersAndNoOther()
    {
        for (int code = 0; code <= Character.MAX_CODE_POINT; code++)
        {
            final String text = new StringBuilder("a").appendCodePoint(code).append('z').toString();
            final String expected = HARMFUL.matcher(text).find() ? "a?z" : text;
            assertEquals(expected, PlainText.of(text), () -> Integer.toHexString(text.codePointAt(1)));
        }
    }

    @Test
    void shouldReplaceHalvesOfPairsOfSurrogates()
    {
        assertEquals("?a?", PlainText.of("\uDC00a\uD800"));
        assertEquals("??", PlainText.of("\uDC00\uD800"));
    }

    @Test
    void shouldKeepWhatIsHarmless()
    {
        for (final String text : List.of("", "no answer", "Grüße, 你好, می‌خواهم, \uD83D\uDC69\u200D\uD83D\uDD27"))
        {
            assertSame(text, PlainText.of(text));
        }
    }

    @Test
    void shouldTakeTheTextOfAByeForOneHarmlessLine()
    {
        final ByteBuffer payload = ByteBuffer.wrap(Frame.byePayload(1,
            "bye\r\n\033[31mWARNING\u009B31m\u009D0;title\u009C\u0085\u2028\u202E\u2066gone"));
        payload.get();

        final String text = Frame.byeText(payload);
        assertEquals("bye???[31mWARNING?31m?0;title?????gone", text);
        assertFalse(text.getBytes(StandardCharsets.ISO_8859_1).length > text.length());
    }
}
