package io.heartwheel.liveness;

/**
 * How a peer is watched, in the three numbers of TCP keepalive. After {@code idleNs} of silence the peer is probed. Any
 * byte within {@code intervalNs} answers a probe. After {@code count} unanswered probes the peer is gone.
 * <p>
 * With a count of 0 the watch is passive: the peer is expected to speak, nothing is sent, and the peer is gone after
 * {@code idleNs} of silence. With an idle time of 0 the watch is off: nothing is sent and silence is never judged.
 * <p>
 * Immutable, and so threadsafe.
 *
 * @param idleNs     silence before the first probe, in nanoseconds: {@link #MIN_NS} to {@link #MAX_NS}, or 0 for off.
 * @param intervalNs wait for an answer to each probe: {@link #MIN_NS} to {@link #MAX_NS}, or 0 if count is 0.
 * @param count      of unanswered probes after which the peer is gone, 0 to {@link #MAX_COUNT}.
 */
public record Cadence(long idleNs, long intervalNs, int count)
{
    /**
     * Shortest idle time and interval: 1 ms, the unit of the HELLO frame.
     */
    public static final long MIN_NS = 1_000_000L;

    /**
     * Longest idle time and interval: 24 hours. A longer one is taken for a mistake.
     */
    public static final long MAX_NS = 24L * 60 * 60 * 1_000_000_000L;

    /**
     * Largest count: 1,000, which keeps the longest detection time below three years.
     */
    public static final int MAX_COUNT = 1_000;

    /**
     * Detection in 35 s: 15 s, 5 s, 4. It survives short losses of the network, and its probes are more frequent than
     * the idle limits of common NATs.
     */
    public static final Cadence STANDARD = new Cadence(15_000_000_000L, 5_000_000_000L, 4);

    /**
     * Detection in 7.5 s: 3 s, 1.5 s, 3. It survives a network cut of 3 s, after which retransmissions come at doubled
     * times.
     */
    public static final Cadence STRICT = new Cadence(3_000_000_000L, 1_500_000_000L, 3);

    /**
     * Nothing is sent and silence is never judged.
     */
    public static final Cadence OFF = new Cadence(0, 0, 0);

    /**
     * Check the numbers.
     *
     * @param idleNs     see above.
     * @param intervalNs see above.
     * @param count      see above.
     * @throws IllegalArgumentException naming the number that is out of its range.
     */
    public Cadence
    {
        final boolean isOff = 0 == idleNs && 0 == intervalNs && 0 == count;
        if (!isOff)
        {
            requireRange("idleNs", idleNs, MIN_NS, MAX_NS);
            requireRange("intervalNs", intervalNs, 0 == count ? 0 : MIN_NS, MAX_NS);
            requireRange("count", count, 0, MAX_COUNT);
        }
    }

    /**
     * A cadence that waits for the peer to speak and sends nothing.
     *
     * @param idleNs silence after which the peer is gone.
     * @return the cadence.
     */
    public static Cadence passive(final long idleNs)
    {
        requireRange("idleNs", idleNs, MIN_NS, MAX_NS);
        return new Cadence(idleNs, 0, 0);
    }

    /**
     * Is silence never judged?
     *
     * @return true if so.
     */
    public boolean isOff()
    {
        return 0 == idleNs;
    }

    /**
     * Is the peer expected to speak, without being asked?
     *
     * @return true if so.
     */
    public boolean isPassive()
    {
        return 0 == count && !isOff();
    }

    /**
     * Silence after which a peer is gone.
     *
     * @return {@code idleNs + intervalNs * count}.
     */
    public long detectionNs()
    {
        return idleNs + intervalNs * count;
    }

    /**
     * One more wait, which a peer is granted after a stall of the watcher before it may be condemned.
     *
     * @return the interval, or the idle time if nothing is asked.
     */
    public long graceNs()
    {
        return 0 == count ? idleNs : intervalNs;
    }

    private static void requireRange(final String name, final long value, final long min, final long max)
    {
        if (value < min || value > max)
        {
            throw new IllegalArgumentException(name + "=" + value + " not in " + min + ".." + max);
        }
    }
}
