package io.heartwheel.wire;

/**
 * Makes text from outside safe to print. A peer, a certificate, a name server or an HTTP server chose the text. The
 * result is one line, contains no control sequence of a terminal, and does not change the direction of the text around
 * it.
 */
public final class PlainText
{
    private static final char STAND_IN = '?';
    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private PlainText()
    {
    }

    /**
     * Replace unsafe characters by {@code ?}: controls (C0, C1), format characters such as those that change the
     * direction, line separators, and unpaired surrogates.
     *
     * @param text to print.
     * @return the safe text; the same object if there is nothing to replace.
     */
    public static String of(final String text)
    {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i)))
        {
            if (!isPlain(text.codePointAt(i)))
            {
                return cleaned(text);
            }
        }
        return text;
    }

    private static String cleaned(final String text)
    {
        final StringBuilder cleaned = new StringBuilder(text.length());
        text.codePoints().forEach((code) -> cleaned.appendCodePoint(isPlain(code) ? code : STAND_IN));
        return cleaned.toString();
    }

    private static boolean isPlain(final int code)
    {
        return switch (Character.getType(code))
        {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                false;
            // Persian, Hindi and many emoji need these two, which affect only their neighbours.
            case Character.FORMAT -> ZERO_WIDTH_NON_JOINER == code || ZERO_WIDTH_JOINER == code;
            default -> true;
        };
    }
}
