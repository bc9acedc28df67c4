package io.heartwheel.websocket;

/**
 * An opening is refused. The message names the value in one line of printable ASCII, whatever the peer has sent. There
 * is no stack trace, as a peer can cause any number of these.
 */
public final class OpeningException extends Exception
{
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_MAX = 60;

    private final int status;

    OpeningException(final int status, final String message)
    {
        super(message, null, false, false);
        this.status = status;
    }

    /**
     * The status of HTTP that tells why: that to answer with where a server refuses, that of the answer where a client
     * is refused.
     *
     * @return such as 400; 0 if what a server answered is no answer of HTTP, or its 101 is wrong.
     */
    public int status()
    {
        return status;
    }

    /**
     * A value of the peer, as far as it can be shown.
     */
    static String shown(final String value)
    {
        final StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(value.length(), SHOWN_MAX); i++)
        {
            final char each = value.charAt(i);
            shown.append(each >= ' ' && each <= '~' ? each : '?');
        }
        return value.length() <= SHOWN_MAX ? shown.toString() : shown + "...";
    }
}
