package io.heartwheel.websocket;

import java.util.Locale;

/**
 * Where a page comes from, or a host and port alone (RFC 6454, section 6; RFC 3986, section 3.2).
 *
 * @param scheme in lower case, or null.
 * @param host   in lower case; an IPv6 address in its brackets.
 * @param port   0 to 65535, that of the scheme if none is written; -1 if there is neither.
 */
record WebOrigin(String scheme, String host, int port)
{
    static final int NO_PORT = -1;

    private static final String SCHEME_END = "://";
    /** Of a name that can be looked up. Others that RFC 3986 allows, such as the asterisk, are taken for mistakes. */
    private static final String HOST_CHARACTERS = "-._~%";
    private static final int MAX_PORT = 0xFFFF;
    private static final int MAX_PORT_DIGITS = 5;

    /**
     * @return null if the text is no scheme with a host and perhaps a port, and nothing else.
     */
    static WebOrigin of(final String text)
    {
        final int end = text.indexOf(SCHEME_END);
        if (end <= 0)
        {
            return null;
        }
        final String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
        final boolean isScheme = isLetter(scheme.charAt(0)) &&
            scheme.chars().allMatch((each) -> isLetterOrDigit(each) || "+-.".indexOf(each) >= 0);
        return isScheme ? ofAuthority(scheme, text.substring(end + SCHEME_END.length())) : null;
    }

    /**
     * @param scheme that tells the port if none is written, or null.
     * @return null if the text is no host with perhaps a port.
     */
    static WebOrigin ofAuthority(final String scheme, final String text)
    {
        final int hostEnd = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        final String host = hostEnd < 0 ? text : text.substring(0, hostEnd);
        final String rest = text.substring(host.length());
        if (!isHost(host) || !rest.isEmpty() && ':' != rest.charAt(0))
        {
            return null;
        }
        // An empty port is that of the scheme (RFC 3986, section 3.2.3).
        final int port = rest.length() <= 1 ? portOf(scheme) : parsePort(rest.substring(1));
        return port < NO_PORT ? null : new WebOrigin(scheme, host.toLowerCase(Locale.ROOT), port);
    }

    private static boolean isHost(final String host)
    {
        if (host.startsWith("["))
        {
            return host.length() > 2 && host.chars().skip(1).limit(host.length() - 2)
                .allMatch((each) -> Character.digit(each, 16) >= 0 && each < 0x80 || ':' == each || '.' == each);
        }
        return !host.isEmpty() &&
            host.chars().allMatch((each) -> isLetterOrDigit(each) || HOST_CHARACTERS.indexOf(each) >= 0);
    }

    private static int parsePort(final String digits)
    {
        final boolean isNumber = digits.length() <= MAX_PORT_DIGITS &&
            digits.chars().allMatch((each) -> each >= '0' && each <= '9');
        final int port = isNumber ? Integer.parseInt(digits) : MAX_PORT + 1;
        return port <= MAX_PORT ? port : NO_PORT - 1;
    }

    private static int portOf(final String scheme)
    {
        return "http".equals(scheme) ? 80 : "https".equals(scheme) ? 443 : NO_PORT;
    }

    private static boolean isLetter(final int each)
    {
        return each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z';
    }

    private static boolean isLetterOrDigit(final int each)
    {
        return isLetter(each) || each >= '0' && each <= '9';
    }
}
