package io.heartwheel.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;

/**
 * Addresses, and one of the ways to write each.
 */
final class RandomAddresses
{
    private final SplittableRandom random;

    RandomAddresses(final SplittableRandom random)
    {
        this.random = random;
    }

    byte[] next(final int length)
    {
        final byte[] address = new byte[length];
        random.nextBytes(address);
        // Long runs of zeros in some.
        for (int i = 0; i < length; i++)
        {
            if (0 == random.nextInt(4))
            {
                final int end = Math.min(length, i + random.nextInt(length));
                while (i < end)
                {
                    address[i++] = 0;
                }
            }
        }
        return address;
    }

    String text(final byte[] address)
    {
        return 4 == address.length ? ipv4Text(address, 0) : ipv6Text(address);
    }

    static InetAddress address(final byte... bytes)
    {
        try
        {
            return InetAddress.getByAddress(bytes);
        }
        catch (final UnknownHostException ex)
        {
            throw new AssertionError(ex);
        }
    }

    static InetAddress address(final String literal)
    {
        return address(literal.indexOf(':') < 0 ? IpLiteral.parseIpv4(literal) : IpLiteral.parseIpv6(literal));
    }

    private static String ipv4Text(final byte[] bytes, final int offset)
    {
        return (bytes[offset] & 0xFF) + "." + (bytes[offset + 1] & 0xFF) + "." +
            (bytes[offset + 2] & 0xFF) + "." + (bytes[offset + 3] & 0xFF);
    }

    private String ipv6Text(final byte[] bytes)
    {
        final int groupCount = random.nextInt(4) == 0 ? 6 : 8;
        final int gap = random.nextInt(groupCount);
        int gapEnd = gap;
        while (gapEnd < groupCount && 0 == group(bytes, gapEnd))
        {
            ++gapEnd;
        }

        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < groupCount; i++)
        {
            if (i == gap && gapEnd > gap)
            {
                text.append(0 == i ? "::" : ":");
                i = gapEnd - 1;
                continue;
            }
            final String format = random.nextBoolean() ? "%x" : random.nextBoolean() ? "%X" : "%04x";
            text.append(String.format(format, group(bytes, i))).append(i < 7 ? ":" : "");
        }
        return 6 == groupCount ? text + ipv4Text(bytes, 12) : text.toString();
    }

    private static int group(final byte[] bytes, final int index)
    {
        return (bytes[2 * index] & 0xFF) << 8 | bytes[2 * index + 1] & 0xFF;
    }
}
