package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;

/**
 * The model's record of one connection, as seen by the end whose reactor watches it. Times count from the start.
 */
final class Watch
{
    private static final int PROBES_KEPT = 16;
    private static final long NEVER_NS = Long.MAX_VALUE >> 1;

    final Connection connection;
    final SimulatedSocketChannel end;
    final long openedNs;
    /** Bounds, as it may be watched by one of several cadences. */
    long maxIdleNs;
    long minDetectionNs;
    long maxDetectionNs;
    long minIntervalNs;
    long minGraceNs;
    long maxGraceNs;
    int minCount;
    int maxCount;
    CloseReason reason;
    /** Since when its end has been there to be read, or its reset; negative if it has not. */
    long endedSinceNs = -1;
    /** Since when bytes have waited that the kernel did not take; negative if none do. */
    long unsentSinceNs = -1;
    /** Its silence was not judged for a while: what it hangs in the middle of may be instead. */
    boolean isOnceOff;
    private long changedNs;
    private final long[] probedNs = new long[PROBES_KEPT];
    private int probes;

    Watch(final Connection connection, final Cadence cadence, final long nowNs)
    {
        this.connection = connection;
        end = (SimulatedSocketChannel)Insides.channel(connection);
        openedNs = nowNs;
        minDetectionNs = maxDetectionNs = cadence.detectionNs();
        maxIdleNs = cadence.idleNs();
        minIntervalNs = cadence.intervalNs();
        minGraceNs = maxGraceNs = cadence.graceNs();
        minCount = maxCount = cadence.count();
    }

    /**
     * It may be watched by another cadence from now on: its silence counts anew.
     */
    void orBy(final Cadence other, final long nowNs)
    {
        changedNs = nowNs;
        if (other.isOff())
        {
            maxDetectionNs = NEVER_NS;
            isOnceOff = true;
            return;
        }
        maxIdleNs = Math.max(maxIdleNs, other.idleNs());
        minDetectionNs = Math.min(minDetectionNs, other.detectionNs());
        maxDetectionNs = Math.max(maxDetectionNs, other.detectionNs());
        minIntervalNs = Math.min(minIntervalNs, other.intervalNs());
        minGraceNs = Math.min(minGraceNs, other.graceNs());
        maxGraceNs = Math.max(maxGraceNs, other.graceNs());
        minCount = Math.min(minCount, other.count());
        maxCount = Math.max(maxCount, other.count());
    }

    boolean isWatched()
    {
        return null == reason && connection.isOpen();
    }

    /**
     * When the kernel last had bytes of the peer, read or not.
     */
    long lastArrivedNs()
    {
        return Math.max(end.in().lastArrivedNs(), openedNs);
    }

    /**
     * Since when it is silent: since something arrived, or its cadence changed.
     */
    long silentSinceNs()
    {
        return Math.max(lastArrivedNs(), changedNs);
    }

    /**
     * When the kernel last took bytes for the peer.
     */
    long lastTakenNs()
    {
        return Math.max(end.out().lastAcceptedNs(), openedNs);
    }

    void onProbe(final long nowNs)
    {
        probedNs[probes++ % PROBES_KEPT] = nowNs;
    }

    /**
     * Number of probes between two times, of the last few.
     */
    int probes(final long sinceNs, final long untilNs)
    {
        int count = 0;
        for (int i = 0; i < Math.min(PROBES_KEPT, probes); i++)
        {
            count += probedNs[i] >= sinceNs && probedNs[i] <= untilNs ? 1 : 0;
        }
        return count;
    }

    @Override
    public String toString()
    {
        return connection.toString();
    }
}
