package io.heartwheel.cli;

/**
 * Text from the network, made harmless: it must not steer the terminal.
 */
final class Printable
{
    private Printable()
    {
    }

    static String of(final String text)
    {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
