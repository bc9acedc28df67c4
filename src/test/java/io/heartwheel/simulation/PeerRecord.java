package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;

/**
 * What the model knows of a peer and its connection. Times are those since the start.
 */
abstract class PeerRecord
{
    private static final int MAX_PAYLOAD_LENGTH = 3_000;
    private static final int PROBES_KEPT = 4;

    final VirtualTime time;
    boolean hasActed;
    int sentCount;
    int heardCount;
    int sentByServer;
    int heardByServer;
    Connection connection;
    CloseReason closeReason;
    boolean isBlockedEver;
    int cyclesSinceEnd;
    long openedNs;
    private final long[] probedNs = new long[PROBES_KEPT];
    private int probes;

    PeerRecord(final VirtualTime time)
    {
        this.time = time;
    }

    static byte[] payload(final int number)
    {
        final byte[] payload = new byte[number * 7_919 % MAX_PAYLOAD_LENGTH];
        for (int i = 0; i < payload.length; i++)
        {
            payload[i] = (byte)(number + i);
        }
        return payload;
    }

    /**
     * Has all arrived that was sent before it fell quiet?
     */
    final boolean isAllHeard()
    {
        return heardCount == sentByServer && heardByServer == sentCount;
    }

    final void onProbe()
    {
        probedNs[probes++ % PROBES_KEPT] = time.elapsedNs();
    }

    /**
     * Number of probes since a time, of the last four.
     */
    final int probesSince(final long sinceNs)
    {
        int count = 0;
        for (int i = 0; i < Math.min(PROBES_KEPT, probes); i++)
        {
            count += probedNs[i] >= sinceNs ? 1 : 0;
        }
        return count;
    }
}
