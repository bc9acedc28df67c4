package io.heartwheel.cli;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Whether a terminal can be drawn on, by the variables of the environment.
 */
class TerminalTest
{
    @Test
    void shouldDrawOnlyWhereItCanBeSeen()
    {
        assertTrue(ProgressBar.isDrawable(Map.of("TERM", "xterm-256color")));
        assertTrue(ProgressBar.isDrawable(Map.of("TERM", "xterm", "NO_COLOR", "1")), "there are no colours");
        assertTrue(ProgressBar.isDrawable(Map.of("TERM", "xterm", "CI", "false")));
        assertFalse(ProgressBar.isDrawable(Map.of("TERM", "dumb")));
        assertFalse(ProgressBar.isDrawable(Map.of()));
        assertFalse(ProgressBar.isDrawable(Map.of("TERM", "xterm", "CI", "true")));
    }

    @Test
    void shouldWriteUtf8UnlessTheLocaleNamesAnother()
    {
        assertEquals(StandardCharsets.UTF_8, Heartwheel.charset("UTF-8"));
        assertEquals(StandardCharsets.UTF_8, Heartwheel.charset("ANSI_X3.4-1968"), "POSIX");
        assertEquals(StandardCharsets.UTF_8, Heartwheel.charset(null));
        assertEquals(StandardCharsets.UTF_8, Heartwheel.charset("no such one"));
        assertEquals(StandardCharsets.ISO_8859_1, Heartwheel.charset("ISO-8859-1"));
    }
}
