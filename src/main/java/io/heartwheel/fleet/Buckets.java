package io.heartwheel.fleet;

/**
 * Which bucket of the registry an identity is in. All nodes of a fleet have to agree, of whatever version they are: the
 * hash is fixed for ever.
 */
public final class Buckets
{
    /** Most buckets that a registry may have. */
    public static final int MAX = 65_536;

    private Buckets()
    {
    }

    /**
     * Check a number of buckets.
     *
     * @param buckets a power of two, 1 to {@link #MAX}.
     * @return the same.
     * @throws IllegalArgumentException if it is something else.
     */
    public static int checked(final int buckets)
    {
        if (buckets < 1 || buckets > MAX || 1 != Integer.bitCount(buckets))
        {
            throw new IllegalArgumentException("buckets=" + buckets + " is no power of two from 1 to " + MAX);
        }
        return buckets;
    }

    /**
     * The bucket of an identity. All devices of a user share one: what is behind the first slash does not count.
     *
     * @param identity {@code user}, or {@code user/device}.
     * @param buckets  a power of two.
     * @return 0 to buckets - 1.
     */
    public static int of(final String identity, final int buckets)
    {
        int hash = 0;
        for (int i = 0; i < identity.length() && '/' != identity.charAt(i); i++)
        {
            hash = 31 * hash + identity.charAt(i);
        }
        // The last step of MurmurHash3, by which every bit of the input reaches the low ones.
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return (hash ^ hash >>> 16) & buckets - 1;
    }
}
