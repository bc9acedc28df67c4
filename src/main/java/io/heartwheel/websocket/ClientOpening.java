package io.heartwheel.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The opening of a connection from the client's end (RFC 6455, section 4.1): the request, and the check of the answer.
 */
public final class ClientOpening
{
    /** Number of random bytes that a client begins with. */
    public static final int NONCE_LENGTH = 16;

    private static final String CRLF = "\r\n";
    private static final int SWITCHING = 101;
    private static final String VERSION = "HTTP/1.1 ";
    private static final int STATUS_FROM = VERSION.length();
    private static final int STATUS_TO = STATUS_FROM + 3;

    private final String host;
    private final String resource;
    private final String key;
    private final List<String> subprotocols;
    private final Map<String, String> fields;

    /**
     * Construct the opening of one connection.
     *
     * @param host         of the server, with the port if it is not that of the scheme.
     * @param resource     path and perhaps query, percent-encoded; begins with a slash.
     * @param nonce        {@link #NONCE_LENGTH} random bytes, others for each connection.
     * @param subprotocols that the client speaks, the best liked first; possibly empty.
     * @param fields       of the request besides, such as Authorization; possibly empty.
     * @throws IllegalArgumentException if one of these cannot be part of a request.
     */
    public ClientOpening(
        final String host,
        final String resource,
        final byte[] nonce,
        final List<String> subprotocols,
        final Map<String, String> fields)
    {
        require(null != WebOrigin.ofAuthority(null, host), "host", host);
        require(resource.startsWith("/") && isPrintable(resource, '!') && resource.indexOf('#') < 0,
            "resource", resource);
        require(NONCE_LENGTH == nonce.length, "length of a nonce", Integer.toString(nonce.length));
        subprotocols.forEach((each) -> require(HttpHead.isToken(each), "subprotocol", each));
        fields.forEach((name, value) ->
        {
            require(HttpHead.isToken(name), "name of a field", name);
            require(isPrintable(value, ' '), "value of " + name, value);
        });
        this.host = host;
        this.resource = resource;
        key = Base64.getEncoder().encodeToString(nonce);
        this.subprotocols = List.copyOf(subprotocols);
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * The request.
     *
     * @return the whole of it.
     */
    public byte[] request()
    {
        final StringBuilder request = new StringBuilder()
            .append("GET ").append(resource).append(" HTTP/1.1").append(CRLF)
            .append("Host: ").append(host).append(CRLF)
            .append("Upgrade: websocket").append(CRLF)
            .append("Connection: Upgrade").append(CRLF)
            .append("Sec-WebSocket-Key: ").append(key).append(CRLF)
            .append("Sec-WebSocket-Version: ").append(OpeningRequest.VERSION).append(CRLF);
        if (!subprotocols.isEmpty())
        {
            request.append("Sec-WebSocket-Protocol: ").append(String.join(", ", subprotocols)).append(CRLF);
        }
        fields.forEach((name, value) -> request.append(name).append(": ").append(value).append(CRLF));
        return request.append(CRLF).toString().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Check the answer.
     *
     * @param answer whose head is whole.
     * @return the subprotocol that the server has chosen, or null for none.
     * @throws OpeningException if the server does not let the client in, or its answer is wrong.
     */
    public String check(final HttpHead answer) throws OpeningException
    {
        final int status = statusOf(answer);
        if (SWITCHING != status)
        {
            throw answer.refused(status);
        }
        if (!answer.firstLine().startsWith(VERSION))
        {
            throw answer.wrong("101 by " + OpeningException.shown(answer.firstLine()));
        }
        if (!answer.hasElement("Upgrade", "websocket") || !answer.hasElement("Connection", "upgrade"))
        {
            throw answer.wrong("101 without Upgrade: websocket and Connection: Upgrade");
        }
        final String accept = answer.only("Sec-WebSocket-Accept");
        if (!OpeningAnswer.acceptOf(key).equals(accept))
        {
            throw answer.wrong("101 with " + (null == accept ? "no Sec-WebSocket-Accept" :
                "Sec-WebSocket-Accept " + OpeningException.shown(accept) + ", which is that of another key"));
        }
        if (!answer.elements("Sec-WebSocket-Extensions").isEmpty())
        {
            throw answer.wrong("101 with Sec-WebSocket-Extensions, which nobody asked for");
        }
        final String subprotocol = answer.only("Sec-WebSocket-Protocol");
        if (null != subprotocol && !subprotocols.contains(subprotocol))
        {
            throw answer.wrong("101 with Sec-WebSocket-Protocol " + OpeningException.shown(subprotocol) +
                ", expected one of " + subprotocols);
        }
        return subprotocol;
    }

    /**
     * The status of an answer, of a proxy as well.
     *
     * @param answer whose head is whole.
     * @return 100 to 999.
     * @throws OpeningException if its first line has none.
     */
    public static int statusOf(final HttpHead answer) throws OpeningException
    {
        final String line = answer.firstLine();
        final boolean hasStatus = line.length() >= STATUS_TO &&
            (line.length() == STATUS_TO || ' ' == line.charAt(STATUS_TO)) &&
            line.substring(STATUS_FROM, STATUS_TO).chars().allMatch((each) -> each >= '0' && each <= '9') &&
            '0' != line.charAt(STATUS_FROM);
        if (!hasStatus)
        {
            throw answer.wrong("without status: " + OpeningException.shown(line));
        }
        return Integer.parseInt(line.substring(STATUS_FROM, STATUS_TO));
    }

    private static boolean isPrintable(final String text, final char lowest)
    {
        return text.chars().allMatch((each) -> each >= lowest && each <= '~');
    }

    private static void require(final boolean isRight, final String what, final String value)
    {
        if (!isRight)
        {
            throw new IllegalArgumentException(what + " \"" + OpeningException.shown(value) + "\" is not possible");
        }
    }
}
