package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.reactor.Insides;

/**
 * Checks the verdicts against what the network did: a peer that was heard in time is not condemned, and a peer that is
 * gone is condemned, neither early nor late.
 */
final class Oracle
{
    /** A reactor parks in whole milliseconds. */
    private static final long GLANCE_NS = 1_000_000_000;
    private static final long PARK_NS = 1_000_000L;
    /** What a few full batches of events take. */
    private static final long BATCHES_NS = 50_000_000L;
    private static final int LATE_PROBE_FRACTION = 16;
    private static final int PROBE_SLACK_FRACTION = 32;
    /** Closing may take so many cycles after the verdicts. */
    private static final int CYCLES_KEPT = 64;

    private final VirtualTime time;
    private final Stalls stalls;
    private final long slackNs;
    private final long earlyNs;
    private final long tickNs;
    /** How much later than its time a deadline is looked at, however little there is to do. */
    private final long roundingNs;
    private final long[] cyclesNs = new long[CYCLES_KEPT];
    private int cycles;

    /**
     * @param turnNs how long the reactor may have to wait for its turn.
     */
    Oracle(final VirtualTime time, final Stalls stalls, final Scenario scenario, final long turnNs)
    {
        this.time = time;
        this.stalls = stalls;
        tickNs = scenario.tickNs();
        earlyNs = 2 * scenario.maxCostNs() + turnNs;
        roundingNs = tickNs + PARK_NS + scenario.coalesceNs();
        slackNs = roundingNs + 12 * scenario.maxCostNs() + 2 * turnNs;
    }

    /**
     * A duty cycle begins.
     */
    void onCycle()
    {
        cyclesNs[++cycles % CYCLES_KEPT] = time.elapsedNs();
    }

    /**
     * Sockets come before deadlines: a peer whose bytes have arrived is not probed before it was read. One read of TLS
     * may leave bytes behind.
     */
    void onProbe(final Watch watch)
    {
        // It left when the kernel took it. The reactor may have been held up before it told of that.
        watch.onProbe(watch.lastTakenNs());
        final Stream in = watch.end.in();
        final long cycleNs = cyclesNs[cycles % CYCLES_KEPT];
        require(0 == in.received.length() || watch.lastArrivedNs() >= cycleNs || in.lastReadNs >= cycleNs, watch,
            "is asked, though it was heard before");
    }

    /**
     * Completeness: a peer that is gone is reported in time.
     */
    void check(final Watch watch)
    {
        if (null == watch || !watch.isWatched())
        {
            return;
        }
        checkEnd(watch);
        final long nowNs = time.elapsedNs();
        final boolean isUnsent = Insides.unsentBytes(watch.connection) > 0;
        watch.unsentSinceNs = !isUnsent ? -1 : watch.unsentSinceNs < 0 ? nowNs : watch.unsentSinceNs;
        checkSilence(watch, nowNs);
        if (isUnsent)
        {
            checkProgress(watch, nowNs);
        }
    }

    private void checkEnd(final Watch watch)
    {
        if (watch.end.in().isEndReceived() || watch.end.isReset())
        {
            watch.endedSinceNs = watch.endedSinceNs < 0 ? time.elapsedNs() : watch.endedSinceNs;
            require(stalls.leastAttentionNs(watch.endedSinceNs, time.elapsedNs()) <= BATCHES_NS + slackNs, watch,
                "has ended, which went unnoticed");
        }
    }

    /**
     * While bytes wait to be written no probe can be: then it is their progress that is judged.
     */
    private void checkSilence(final Watch watch, final long nowNs)
    {
        final long sinceNs = watch.end.out().wasFull() ?
            Math.max(watch.silentSinceNs(), watch.lastTakenNs()) : watch.silentSinceNs();
        // A wait that a stall has made late is rounded up to a tick of its own, and begins with a probe that may have
        // waited for others; one that was over may have been about to be looked at when the stall came.
        final long lateNs = stalls.lengthNs(sinceNs) > 0 ?
            watch.maxCount * (tickNs + watch.maxGraceNs / PROBE_SLACK_FRACTION) + roundingNs : 0;
        final long boundNs = watch.maxDetectionNs + slackNs + lateNs +
            (stalls.isAny(sinceNs) ? watch.maxGraceNs : 0) + (watch.end.out().wasFull() ? 2 * watch.maxGraceNs : 0);
        final long silenceNs = stalls.leastAttentionNs(sinceNs, nowNs);
        require(silenceNs <= boundNs, watch, "was silent for " + ms(silenceNs) + ", which is more than " +
            ms(boundNs) + ", and not condemned");
    }

