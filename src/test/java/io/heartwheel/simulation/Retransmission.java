package io.heartwheel.simulation;

/**
 * The times at which Linux retransmits: after a first timeout, then after twice as long each time.
 */
final class Retransmission
{
    /**
     * Added to a round trip, the first timeout.
     */
    static final long FIRST_NS = 200_000_000L;
    private static final long MAX_NS = 120_000_000_000L;

    private final Stream stream;
    private final VirtualTime time;
    private long askedNs;
    private int timers;

    Retransmission(final Stream stream, final VirtualTime time)
    {
        this.stream = stream;
        this.time = time;
    }

    /**
     * Something new was sent, or an answer came: the waiting begins anew.
     */
    void restart(final long atNs)
    {
        askedNs = atNs;
    }

    boolean isTimedOut()
    {
        return time.elapsedNs() - askedNs >= firstTimeoutNs();
    }

    void start()
    {
        if (stream.isAsking())
        {
            final int timer = ++timers;
            time.after(delayNs(time.elapsedNs() - askedNs, firstTimeoutNs()), () ->
            {
                if (timer == timers)
                {
                    stream.retransmit();
                    start();
                }
            });
        }
    }

    void stopUnless(final boolean isLost)
    {
        timers += isLost ? 0 : 1;
    }

    private long firstTimeoutNs()
    {
        return FIRST_NS + stream.maxRoundTripNs();
    }

    /**
     * How long it is to the next try.
     *
     * @param unansweredNs time in ns without an answer.
     * @param firstNs      first timeout.
     */
    static long delayNs(final long unansweredNs, final long firstNs)
    {
        long timeoutNs = firstNs;
        long tryNs = firstNs;
        while (tryNs <= unansweredNs)
        {
            timeoutNs = Math.min(timeoutNs << 1, MAX_NS);
            tryNs += timeoutNs;
        }
        return tryNs - unansweredNs;
    }
}
