package io.heartwheel.admission;

/**
 * Represents any address by the 128 bits of an IPv6 address, in two halves. An IPv4 address takes its IPv4-mapped form,
 * so that both forms are equal.
 */
final class IpBits
{
    static final int IPV4_OFFSET = 96;

    private static final long IPV4_MAPPED = 0xFFFFL << 32;

    private IpBits()
    {
    }

    static long high(final byte[] address)
    {
        return Integer.BYTES == address.length ? 0 : bits(address, 0, Long.BYTES);
    }

    static long low(final byte[] address)
    {
        return Integer.BYTES == address.length ?
            IPV4_MAPPED | bits(address, 0, Integer.BYTES) : bits(address, Long.BYTES, 2 * Long.BYTES);
    }

    static boolean isIpv4(final long high, final long low)
    {
        return 0 == high && IPV4_MAPPED == (low & 0xFFFF_FFFF_0000_0000L);
    }

    /**
     * A mask with this number of leading ones: none if it is negative, 64 at most.
     */
    static long mask(final int length)
    {
        return length <= 0 ? 0 : -1L << Math.max(0, Long.SIZE - length);
    }

    private static long bits(final byte[] address, final int begin, final int end)
    {
        long bits = 0;
        for (int i = begin; i < end; i++)
        {
            bits = bits << Byte.SIZE | address[i] & 0xFF;
        }
        return bits;
    }
}
