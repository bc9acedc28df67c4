package io.heartwheel.bench.hops;

import java.util.Locale;

/**
 * What was seen in a phase. The checker writes it.
 */
final class PhaseResult
{
    private static final double NS_PER_S = 1e9;

    private final Fault fault;
    int erased;
    int stale;
    int missed;
    int lateGhosts;
    int unreached;
    int leftOpen;
    private long hops;
    private int readings;
    private int ghostsMax;
    private int missingMax;
    private long ghostNsMax;
    private long readingNsMax;
    private long wholeNs = -1;

    PhaseResult(final Fault fault)
    {
        this.fault = fault;
    }

    Fault fault()
    {
        return fault;
    }

    void hops(final long hops)
    {
        this.hops = hops;
    }

    void onReading(final int ghosts, final int missing, final long tookNs)
    {
        readings++;
        ghostsMax = Math.max(ghostsMax, ghosts);
        missingMax = Math.max(missingMax, missing);
        readingNsMax = Math.max(readingNsMax, tookNs);
    }

    void onGhost(final long goneNs)
    {
        ghostNsMax = Math.max(ghostNsMax, goneNs);
    }

    void onWhole(final long ns)
    {
        wholeNs = ns;
    }

    static String header()
    {
        return """
            | phase | hops | readings (longest s) | not found at most | all found again after s | ghosts at most | \
            oldest ghost s | ghosts too late | missing too long | erased | stale | messages not got | \
            older ones open at rest |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """;
    }

    String row()
    {
        return String.format(Locale.ROOT,
            "| %s | %,d | %d (%.1f) | %,d | %s | %,d | %.1f | %d | %d | %d | %d | %d | %d |%n",
            fault, hops, readings, readingNsMax / NS_PER_S, missingMax,
            wholeNs < 0 ? "–" : String.format(Locale.ROOT, "%.1f", wholeNs / NS_PER_S),
            ghostsMax, ghostNsMax / NS_PER_S, lateGhosts, missed, erased, stale, unreached, leftOpen);
    }
}
