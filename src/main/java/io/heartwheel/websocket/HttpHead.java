package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The head of a request or an answer of HTTP/1.1, taken as it arrives: its first line, and its fields. It is strict
 * where servers and proxies have understood one head differently (RFC 9112, sections 2.2 and 5): a line ends by CRLF
 * alone, is not folded, holds no control character but a tab in a value, and no space stands before a colon. What is
 * wrong is refused as soon as its line, or the byte, is there.
 * <p>
 * Each byte is looked at once or twice, however the head is split. At most {@link #MAX_LENGTH} bytes are kept.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class HttpHead
{
    /** Longest head in bytes, with the empty line that ends it. */
    public static final int MAX_LENGTH = 8_192;

    /** Largest number of lines, the first included, the empty one not. */
    public static final int MAX_LINES = 64;

    private static final int CAPACITY_MIN = 512;
    private static final int BAD_REQUEST = 400;
    /** Fields that say why an answer is no, or what would do instead. */
    private static final List<String> TELLING = List.of(
        "Location", "Retry-After", "WWW-Authenticate", "Proxy-Authenticate", "Sec-WebSocket-Version");
    /** A peer may send any number of these: no more of them is told once the text has this length. */
    private static final int TOLD_MAX = 200;
    private static final String NO_TOKEN = "\"(),/:;<=>?@[\\]{}";

    private final String beginning;
    private final int status;
    private final String what;
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private byte[] bytes = new byte[CAPACITY_MIN];
    private int length;
    private int lineFrom;
    private String firstLine;

    private HttpHead(final String beginning, final int status, final String what)
    {
        this.beginning = beginning;
        this.status = status;
        this.what = what;
    }

    /**
     * The head of a request, of which only GET is taken.
     *
     * @return an empty head.
     */
    public static HttpHead ofRequest()
    {
        return new HttpHead("GET /", BAD_REQUEST, "request");
    }

    /**
     * The head of an answer, of HTTP/1.1 or HTTP/1.0.
     *
     * @return an empty head.
     */
    public static HttpHead ofAnswer()
    {
        return new HttpHead("HTTP/1.1 ", 0, "answer");
    }

    /**
     * Take bytes up to the end of the head. Those behind it are left.
     *
     * @param in bytes that have arrived, from its position to its limit.
     * @return true if the head is whole.
     * @throws OpeningException as soon as the bytes cannot become a head. Nothing more may be read afterwards.
     */
    public boolean read(final ByteBuffer in) throws OpeningException
    {
        boolean isWhole = false;
        while (!isWhole && in.hasRemaining())
        {
            if (MAX_LENGTH == length)
            {
                throw wrong("of more than " + MAX_LENGTH + " bytes");
            }
            if (length == bytes.length)
            {
                bytes = Arrays.copyOf(bytes, Math.min(length << 1, MAX_LENGTH));
            }
            final byte value = in.get();
            bytes[length] = value;
            check(value);
            ++length;
            isWhole = '\n' == value && isEndedBy(lineFrom, length - 2);
            lineFrom = '\n' == value ? length : lineFrom;
        }
        return isWhole;
    }

    /**
     * The first line.
     *
     * @return the line, without its CRLF.
     */
    public String firstLine()
    {
        return firstLine;
    }

    /**
     * The values of a field, one for each line that has it.
     *
     * @param name of the field, in any case.
     * @return the values in their order, each character a byte; possibly empty.
     */
    public List<String> values(final String name)
    {
        final List<String> found = new ArrayList<>();
        for (int i = 0; i < names.size(); i++)
        {
            if (names.get(i).equalsIgnoreCase(name))
            {
                found.add(values.get(i));
            }
        }
        return found;
    }

    /**
     * Size of the buffer that keeps the head.
     *
     * @return number of bytes.
     */
    public int capacity()
    {
        return bytes.length;
    }

    /**
     * The value of a field that must not be repeated.
     *
     * @return the value, or null if there is none.
     */
    String only(final String name) throws OpeningException
    {
        final List<String> found = values(name);
        if (found.size() > 1)
        {
            throw wrong("with " + found.size() + " times " + name);
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /**
     * The elements of a field that is a list, of all lines that have it. Empty ones are left out.
     */
    List<String> elements(final String name)
    {
        final List<String> elements = new ArrayList<>();
        for (final String value : values(name))
        {
            for (final String element : value.split(","))
            {
                final String trimmed = trim(element);
                if (!trimmed.isEmpty())
                {
                    elements.add(trimmed);
                }
            }
        }
        return elements;
    }

    boolean hasElement(final String name, final String element)
    {
        return elements(name).stream().anyMatch(element::equalsIgnoreCase);
    }

    OpeningException wrong(final String how)
    {
        return new OpeningException(status, what + " " + how);
    }

    /**
     * An answer that is no: what it says of the reason.
     */
    OpeningException refused(final int statusOfAnswer)
    {
        final StringBuilder text = new StringBuilder("answer ").append(OpeningException.shown(firstLine));
        for (int i = 0; i < TELLING.size() && text.length() < TOLD_MAX; i++)
        {
            final List<String> values = values(TELLING.get(i));
            if (!values.isEmpty())
            {
                text.append(", ").append(TELLING.get(i)).append(' ')
                    .append(OpeningException.shown(String.join(", ", values)));
            }
        }
        return new OpeningException(statusOfAnswer, text.toString());
    }

    /**
     * Is it a token (RFC 9110, section 5.6.2), such as the name of a field or of a subprotocol?
     */
    static boolean isToken(final String text)
    {
        return !text.isEmpty() &&
            text.chars().allMatch((each) -> each > ' ' && each <= '~' && NO_TOKEN.indexOf(each) < 0);
    }

    /**
     * Without spaces and tabs around it, and nothing else.
     */
    static String trim(final String text)
    {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from)))
        {
            ++from;
        }
        while (from < to && isBlank(text.charAt(to - 1)))
        {
            --to;
        }
        return text.substring(from, to);
    }

    private static boolean isBlank(final int value)
    {
        return ' ' == value || '\t' == value;
    }

    /**
     * Check the byte that arrived.
     */
    private void check(final byte value) throws OpeningException
    {
        if (length < beginning.length())
        {
            if (beginning.charAt(length) != value && !isOtherTarget(value) && !isOlderAnswer(value))
            {
                throw wrong(at(value) + ", expected it to begin with \"" + beginning.trim() + "\"");
            }
            return;
        }
        final boolean isAfterCr = '\r' == bytes[length - 1];
        final boolean isRight = isAfterCr || '\n' == value ? isAfterCr && '\n' == value :
            value >= ' ' && 0x7F != value || value < 0 || '\r' == value || '\t' == value && null != firstLine;
        if (!isRight)
        {
            throw wrong(at(value));
        }
        if (length == lineFrom)
        {
            if (isBlank(value))
            {
                throw wrong("with a folded line at byte " + length);
            }
            if ('\r' != value && MAX_LINES == names.size() + 1)
            {
                throw wrong("of more than " + MAX_LINES + " lines");
            }
        }
    }

    /**
     * A request may name its target as a whole URI (RFC 9112, section 3.2.2).
     */
    private boolean isOtherTarget(final byte value)
    {
        return BAD_REQUEST == status && length == beginning.length() - 1 && 'h' == (value | 0x20);
    }

    /**
     * Proxies answer by HTTP/1.0 too, and some servers do that refuse.
     */
    private boolean isOlderAnswer(final byte value)
    {
        return BAD_REQUEST != status && length == beginning.length() - 2 && '0' == value;
    }

    private String at(final byte value)
    {
        return "with 0x" + Integer.toHexString(value & 0xFF) + " at byte " + length;
    }

    /**
     * Take the line from one offset to another.
     *
     * @return true if it is the empty one, which ends the head.
     */
    private boolean isEndedBy(final int from, final int to) throws OpeningException
    {
        if (from == to)
        {
            return true;
        }
        final String line = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        if (null == firstLine)
        {
            firstLine = line;
            return false;
        }
        final int colon = line.indexOf(':');
        if (colon < 0 || !isToken(line.substring(0, colon)))
        {
            throw wrong("with a line that is no field: " + OpeningException.shown(line));
        }
        names.add(line.substring(0, colon));
        values.add(trim(line.substring(colon + 1)));
        return false;
    }
}
