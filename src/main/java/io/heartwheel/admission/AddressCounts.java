package io.heartwheel.admission;

import org.agrona.collections.Long2LongCounterMap;

import java.net.InetAddress;

/**
 * Counts the connections of each address. Addresses with the same prefix count as one, because a host usually has a
 * whole network of IPv6 addresses. An IPv4-mapped IPv6 address counts as the IPv4 address.
 * <p>
 * Memory grows with the greatest number of prefixes that are counted at a time.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class AddressCounts
{
    /** Default prefix length of IPv4 addresses: all bits. */
    public static final int IPV4_PREFIX_LENGTH_DEFAULT = 32;

    /** Default prefix length of IPv6 addresses: one subnet. */
    public static final int IPV6_PREFIX_LENGTH_DEFAULT = 64;

    private final long ipv4Mask;
    private final long ipv6Mask;
    private final Long2LongCounterMap ipv4Counts = new Long2LongCounterMap(0);
    private final Long2LongCounterMap ipv6Counts = new Long2LongCounterMap(0);

    /**
     * Construct with the default prefix lengths.
     */
    public AddressCounts()
    {
        this(IPV4_PREFIX_LENGTH_DEFAULT, IPV6_PREFIX_LENGTH_DEFAULT);
    }

    /**
     * Construct.
     *
     * @param ipv4PrefixLength leading bits of an IPv4 address that count, 1 to 32.
     * @param ipv6PrefixLength leading bits of an IPv6 address that count, 1 to 64.
     * @throws IllegalArgumentException if a length is out of range.
     */
    public AddressCounts(final int ipv4PrefixLength, final int ipv6PrefixLength)
    {
        ipv4Mask = IpBits.mask(checked("IPv4", ipv4PrefixLength, Integer.SIZE) + Integer.SIZE);
        ipv6Mask = IpBits.mask(checked("IPv6", ipv6PrefixLength, Long.SIZE));
    }

    /**
     * Count one connection more, unless the limit is reached.
     *
     * @param address of the connection.
     * @param limit   largest number of connections of the prefix.
     * @return false if the limit is reached; then nothing is counted.
     */
    public boolean tryAdd(final InetAddress address, final int limit)
    {
        final byte[] bytes = address.getAddress();
        final Long2LongCounterMap counts = counts(bytes);
        final long key = key(bytes);
        if (counts.get(key) >= limit)
        {
            return false;
        }
        counts.incrementAndGet(key);
        return true;
    }

    /**
     * Count one connection less.
     *
     * @param address with which it was added.
     * @throws IllegalStateException if no connection of the prefix is counted.
     */
    public void remove(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        final Long2LongCounterMap counts = counts(bytes);
        final long key = key(bytes);
        if (0 == counts.get(key))
        {
            throw new IllegalStateException("no connection of " + address.getHostAddress() + " is counted");
        }
        counts.decrementAndGet(key);
    }

    /**
     * Number of connections that have the prefix of an address.
     *
     * @param address to look up.
     * @return number of connections.
     */
    public int count(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        return (int)counts(bytes).get(key(bytes));
    }

    /**
     * Do two addresses count as one?
     *
     * @param address one address.
     * @param other   the other one.
     * @return true if their prefixes are the same.
     */
    public boolean isSame(final InetAddress address, final InetAddress other)
    {
        final byte[] bytes = address.getAddress();
        final byte[] otherBytes = other.getAddress();
        return isIpv4(bytes) == isIpv4(otherBytes) && key(bytes) == key(otherBytes);
    }

    /**
     * Number of prefixes that have connections.
     *
     * @return number of prefixes.
     */
    public int prefixCount()
    {
        return ipv4Counts.size() + ipv6Counts.size();
    }

    private Long2LongCounterMap counts(final byte[] address)
    {
        return isIpv4(address) ? ipv4Counts : ipv6Counts;
    }

    private long key(final byte[] address)
    {
        return isIpv4(address) ? IpBits.low(address) & ipv4Mask : IpBits.high(address) & ipv6Mask;
    }

    private static boolean isIpv4(final byte[] address)
    {
        return IpBits.isIpv4(IpBits.high(address), IpBits.low(address));
    }

    private static int checked(final String family, final int prefixLength, final int max)
    {
        if (prefixLength < 1 || prefixLength > max)
        {
            throw new IllegalArgumentException(
                family + " prefix length of " + prefixLength + ", expected 1 to " + max);
        }
        return prefixLength;
    }
}
