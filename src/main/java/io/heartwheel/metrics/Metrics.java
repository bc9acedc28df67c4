package io.heartwheel.metrics;

import org.HdrHistogram.Histogram;

import java.util.List;

/**
 * What is counted and measured: by one reactor, or by several together. Any thread may read it, which does not hold a
 * reactor up.
 */
public interface Metrics
{
    /**
     * Read a counter.
     *
     * @param counter to read.
     * @return its value.
     */
    long count(Counter counter);

    /**
     * Number of connections that are open at present.
     *
     * @return number of connections.
     */
    long openCount();

    /**
     * Read how many connections ended, or were not let in, for a reason.
     *
     * @param reason ordinal of the reason.
     * @return number of connections.
     */
    long closedCount(int reason);

    /**
     * Read how many connections were not let in for a reason, or closed before they were.
     *
     * @param reason ordinal of the reason.
     * @return number of connections, a part of {@link #closedCount(int)}.
     */
    long turnedAwayCount(int reason);

    /**
     * Read how many connections that had been opened ended for a reason.
     *
     * @param reason ordinal of the reason.
     * @return number of connections, a part of {@link #closedCount(int)}.
     */
    long endedCount(int reason);

    /**
     * The values that the label of a split counter has.
     *
     * @param split that is asked for.
     * @return the values, always the same ones; the last stands for all others.
     */
    List<String> labels(Split split);

    /**
     * Read a split counter.
     *
     * @param split to read.
     * @param label index of the value of its label in {@link #labels(Split)}.
     * @return its value.
     */
    long count(Split split, int label);

    /**
     * Number of connections of a protocol that are open at present.
     *
     * @param protocol index of the protocol among the labels of {@link Split#OPENED}.
     * @return number of connections.
     */
    default long openCount(final int protocol)
    {
        // Closed first: a connection that opens and closes in between must not make the result negative.
        final long closedCount = count(Split.CLOSED, protocol);
        return count(Split.OPENED, protocol) - closedCount;
    }

    /**
     * Read all values of a measure since the start. Allocates a copy.
     *
     * @param measure to read.
     * @return a copy, in ns or thousandths, as the measure says.
     */
    Histogram histogram(Measure measure);

    /**
     * Read all values of a measure since the start. Allocates nothing.
     *
     * @param measure to read.
     * @param target  to overwrite; a copy that {@link #histogram(Measure)} gave has the right bounds.
     */
    void copyInto(Measure measure, Histogram target);
}
