package io.heartwheel.simulation;

import java.util.Arrays;

/**
 * A queue of actions, ordered by time. Actions of the same time keep the order in which they were added. No action may
 * be added for a time before that of the last one taken.
 * <p>
 * A radix heap: a bucket holds the times that differ from the last one taken in the same highest bit. Taking from a
 * bucket spreads it over the lower ones, so an action is copied a few times, from array to array, and never compared.
 */
final class EventQueue
{
    private final Bucket[] buckets = new Bucket[Long.SIZE];
    private long occupied;
    private long lastNs;

    EventQueue()
    {
        Arrays.setAll(buckets, i -> new Bucket());
    }

    boolean isEmpty()
    {
        return 0 == occupied;
    }

    void add(final long atNs, final Runnable action)
    {
        final int index = Long.SIZE - Long.numberOfLeadingZeros(atNs ^ lastNs);
        buckets[index].add(atNs, action);
        occupied |= 1L << index;
    }

    /**
     * The time of the first action, if there is any.
     */
    long firstNs()
    {
        return buckets[Long.numberOfTrailingZeros(occupied)].minNs;
    }

    Runnable take()
    {
        final int index = Long.numberOfTrailingZeros(occupied);
        final Bucket bucket = buckets[index];
        lastNs = bucket.minNs;
        if (0 != index && 1 != bucket.length)
        {
            spread(index);
            return take();
        }
        final Runnable action = bucket.take();
        if (bucket.isEmpty())
        {
            bucket.clear();
            occupied &= ~(1L << index);
        }
        return action;
    }

    private void spread(final int index)
    {
        final Bucket bucket = buckets[index];
        for (int i = 0; i < bucket.length; i++)
        {
            add(bucket.timesNs[i], bucket.actions[i]);
        }
        bucket.clear();
        occupied &= ~(1L << index);
    }

    /**
     * Only the lowest is taken from before its end, and all of its times are the same.
     */
    private static final class Bucket
    {
        private long[] timesNs = new long[8];
        private Runnable[] actions = new Runnable[8];
        private int first;
        private int length;
        private long minNs = Long.MAX_VALUE;

        private void add(final long atNs, final Runnable action)
        {
            if (length == actions.length)
            {
                timesNs = Arrays.copyOf(timesNs, length << 1);
                actions = Arrays.copyOf(actions, length << 1);
            }
            timesNs[length] = atNs;
            actions[length++] = action;
            minNs = Math.min(minNs, atNs);
        }

        private boolean isEmpty()
        {
            return first == length;
        }

        private Runnable take()
        {
            final Runnable action = actions[first];
            actions[first++] = null;
            return action;
        }

        private void clear()
        {
            Arrays.fill(actions, first, length, null);
            first = 0;
            length = 0;
            minNs = Long.MAX_VALUE;
        }
    }
}
