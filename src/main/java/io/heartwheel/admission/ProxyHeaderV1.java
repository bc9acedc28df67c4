package io.heartwheel.admission;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Parses version 1 of the PROXY header: {@code PROXY TCP4 source destination port port CRLF}, with {@code TCP6} or
 * {@code UNKNOWN} in place of TCP4.
 */
final class ProxyHeaderV1
{
    private static final String TCP4 = "PROXY TCP4 ";
    private static final String TCP6 = "PROXY TCP6 ";
    private static final String UNKNOWN = "PROXY UNKNOWN";
    private static final String[] BEGINNINGS = {TCP4, TCP6, UNKNOWN};
    private static final String ADDRESS_CHARACTERS = "0123456789abcdefABCDEF:. ";
    private static final int MAX_PORT = 0xFFFF;

    private ProxyHeaderV1()
    {
    }

    /**
     * @param header from 0 to its limit; its position is moved behind a whole header.
     */
    static ProxyHeader parse(final ByteBuffer header) throws ProxyHeaderException
    {
        final String beginning = beginning(header);
        if (null == beginning)
        {
            return null;
        }
        final int lineLength = lineLength(header, beginning);
        if (lineLength < 0)
        {
            return null;
        }

        final byte[] line = new byte[lineLength];
        header.get(line).position(lineLength + 2);
        return UNKNOWN.equals(beginning) ?
            ProxyHeader.WITHOUT_SOURCE :
            parse(new String(line, StandardCharsets.US_ASCII), TCP4.equals(beginning));
    }

    /**
     * @return null if too few bytes have arrived to tell.
     */
    private static String beginning(final ByteBuffer header) throws ProxyHeaderException
    {
        int wrongIndex = 0;
        for (final String beginning : BEGINNINGS)
        {
            int index = 0;
            while (index < beginning.length() && index < header.limit() && beginning.charAt(index) == header.get(index))
            {
                ++index;
            }
            if (index == beginning.length())
            {
                return beginning;
            }
            if (index == header.limit())
            {
                return null;
            }
            wrongIndex = Math.max(wrongIndex, index);
        }
        throw ProxyHeaderException.ofByte(header.get(wrongIndex), wrongIndex);
    }

    /**
     * @return length of the line without its CRLF, negative if the CRLF has not arrived.
     */
    private static int lineLength(final ByteBuffer header, final String beginning) throws ProxyHeaderException
    {
        final boolean isUnknown = UNKNOWN.equals(beginning);
        final int limit = Math.min(header.limit(), ProxyHeader.MAX_V1_LENGTH);
        for (int index = beginning.length(); index < limit; index++)
        {
            final byte value = header.get(index);
            final boolean isAfterCr = '\r' == header.get(index - 1);
            if (isAfterCr && '\n' == value)
            {
                return index - 1;
            }
            final boolean isRight = '\r' == value || (isUnknown ?
                '\n' != value && (' ' == value || index > beginning.length()) : ADDRESS_CHARACTERS.indexOf(value) >= 0);
            if (isAfterCr || !isRight)
            {
                throw ProxyHeaderException.ofByte(value, index);
            }
        }
        if (ProxyHeader.MAX_V1_LENGTH == limit)
        {
            throw new ProxyHeaderException("PROXY header without CRLF in its first " + limit + " bytes");
        }
        return -1;
    }

    private static ProxyHeader parse(final String line, final boolean isIpv4) throws ProxyHeaderException
    {
        final String[] fields = line.split(" ", -1);
        if (6 != fields.length)
        {
            throw new ProxyHeaderException("PROXY header of " + fields.length + " fields, expected 6: " + line);
        }
        final ProxyHeader header = ProxyHeader.of(address(fields[2], isIpv4), port(fields[4]));
        address(fields[3], isIpv4);
        port(fields[5]);
        return header;
    }

    private static byte[] address(final String field, final boolean isIpv4) throws ProxyHeaderException
    {
        final byte[] address = isIpv4 ? IpLiteral.parseIpv4(field) : IpLiteral.parseIpv6(field);
        if (null == address)
        {
            throw new ProxyHeaderException(
                "PROXY header with address " + field + ", expected one of " + (isIpv4 ? "IPv4" : "IPv6"));
        }
        return address;
    }

    private static int port(final String field) throws ProxyHeaderException
    {
        final int port = IpLiteral.parseDecimal(field, MAX_PORT);
        if (port < 0)
        {
            throw new ProxyHeaderException("PROXY header with port " + field + ", expected 0 to " + MAX_PORT);
        }
        return port;
    }
}
