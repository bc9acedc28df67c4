package io.heartwheel.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Reads {@code X-Forwarded-For}, to which each proxy of HTTP appends the address that it was connected from. Only what
 * trusted proxies have appended can be believed: the client itself may have sent what stands before.
 */
public final class ForwardedFor
{
    private ForwardedFor()
    {
    }

    /**
     * The address of the client: the last one that is not of a trusted proxy.
     *
     * @param values  of the field, one for each line that has it.
     * @param proxies that are trusted. The connection came from one of them.
     * @return the address, or null if there is none, or what stands in its place is no address.
     */
    public static InetAddress client(final List<String> values, final CidrList proxies)
    {
        InetAddress first = null;
        for (int i = values.size() - 1; i >= 0; i--)
        {
            final String[] elements = values.get(i).split(",", -1);
            for (int j = elements.length - 1; j >= 0; j--)
            {
                final InetAddress address = addressOf(elements[j].trim());
                if (null == address || !proxies.contains(address))
                {
                    return address;
                }
                first = address;
            }
        }
        return first;
    }

    private static InetAddress addressOf(final String text)
    {
        final boolean isBracketed = text.startsWith("[") && text.endsWith("]");
        final String literal = isBracketed ? text.substring(1, text.length() - 1) : text;
        final byte[] bytes = literal.indexOf(':') < 0 ? IpLiteral.parseIpv4(literal) : IpLiteral.parseIpv6(literal);
        try
        {
            return null == bytes ? null : InetAddress.getByAddress(bytes);
        }
        catch (final UnknownHostException ex)
        {
            throw new IllegalArgumentException("address of " + bytes.length + " bytes", ex);
        }
    }
}
