package io.heartwheel.cli;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ScreenTest
{
    private static final String ENTER = "\033[?1049h";
    private static final String LEAVE = "\033[?1049l";

    private final StringWriter written = new StringWriter();
    private final Screen screen = new Screen(new PrintWriter(written));

    @Test
    void shouldEnterTheSecondScreenOnceAndLeaveItAtTheEnd()
    {
        screen.show(List.of("one"));
        screen.show(List.of("two"));
        screen.close();
        screen.close();

        assertTrue(written.toString().startsWith(ENTER), written::toString);
        assertTrue(written.toString().endsWith(LEAVE), written::toString);
        assertEquals(written.toString().indexOf(ENTER), written.toString().lastIndexOf(ENTER));
        assertEquals(written.toString().indexOf(LEAVE), written.toString().lastIndexOf(LEAVE));
    }

    @Test
    void shouldShowNothingOnceClosed()
    {
        screen.show(List.of("one"));
        screen.close();
        final String before = written.toString();
        screen.show(List.of("two"));

        assertEquals(before, written.toString());
    }

    @Test
    void shouldLeaveATerminalAloneThatItNeverUsed()
    {
        screen.close();

        assertEquals("", written.toString());
    }
}
