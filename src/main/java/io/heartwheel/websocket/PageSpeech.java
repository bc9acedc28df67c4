package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a server says to a page so that the page can tell that the server is there. A page asks for it in its request by
 * the parameter {@code heartwheel}, with a token that it has made up. The first message is then the text {@code
 * heartwheel TOKEN MS}: as nobody else knows the token, no other peer of the application can have written it. After MS
 * milliseconds in which it has said nothing else, the server says the one character SYN, which ASCII has for this.
 */
public final class PageSpeech
{
    private static final String PARAMETER = "heartwheel=";
    private static final int TOKEN_MAX = 64;
    private static final String SYN = "\u0016";
    private static final int BAD_REQUEST = 400;
    private static final long NS_PER_MS = 1_000_000;

    private PageSpeech()
    {
    }

    /**
     * The token by which a page asks to be spoken to.
     *
     * @param request of the page.
     * @return the token, or null if the page does not ask.
     * @throws OpeningException with status 400 if it is no token: 1 to 64 letters, digits, hyphens and underscores.
     */
    public static String tokenOf(final OpeningRequest request) throws OpeningException
    {
        final String query = request.query();
        for (final String pair : null == query ? new String[0] : query.split("&"))
        {
            if (pair.startsWith(PARAMETER))
            {
                final String token = pair.substring(PARAMETER.length());
                if (!isToken(token))
                {
                    throw new OpeningException(BAD_REQUEST, "request with " + PARAMETER +
                        OpeningException.shown(token) + ", expected 1 to 64 letters, digits, '-' or '_'");
                }
                return token;
            }
        }
        return null;
    }

    private static boolean isToken(final String text)
    {
        return !text.isEmpty() && text.length() <= TOKEN_MAX && text.chars().allMatch((each) ->
            each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z' || each >= '0' && each <= '9' ||
            '-' == each || '_' == each);
    }

    /**
     * The first message.
     *
     * @param token   of the page.
     * @param speakNs after which the server speaks, in nanoseconds; told in milliseconds, rounded up.
     * @return a frame.
     */
    public static ByteBuffer greeting(final String token, final long speakNs)
    {
        return frame("heartwheel " + token + " " + (speakNs + NS_PER_MS - 1) / NS_PER_MS);
    }

    /**
     * What is said in place of anything else.
     *
     * @return a frame.
     */
    public static byte[] idle()
    {
        final ByteBuffer frame = frame(SYN);
        return Arrays.copyOf(frame.array(), frame.limit());
    }

    private static ByteBuffer frame(final String text)
    {
        final ByteBuffer payload = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        final ByteBuffer frame = ByteBuffer.allocate(WebSocketFrame.MAX_HEADER_LENGTH + payload.remaining());
        WebSocketFrame.put(frame, WebSocketFrame.TEXT, payload);
        return frame.flip();
    }
}
