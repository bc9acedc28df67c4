package io.heartwheel.admission;

import org.agrona.collections.Long2LongCounterMap;

import java.net.InetAddress;

/**
 * How many connections each address has. Addresses with the same leading bits count as one, for whoever has one address
 * of IPv6 has a whole network of them. IPv4-mapped IPv6 addresses count as the IPv4 addresses they are.
 * <p>
 * Memory grows with the greatest number of addresses at one time. <b>Note:</b> Not threadsafe.
 */
public final class AddressCounts
{
    /** Leading bits of an IPv4 address that count, unless told otherwise: all. */
    public static final int IPV4_PREFIX_LENGTH_DEFAULT = 32;

    /** Leading bits of an IPv6 address that count, unless told otherwise. */
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
     */
    public AddressCounts(final int ipv4PrefixLength, final int ipv6PrefixLength)
    {
        ipv4Mask = IpBits.mask(checked("IPv4", ipv4PrefixLength, Integer.SIZE) + Integer.SIZE);
        ipv6Mask = IpBits.mask(checked("IPv6", ipv6PrefixLength, Long.SIZE));
    }

    /**
     * Count one connection more, unless there are enough.
     *
     * @param address it comes from.
     * @param limit   number of connections that may be counted.
     * @return false if there are as many already; then nothing is counted.
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
     * @throws IllegalStateException if there is none.
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
     * How many connections are counted with an address.
     *
     * @param address whose leading bits count.
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
     * @param address whose leading bits count.
     * @param other   the other.
     * @return true if they do.
     */
    public boolean isSame(final InetAddress address, final InetAddress other)
    {
        final byte[] bytes = address.getAddress();
        final byte[] otherBytes = other.getAddress();
        return isIpv4(bytes) == isIpv4(otherBytes) && key(bytes) == key(otherBytes);
    }

    /**
     * How many different addresses have connections.
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
