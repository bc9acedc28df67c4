package io.heartwheel.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A block of addresses in CIDR notation, such as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or the single address
 * {@code ::1}. An IPv4-mapped IPv6 address counts as the IPv4 address, and is in no block of IPv6 addresses.
 * <p>
 * Immutable.
 */
public final class CidrBlock
{
    private final long high;
    private final long low;
    private final int prefixLength;

    private CidrBlock(final long high, final long low, final int prefixLength)
    {
        this.high = high;
        this.low = low;
        this.prefixLength = prefixLength;
    }

    /**
     * Read a block.
     *
     * @param text an address literal, then {@code /} and the prefix length; without these, a single address. No name is
     *             looked up.
     * @return the block.
     * @throws IllegalArgumentException if the text is no block, or its address has bits set after the prefix.
     */
    public static CidrBlock parse(final String text)
    {
        final int slash = text.indexOf('/');
        final String addressText = slash < 0 ? text : text.substring(0, slash);
        final byte[] address = addressText.indexOf(':') < 0 ?
            IpLiteral.parseIpv4(addressText) : IpLiteral.parseIpv6(addressText);
        if (null == address)
        {
            throw new IllegalArgumentException("\"" + text + "\": expected an IPv4 or IPv6 address, not a name");
        }

        final int maxLength = address.length * Byte.SIZE;
        final int length = slash < 0 ? maxLength : IpLiteral.parseDecimal(text.substring(slash + 1), maxLength);
        if (length < 0)
        {
            throw new IllegalArgumentException("\"" + text + "\": expected a prefix length of 0 to " + maxLength);
        }

        final int bitLength = length + 2 * Long.SIZE - maxLength;
        final long high = IpBits.high(address);
        final long low = IpBits.low(address);
        final long firstHigh = high & IpBits.mask(bitLength);
        final long firstLow = low & IpBits.mask(bitLength - Long.SIZE);
        if (firstHigh != high || firstLow != low)
        {
            throw new IllegalArgumentException("\"" + text + "\": has bits set behind its prefix of " + length);
        }
        return new CidrBlock(high, low, bitLength);
    }

    /**
     * Is an address in this block?
     *
     * @param address of either family.
     * @return true if it is.
     */
    public boolean matches(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        return matches(IpBits.high(bytes), IpBits.low(bytes));
    }

    boolean matches(final long otherHigh, final long otherLow)
    {
        return 0 == ((high ^ otherHigh) & IpBits.mask(prefixLength)) &&
            0 == ((low ^ otherLow) & IpBits.mask(prefixLength - Long.SIZE)) &&
            IpBits.isIpv4(high, low) == IpBits.isIpv4(otherHigh, otherLow);
    }

    boolean contains(final CidrBlock other)
    {
        return prefixLength <= other.prefixLength && matches(other.high, other.low);
    }

    /**
     * Order: IPv6 before IPv4, then by the first address, then the larger block first.
     */
    int compareTo(final CidrBlock other)
    {
        final int byFirst = compareFirst(other.high, other.low);
        return 0 != byFirst ? byFirst : Integer.compare(prefixLength, other.prefixLength);
    }

    /**
     * Compare the first address of this block with an address: negative if it comes before, 0 if they are the same.
     */
    int compareFirst(final long otherHigh, final long otherLow)
    {
        final int byFamily = Boolean.compare(IpBits.isIpv4(high, low), IpBits.isIpv4(otherHigh, otherLow));
        if (0 != byFamily)
        {
            return byFamily;
        }
        final int byHigh = Long.compareUnsigned(high, otherHigh);
        return 0 != byHigh ? byHigh : Long.compareUnsigned(low, otherLow);
    }

    @Override
    public String toString()
    {
        try
        {
            // An IPv4-mapped address becomes an Inet4Address.
            final byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
            return IpLiteral.canonical(InetAddress.getByAddress(bytes).getHostAddress()) + "/" +
                (IpBits.isIpv4(high, low) ? prefixLength - IpBits.IPV4_OFFSET : prefixLength);
        }
        catch (final UnknownHostException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
