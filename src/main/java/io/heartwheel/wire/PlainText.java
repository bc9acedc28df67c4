package io.heartwheel.wire;

/**
 * Text that someone else chose (a peer, a certificate, a name server, an HTTP server), made harmless for whoever shows
 * it: it is one line, steers no terminal, and does not turn the text around it about.
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
     * The text with a {@code ?} in place of each control (C0, C1), format character (such as those that change the
     * direction), line separator and half of a pair of surrogates.
     *
     * @param text to show.
     * @return the same object if there is nothing to replace.
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
            // Persian, Hindi and many an emoji are not written without these two, which change only their neighbours.
            case Character.FORMAT -> ZERO_WIDTH_NON_JOINER == code || ZERO_WIDTH_JOINER == code;
            default -> true;
        };
    }
}
