package io.heartwheel.cli;

import java.util.List;

/**
 * Shows lines in place on a terminal, again and again. It uses the alternate screen, so the previous content is
 * restored at the end.
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
     * Show lines. Nothing is shown after the close, as the caller may not know yet that the program ends. A view is
     * left out while an older one is still being written, as it would be outdated when its turn comes.
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
