package io.heartwheel.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The opening of a tunnel through a proxy of HTTP (RFC 9110, section 9.3.6): the request, and the check of the answer.
 */
public final class TunnelOpening
{
    private static final String CRLF = "\r\n";
    private static final int SUCCESSES = 2;

    private TunnelOpening()
    {
    }

    /**
     * The request for a tunnel.
     *
     * @param target        host and port of the server, as they are to be connected to by the proxy.
     * @param authorization of the client at the proxy; null for none.
     * @return the whole of it.
     * @throws IllegalArgumentException if one of these cannot be part of a request.
     */
    public static byte[] request(final String target, final String authorization)
    {
        final WebOrigin authority = WebOrigin.ofAuthority(null, target);
        if (null == authority || authority.port() < 0)
        {
            throw new IllegalArgumentException(
                "target \"" + OpeningException.shown(target) + "\" is not possible");
        }
        final String request = "CONNECT " + target + " HTTP/1.1" + CRLF + "Host: " + target + CRLF +
            (null == authorization ? "" : "Proxy-Authorization: " + authorization + CRLF) + CRLF;
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Check the answer. A length in it means nothing: what follows the head is of the server.
     *
     * @param answer whose head is whole.
     * @throws OpeningException if the proxy does not let the client through, or its answer is none.
     */
    public static void check(final HttpHead answer) throws OpeningException
    {
        final int status = ClientOpening.statusOf(answer);
        if (SUCCESSES != status / 100)
        {
            throw answer.refused(status);
        }
    }

    /**
     * Credentials by the Basic scheme (RFC 7617).
     *
     * @param user     without a colon.
     * @param password of the user.
     * @return the value of an Authorization or Proxy-Authorization.
     */
    public static String basic(final String user, final String password)
    {
        if (user.indexOf(':') >= 0)
        {
            throw new IllegalArgumentException("a user of the Basic scheme has no colon");
        }
        return "Basic " + Base64.getEncoder().encodeToString(
            (user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
