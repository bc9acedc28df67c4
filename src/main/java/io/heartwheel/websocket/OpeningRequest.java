package io.heartwheel.websocket;

import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * The request by which a client opens a connection, checked by what RFC 6455 asks for in section 4.2.1. What comes of
 * it is the peer's text: not decoded, and not safe to print.
 */
public final class OpeningRequest
{
    static final String VERSION = "13";

    private static final String METHOD = "GET ";
    private static final String PROTOCOL = " HTTP/1.1";
    private static final int KEY_BYTES = 16;
    private static final int KEY_CHARACTERS = 24;
    private static final int UPGRADE_REQUIRED = 426;

    private final HttpHead head;
    private final String target;
    private final String host;
    private final String origin;
    private final String key;
    private final List<String> subprotocols;

    private OpeningRequest(final HttpHead head) throws OpeningException
    {
        this.head = head;
        host = head.only("Host");
        if (null == host || null == WebOrigin.ofAuthority(null, host))
        {
            throw wrong(null == host ? "without Host" : "with Host " + OpeningException.shown(host));
        }
        target = target();
        refuseBody();
        refuseOtherUpgrades();
        key = keySent();
        origin = head.only("Origin");
        subprotocols = List.copyOf(subprotocolsAskedFor());
    }

    /**
     * Check a head.
     *
     * @param head that is whole.
     * @return the request.
     * @throws OpeningException with the status to answer: 400, or 426 if the client does not speak this version of
     *                          WebSocket.
     */
    public static OpeningRequest of(final HttpHead head) throws OpeningException
    {
        return new OpeningRequest(head);
    }

    /**
     * The path, as it was sent: percent-encoded.
     *
     * @return a text that begins with a slash.
     */
    public String path()
    {
        final int end = target.indexOf('?');
        return end < 0 ? target : target.substring(0, end);
    }

    /**
     * The query, as it was sent: percent-encoded.
     *
     * @return the text behind the question mark, or null if there is none.
     */
    public String query()
    {
        final int end = target.indexOf('?');
        return end < 0 ? null : target.substring(end + 1);
    }

    /**
     * The host, and the port if one was sent.
     *
     * @return such as {@code example.com:8080}.
     */
    public String host()
    {
        return host;
    }

    /**
     * The origin of the page that opens the connection: see {@link OriginRule}.
     *
     * @return the text, or null if there is none, as with most clients that are no browsers.
     */
    public String origin()
    {
        return origin;
    }

    /**
     * The subprotocols that the client asks for, the best liked first.
     *
     * @return a list of different tokens, possibly empty.
     */
    public List<String> subprotocols()
    {
        return subprotocols;
    }

    /**
     * The first of some subprotocols that the client asks for as well.
     *
     * @param offered subprotocols of the server, the best liked first.
     * @return the one to speak, or null if none is spoken by both.
     */
    public String choose(final List<String> offered)
    {
        return offered.stream().filter(subprotocols::contains).findFirst().orElse(null);
    }

    /**
     * The values of a field of the head, such as {@code Authorization} or {@code X-Forwarded-For}.
     *
     * @param name of the field, in any case.
     * @return the values in their order, one for each line, each character a byte; possibly empty.
     */
    public List<String> values(final String name)
    {
        return head.values(name);
    }

    /**
     * The value of a cookie (RFC 6265, section 4.2).
     *
     * @param name of the cookie.
     * @return the value of the first cookie with this name, as it was sent, or null if there is none.
     */
    public String cookie(final String name)
    {
        for (final String line : head.values("Cookie"))
        {
            for (final String pair : line.split(";"))
            {
                final int equals = pair.indexOf('=');
                if (equals >= 0 && HttpHead.trim(pair.substring(0, equals)).equals(name))
                {
                    return HttpHead.trim(pair.substring(equals + 1));
                }
            }
        }
        return null;
    }

    String key()
    {
        return key;
    }

    private String keySent() throws OpeningException
    {
        final String sent = head.only("Sec-WebSocket-Key");
        if (null == sent || !isKey(sent))
        {
            throw wrong(null == sent ? "without Sec-WebSocket-Key" :
                "with Sec-WebSocket-Key " + OpeningException.shown(sent) + ", expected 16 bytes in base64");
        }
        return sent;
    }

    private String target() throws OpeningException
    {
        final String line = head.firstLine();
        final int end = line.length() - PROTOCOL.length();
        if (end < METHOD.length() || !line.endsWith(PROTOCOL))
        {
            throw wrong("that is not of HTTP/1.1: " + OpeningException.shown(line));
        }
        final String sent = line.substring(METHOD.length(), end);
        if (sent.isEmpty() || !sent.chars().allMatch((each) -> each > ' ' && each <= '~' && '#' != each))
        {
            throw wrong("with target " + OpeningException.shown(sent));
        }
        return '/' == sent.charAt(0) ? sent : resourceOf(sent);
    }

    /**
     * The path and query of a whole URI. Its host has to be that of the field, so that nobody can mistake one for the
     * other.
     */
    private String resourceOf(final String uri) throws OpeningException
    {
        final String lower = uri.toLowerCase(Locale.ROOT);
        final int from = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
        int to = Math.max(from, 0);
        while (to < uri.length() && '/' != uri.charAt(to) && '?' != uri.charAt(to))
        {
            ++to;
        }
        if (from < 0 || !uri.substring(from, to).equalsIgnoreCase(host))
        {
            throw wrong("with target " + OpeningException.shown(uri) + " for Host " + OpeningException.shown(host));
        }
        final String resource = uri.substring(to);
        return resource.startsWith("/") ? resource : "/" + resource;
    }

    /**
     * The end of a body could be understood differently by a proxy, so there is none. The client of JDK 17 says so.
     */
    private void refuseBody() throws OpeningException
    {
        for (final String name : List.of("Content-Length", "Transfer-Encoding"))
        {
            final List<String> sent = head.values(name);
            if (!sent.isEmpty() && !("Content-Length".equals(name) && sent.equals(List.of("0"))))
            {
                throw wrong("with " + name);
            }
        }
    }

    private void refuseOtherUpgrades() throws OpeningException
    {
        if (!head.hasElement("Upgrade", "websocket"))
        {
            throw new OpeningException(UPGRADE_REQUIRED, "only WebSocket is spoken here");
        }
        if (!head.hasElement("Connection", "upgrade"))
        {
            throw wrong("with Upgrade, but without Connection: Upgrade");
        }
        final String version = head.only("Sec-WebSocket-Version");
        if (!VERSION.equals(version))
        {
            throw new OpeningException(UPGRADE_REQUIRED, null == version ? "request without Sec-WebSocket-Version" :
                "request with Sec-WebSocket-Version " + OpeningException.shown(version) + ", expected " + VERSION);
        }
    }

    private static boolean isKey(final String sent)
    {
        try
        {
            return KEY_CHARACTERS == sent.length() && KEY_BYTES == Base64.getDecoder().decode(sent).length;
        }
        catch (final IllegalArgumentException ex)
        {
            return false;
        }
    }

    private List<String> subprotocolsAskedFor() throws OpeningException
    {
        final List<String> asked = head.elements("Sec-WebSocket-Protocol");
        for (final String each : asked)
        {
            if (!HttpHead.isToken(each))
            {
                throw wrong("with Sec-WebSocket-Protocol " + OpeningException.shown(each));
            }
        }
        if (new HashSet<>(asked).size() < asked.size())
        {
            throw wrong("with the same Sec-WebSocket-Protocol twice");
        }
        return asked;
    }

    private OpeningException wrong(final String how)
    {
        return head.wrong(how);
    }
}
