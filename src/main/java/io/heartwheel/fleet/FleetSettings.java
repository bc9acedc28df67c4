package io.heartwheel.fleet;

import java.util.concurrent.TimeUnit;

/**
 * The settings of a {@link FleetNode}. All nodes of a fleet have the same lease.
 *
 * @param policy          who keeps an identity that two connections have.
 * @param leaseNs         how long a lease holds that is not renewed: 1 s to 10 min. It is renewed three times as often.
 * @param claimNs         how long a claim may be on its way to the engine: the error of a stamp. 1 ms to a twentieth of
 *                        the lease. An engine that is farther away than this takes no claims.
 * @param verifyNs        within which time each bucket is verified once, at least a lease.
 * @param spreadNs        within which time a node begins to verify all when the engine lost data, so that not all nodes
 *                        begin at once. 0 to a lease.
 * @param sweepsPerSecond buckets that are swept of the dead a second, 1 to 100,000.
 * @param maxReleases     releases that wait for the engine, 1 or more. Beyond it all buckets are verified instead.
 * @param maxRequests     requests of the application that wait for the engine, 1 or more.
 * @param maxInboxBytes   bytes of messages that wait in the inbox, 1 KB or more.
 */
public record FleetSettings(
    FleetPolicy policy,
    long leaseNs,
    long claimNs,
    long verifyNs,
    long spreadNs,
    int sweepsPerSecond,
    int maxReleases,
    int maxRequests,
    int maxInboxBytes)
{
    /** The defaults. */
    public static final FleetSettings DEFAULT = new FleetSettings(
        FleetPolicy.NEWEST,
        TimeUnit.SECONDS.toNanos(10),
        TimeUnit.MILLISECONDS.toNanos(250),
        TimeUnit.MINUTES.toNanos(10),
        TimeUnit.SECONDS.toNanos(2),
        500,
        1 << 16,
        1 << 16,
        1 << 24);

    private static final int RENEWALS = 3;
    private static final int MARGIN_FRACTION = 20;

    /**
     * Check the ranges.
     *
     * @param policy          see above.
     * @param leaseNs         see above.
     * @param claimNs         see above.
     * @param verifyNs        see above.
     * @param spreadNs        see above.
     * @param sweepsPerSecond see above.
     * @param maxReleases     see above.
     * @param maxRequests     see above.
     * @param maxInboxBytes   see above.
     * @throws IllegalArgumentException naming the value that is out of its range.
     */
    public FleetSettings
    {
        check("leaseNs", leaseNs, TimeUnit.SECONDS.toNanos(1), TimeUnit.MINUTES.toNanos(10));
        check("claimNs", claimNs, TimeUnit.MILLISECONDS.toNanos(1), leaseNs / MARGIN_FRACTION);
        check("verifyNs", verifyNs, leaseNs, TimeUnit.DAYS.toNanos(1));
        check("spreadNs", spreadNs, 0, leaseNs);
        check("sweepsPerSecond", sweepsPerSecond, 1, 100_000);
        check("maxReleases", maxReleases, 1, Integer.MAX_VALUE);
        check("maxRequests", maxRequests, 1, Integer.MAX_VALUE);
        check("maxInboxBytes", maxInboxBytes, 1 << 10, Integer.MAX_VALUE);
    }

    /** {@return how long the node itself holds a lease that is not renewed} */
    public long heldNs()
    {
        return leaseNs - leaseNs / MARGIN_FRACTION;
    }

    /** {@return the longest time between two renewals} */
    public long renewNs()
    {
        return leaseNs / RENEWALS;
    }

    private static void check(final String name, final long value, final long min, final long max)
    {
        if (value < min || value > max)
        {
            throw new IllegalArgumentException(name + "=" + value + " is not within " + min + " and " + max);
        }
    }
}
