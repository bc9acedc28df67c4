package io.heartwheel.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The answers of a server to a request that opens a connection. After each but 101 the server closes the connection, so
 * nothing that follows a request can be taken for another one.
 */
public final class OpeningAnswer
{
    /** RFC 6455, section 1.3. */
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String CRLF = "\r\n";

    private OpeningAnswer()
    {
    }

    /**
     * The answer that lets a client in: 101 (RFC 6455, section 4.2.2). Without extensions, whichever the client asks
     * for.
     *
     * @param request     of the client.
     * @param subprotocol that will be spoken, one of those the client asks for; null for none.
     * @return the whole answer.
     * @throws IllegalArgumentException if the client does not ask for the subprotocol, as it would then leave.
     */
    public static byte[] accept(final OpeningRequest request, final String subprotocol)
    {
        if (null != subprotocol && !request.subprotocols().contains(subprotocol))
        {
            throw new IllegalArgumentException(
                "subprotocol " + subprotocol + " is none of those asked for: " + request.subprotocols());
        }
        return bytes("HTTP/1.1 101 Switching Protocols" + CRLF +
            "Upgrade: websocket" + CRLF +
            "Connection: Upgrade" + CRLF +
            "Sec-WebSocket-Accept: " + acceptOf(request.key()) + CRLF +
            (null == subprotocol ? "" : "Sec-WebSocket-Protocol: " + subprotocol + CRLF) + CRLF);
    }

    /**
     * An answer that turns a client away, with one line of text. The connection is to be closed behind it.
     *
     * @param status 400, 403, 404, 408, 426 or 503.
     * @param text   for people, printable ASCII; possibly empty.
     * @return the whole answer.
     */
    public static byte[] refuse(final int status, final String text)
    {
        final String body = (text.isEmpty() ? phrase(status) : text) + "\n";
        return bytes("HTTP/1.1 " + status + " " + phrase(status) + CRLF +
            // RFC 9110, section 15.5.22: which protocol would do. RFC 6455, section 4.4: which version of it.
            (426 == status ?
                "Upgrade: websocket" + CRLF + "Connection: close, Upgrade" + CRLF +
                "Sec-WebSocket-Version: " + OpeningRequest.VERSION + CRLF :
                "Connection: close" + CRLF) +
            "Content-Type: text/plain" + CRLF +
            "X-Content-Type-Options: nosniff" + CRLF +
            "Content-Length: " + body.length() + CRLF + CRLF +
            body);
    }

    /**
     * What proves that a server has read a key and speaks WebSocket.
     */
    static String acceptOf(final String key)
    {
        try
        {
            final MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest(bytes(key + GUID)));
        }
        catch (final NoSuchAlgorithmException ex)
        {
            // Every Java platform has to have it.
            throw new IllegalStateException(ex);
        }
    }

    private static String phrase(final int status)
    {
        return switch (status)
        {
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 408 -> "Request Timeout";
            case 426 -> "Upgrade Required";
            case 503 -> "Service Unavailable";
            default -> throw new IllegalArgumentException("status " + status + " is no refusal that is sent");
        };
    }

    /** A character that is not ASCII becomes a question mark. */
    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
