package io.heartwheel.bench.harness;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Notes when connections that fell silent were closed, against the time at which they had to be.
 */
final class BeatDeaths
{
    /** The clocks of both sides are the same, but not looked at in the same moment. */
    private static final long EARLY_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long detectionNs;
    private final Histogram latenessUs = new Histogram(TimeUnit.HOURS.toMicros(1), 3);
    private int silent;
    private int closed;
    private int early;
    private int livingClosed;
    /** Of those that were to live and were closed, the longest of each. Where that is detection: they were held up. */
    private long leastSilenceNs = Long.MAX_VALUE;
    private long lastDeadlineNs;
    private long timeOfLastCloseNs;

    BeatDeaths(final long detectionNs)
    {
        this.detectionNs = detectionNs;
    }

    void onSilent(final BeatPeer peer)
    {
        peer.isSilent = true;
        final long deadlineNs = peer.timeOfLastWriteNs + detectionNs;
        if (0 == silent++ || deadlineNs - lastDeadlineNs > 0)
        {
            lastDeadlineNs = deadlineNs;
        }
    }

    /**
     * Is it the first silent one that is closed?
     */
    boolean isFirst(final BeatPeer peer)
    {
        return peer.isSilent && 0 == closed;
    }

    void onClosed(final BeatPeer peer, final long nowNs)
    {
        if (!peer.isSilent)
        {
            livingClosed++;
            leastSilenceNs = Math.min(leastSilenceNs, peer.longestSilenceNs(nowNs));
            return;
        }
        final long latenessNs = nowNs - peer.timeOfLastWriteNs - detectionNs;
        closed++;
        timeOfLastCloseNs = nowNs;
        early += latenessNs < -EARLY_NS ? 1 : 0;
        latenessUs.recordValue(Math.max(0, latenessNs) / 1_000);
    }

    /**
     * Print a line for each figure.
     *
     * @param clientGapNs longest time for which nobody looked, meanwhile.
     */
    void print(final PrintStream to, final long clientGapNs)
    {
        to.println(Figure.LIVING_CLOSED.name() + " " + livingClosed);
        if (livingClosed > 0)
        {
            to.println(Figure.LIVING_SILENCE_MS.name() + " " + leastSilenceNs / 1e6);
        }
        if (silent > 0)
        {
            to.println(Figure.CLIENT_GAP_MS.name() + " " + clientGapNs / 1e6);
            to.println(Figure.SILENT_MISSED.name() + " " + (silent - closed));
            to.println(Figure.SILENT_EARLY.name() + " " + early);
            to.println(Run.LATENESS + " " + Histograms.encode(latenessUs));
        }
        if (closed > 0)
        {
            to.println(Figure.LAST_CLOSE_MS.name() + " " + (timeOfLastCloseNs - lastDeadlineNs) / 1e6);
        }
    }
}
