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
    private final Printer printer = new Printer(new PrintWriter(written));
    private final Screen screen = new Screen(printer);

    private void show(final String line)
    {
        screen.show(List.of(line));
        awaitWritten();
    }

    private void awaitWritten()
    {
        while (!printer.isIdle())
        {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldEnterTheSecondScreenOnceAndLeaveItAtTheEnd()
    {
        show("one");
        show("two");
        screen.close();
        screen.close();
        awaitWritten();

        assertTrue(written.toString().startsWith(ENTER), written::toString);
        assertTrue(written.toString().endsWith(LEAVE), written::toString);
        assertEquals(written.toString().indexOf(ENTER), written.toString().lastIndexOf(ENTER));
        assertEquals(written.toString().indexOf(LEAVE), written.toString().lastIndexOf(LEAVE));
    }

    @Test
    void shouldShowNothingOnceClosed()
    {
        show("one");
        screen.close();
        awaitWritten();
        final String before = written.toString();
        show("two");

        assertEquals(before, written.toString());
    }

    @Test
    void shouldLeaveATerminalAloneThatItNeverUsed()
    {
        screen.close();
        awaitWritten();

        assertEquals("", written.toString());
    }
}