    private void checkProgress(final Watch watch, final long nowNs)
    {
        final long sinceNs = Math.max(watch.lastTakenNs(), watch.unsentSinceNs);
        final long boundNs =
            watch.maxDetectionNs + watch.maxGraceNs + slackNs + (stalls.isAny(sinceNs) ? watch.maxGraceNs : 0);
        final long stuckNs = stalls.leastAttentionNs(sinceNs, nowNs);
        require(stuckNs <= boundNs, watch, "took nothing for " + ms(stuckNs) + ", which is more than " +
            ms(boundNs) + ", and is not condemned");
    }

    /**
     * Accuracy: no peer is condemned early, or for a wrong reason.
     */
    void onClosed(final Watch watch, final CloseReason reason)
    {
        switch (reason)
        {
            case PEER_SILENT -> judgeSilent(watch);
            case WRITE_STALLED -> judgeStalled(watch);
            case PEER_CLOSED -> require(watch.end.in().isEndReceived(), watch, "has not ended, but is PEER_CLOSED");
            case PEER_RESET -> require(watch.end.isReset(), watch, "was not reset, but is PEER_RESET");
            case NEVER_SPOKE -> require(null == watch.connection.link() && watch.connection.ageNs() < GLANCE_NS &&
                (watch.end.in().isEndReceived() || watch.end.isReset()), watch, "is there, but is NEVER_SPOKE");
            default ->
            {
            }
        }
    }

    /**
     * The verdict is as old as its last look: what arrives after that, before the close, comes too late.
     */
    private void judgeSilent(final Watch watch)
    {
        final long verdictNs = watch.end.lastReadNs();
        final long sinceNs = Math.max(watch.end.arrivedWhenLastReadNs(), watch.openedNs);
        final long silenceNs = stalls.mostAttentionNs(sinceNs, verdictNs);
        require(silenceNs >= watch.minDetectionNs - earlyNs, watch, "was condemned after " + ms(silenceNs));
        final long answerableNs = watch.minIntervalNs - watch.minIntervalNs / LATE_PROBE_FRACTION - earlyNs;
        require(watch.probes(sinceNs, verdictNs - answerableNs) >= watch.minCount, watch,
            "has not been asked, or had no full interval to answer");
        requireGrace(watch, sinceNs, verdictNs);
        checkSilence(watch, verdictNs);
    }

    private void judgeStalled(final Watch watch)
    {
        final long verdictNs = watch.end.lastWriteNs();
        require(watch.lastTakenNs() < verdictNs, watch, "took bytes right before it was condemned");
        final long stuckNs = stalls.mostAttentionNs(watch.lastTakenNs(), verdictNs);
        require(stuckNs >= watch.minDetectionNs - earlyNs, watch, "was condemned after " + ms(stuckNs) +
            " without progress");
        requireGrace(watch, watch.lastTakenNs(), verdictNs);
        checkProgress(watch, verdictNs);
    }

    /**
     * Each wait is extended once: after a single stall there is a full one. It changes nothing for a peer whose time
     * was up before a listener stalled.
     */
    private void requireGrace(final Watch watch, final long sinceNs, final long verdictNs)
    {
        require(verdictNs - stalls.onlyEndNs(sinceNs, cycleOf(verdictNs)) >= watch.minGraceNs - earlyNs, watch,
            "had no full wait after a stall");
    }

    /**
     * When the cycle began in which something was done.
     */
    private long cycleOf(final long atNs)
    {
        int cycle = cycles;
        while (cyclesNs[cycle % CYCLES_KEPT] > atNs && cycle > cycles - CYCLES_KEPT)
        {
            --cycle;
        }
        return cyclesNs[cycle % CYCLES_KEPT];
    }

    private static void require(final boolean isTrue, final Watch watch, final String what)
    {
        if (!isTrue)
        {
            throw new Violation(watch + " " + what);
        }
    }

    private static String ms(final long ns)
    {
        return ns / 1_000_000 + " ms";
    }
}
