package io.heartwheel.cli;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class InputLinesTest
{
    private static final int MAX_LENGTH = 4;

    private static InputLines of(final String input)
    {
        return new InputLines(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), MAX_LENGTH);
    }

    private static List<String> lines(final String input) throws IOException
    {
        final List<String> lines = new ArrayList<>();
        final InputLines in = of(input);
        for (byte[] line = in.next(); null != line; line = in.next())
        {
            lines.add(new String(line, StandardCharsets.ISO_8859_1) + (in.isCut() ? "..." : ""));
        }
        return lines;
    }

    @Test
    void shouldTellLinesHoweverTheyEnd() throws IOException
    {
        assertEquals(List.of(), lines(""));
        assertEquals(List.of(""), lines("\n"));
        assertEquals(List.of("one", "two", "", "end"), lines("one\ntwo\r\n\nend"));
        assertEquals(List.of("a\rb", "\r", "c"), lines("a\rb\n\r\r\nc\r"));
    }

    @Test
    void shouldKeepNoMoreThanALineMayHave() throws IOException
    {
        assertEquals(List.of("1234", "1234...", "1234", "12"), lines("1234\n12345678\n1234\r\n12"));
    }

    @Test
    void shouldLeaveBytesAsTheyAre() throws IOException
    {
        final InputLines in = of("\u00C3\u00A9\u00FF\n");
        assertArrayEquals(new byte[] {(byte)0xC3, (byte)0xA9, (byte)0xFF}, in.next());
        assertFalse(in.isCut());
        assertTrue(null == in.next());
    }
}
