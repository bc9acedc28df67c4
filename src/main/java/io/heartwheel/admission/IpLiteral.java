package io.heartwheel.admission;

import java.util.Arrays;

/**
 * Reads and writes IP addresses as text. Reading is strict: a name is refused and never looked up. Numbers have no
 * leading zeros, as some programs take these for octal.
 */
public final class IpLiteral
{
    private static final int IPV4_LENGTH = 4;
    private static final int IPV6_LENGTH = 16;
    private static final int IPV6_GROUPS = 8;
    private static final int NONE = -1;

    private IpLiteral()
    {
    }

    /**
     * The canonical spelling of an address, so that one text finds a peer. RFC 5952 defines it for IPv6.
     *
     * @param host an IPv6 literal, with its zone if it has one, or any other text.
     * @return an IPv6 address in lower case and with its longest run of zeros left out; any other text unchanged.
     */
    public static String canonical(final String host)
    {
        final int zone = host.indexOf('%');
        final byte[] address = host.indexOf(':') < 0 ? null : parseIpv6(zone < 0 ? host : host.substring(0, zone));
        return null == address ? host : ipv6Text(address) + (zone < 0 ? "" : host.substring(zone));
    }

    private static String ipv6Text(final byte[] address)
    {
        int gapBegin = 0;
        int gapLength = 1;
        for (int begin = 0; begin < IPV6_GROUPS; begin++)
        {
            int length = 0;
            while (begin + length < IPV6_GROUPS && 0 == group(address, begin + length))
            {
                ++length;
            }
            if (length > gapLength)
            {
                gapBegin = begin;
                gapLength = length;
            }
        }

        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < IPV6_GROUPS; i++)
        {
            if (gapLength > 1 && i == gapBegin)
            {
                text.append("::");
                i += gapLength - 1;
            }
            else
            {
                text.append(0 == i || ':' == text.charAt(text.length() - 1) ? "" : ":")
                    .append(Integer.toHexString(group(address, i)));
            }
        }
        return text.toString();
    }

    private static int group(final byte[] address, final int index)
    {
        return (address[2 * index] & 0xFF) << 8 | address[2 * index + 1] & 0xFF;
    }

    /**
     * Is a text an IPv4 address?
     *
     * @param text such as {@code 192.0.2.1}.
     * @return false for any other text, a name included.
     */
    public static boolean isIpv4(final String text)
    {
        return null != parseIpv4(text);
    }

    /**
     * Is a text an IPv6 address?
     *
     * @param text such as {@code 2001:db8::1}, without brackets and zone.
     * @return false for any other text.
     */
    public static boolean isIpv6(final String text)
    {
        return null != parseIpv6(text);
    }

    /**
     * @return null if the text is no IPv4 address.
     */
    static byte[] parseIpv4(final String text)
    {
        final String[] numbers = text.split("\\.", -1);
        if (IPV4_LENGTH != numbers.length)
        {
            return null;
        }
        final byte[] address = new byte[IPV4_LENGTH];
        for (int i = 0; i < IPV4_LENGTH; i++)
        {
            final int number = parseDecimal(numbers[i], 0xFF);
            if (number < 0)
            {
                return null;
            }
            address[i] = (byte)number;
        }
        return address;
    }

    /**
     * Read an IPv6 address without brackets and zone. The last two groups may be written as IPv4.
     *
     * @return null if the text is no IPv6 address.
     */
    static byte[] parseIpv6(final String text)
    {
        final byte[] address = new byte[IPV6_LENGTH];
        int length = 0;
        int gapOffset = text.startsWith("::") ? 0 : NONE;
        int index = 0 == gapOffset ? 2 : 0;
        while (index < text.length())
        {
            final int colon = text.indexOf(':', index);
            final byte[] group = NONE == colon && text.indexOf('.', index) > 0 ?
                parseIpv4(text.substring(index)) : parseGroup(text, index, NONE == colon ? text.length() : colon);
            if (null == group || length + group.length > IPV6_LENGTH)
            {
                return null;
            }
            System.arraycopy(group, 0, address, length, group.length);
            length += group.length;
            if (NONE == colon)
            {
                break;
            }

            index = colon + 1;
            if (text.startsWith(":", index) && NONE == gapOffset)
            {
                gapOffset = length;
                ++index;
            }
            else if (index == text.length())
            {
                return null;
            }
        }
        return expand(address, length, gapOffset);
    }

    /**
     * @return negative if the text is no number from 0 to the maximum.
     */
    static int parseDecimal(final String text, final int max)
    {
        final int length = text.length();
        if (0 == length || length > 5 || length > 1 && '0' == text.charAt(0))
        {
            return NONE;
        }
        int number = 0;
        for (int i = 0; i < length; i++)
        {
            final char digit = text.charAt(i);
            if (digit < '0' || digit > '9')
            {
                return NONE;
            }
            number = 10 * number + digit - '0';
        }
        return number <= max ? number : NONE;
    }

    private static byte[] parseGroup(final String text, final int begin, final int end)
    {
        if (begin == end || end - begin > 4)
        {
            return null;
        }
        int group = 0;
        for (int i = begin; i < end; i++)
        {
            final char character = text.charAt(i);
            final int digit = character < 0x80 ? Character.digit(character, 16) : NONE;
            if (digit < 0)
            {
                return null;
            }
            group = group << 4 | digit;
        }
        return new byte[]{(byte)(group >> 8), (byte)group};
    }

    /**
     * Fill the gap with zeros. It stands for at least one group.
     */
    private static byte[] expand(final byte[] address, final int length, final int gapOffset)
    {
        if (NONE == gapOffset)
        {
            return IPV6_LENGTH == length ? address : null;
        }
        if (length > IPV6_LENGTH - 2)
        {
            return null;
        }
        final int endOffset = IPV6_LENGTH - (length - gapOffset);
        System.arraycopy(address, gapOffset, address, endOffset, length - gapOffset);
        Arrays.fill(address, gapOffset, endOffset, (byte)0);
        return address;
    }
}
