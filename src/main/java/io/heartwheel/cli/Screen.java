package io.heartwheel.cli;

import java.util.List;

/**
 * A terminal on which lines are shown over and over in the same place. It uses the terminal's second screen, so what
 * was there before is there again at the end.
 */
final class Screen implements AutoCloseable
{
    private static final String ENTER = "\033[?1049h\033[?25l";
    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K\r\n";
    private static final String CLEAR_BELOW = "\033[J";

    private final Printer printer;
    private boolean isOpen;
    private boolean isClosed;

    Screen(final Printer printer)
    {
        this.printer = printer;
    }

    /**
     * Nothing is shown once it is closed: whoever shows may not know yet that the program is ending. A view is left out
     * while an older one is still being written: what comes of it would be old.
     */
    synchronized void show(final List<String> lines)
    {
        if (isClosed || !printer.isIdle())
        {
            return;
        }
        final StringBuilder view = new StringBuilder(isOpen ? HOME : ENTER + HOME);
        isOpen = true;
        lines.forEach((line) -> view.append(line).append(CLEAR_LINE));
        printer.text(view.append(CLEAR_BELOW).toString());
    }

    @Override
    public synchronized void close()
    {
        isClosed = true;
        if (isOpen)
        {
            isOpen = false;
            printer.text(LEAVE);
        }
    }
}
