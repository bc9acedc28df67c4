package io.heartwheel.wheel;

import java.util.Arrays;

/**
 * Hashed timing wheel that holds one deadline per slot. A slot is the dense index of a connection.
 * <p>
 * A spoke is a doubly linked list of the slots whose deadlines fall on it. The links are two int arrays indexed by
 * slot: schedule, cancel and re-arm touch a few array elements, need no look-up and allocate nothing.
 * <p>
 * A deadline is rounded <i>up</i> to a tick, so all of a spoke is due at one moment. No slot expires early, and none
 * later than one tick after its deadline plus the delay of the poll. A deadline more than one turn away shares a spoke
 * with nearer ones and is passed over once a turn. Slots due in one tick expire in no particular order.
 * <p>
 * A bitmap of the occupied spokes tells how long a caller may park, and lets a poll skip empty ticks. Catching up after
 * a long stall costs one turn of the bitmap, not one step per tick.
 * <p>
 * Times are nanoseconds of any monotonic clock. Only differences are compared, so the clock may overflow. A deadline
 * must lie within {@link #MAX_SPAN_NS} of the start time.
 * <p>
 * Memory: 16 bytes per slot and 4 bytes per spoke. Only {@link #schedule} allocates: a slot beyond the capacity makes
 * that grow by an eighth. It never shrinks.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class TimingWheel
{
    /**
     * How far a deadline may lie from the start time, either way: 2<sup>62</sup> ns, 146 years.
     */
    public static final long MAX_SPAN_NS = 1L << 62;

    /**
     * One more than the highest slot: 2<sup>24</sup>, which is 256 MiB of links and deadlines.
     */
    public static final int MAX_CAPACITY = 1 << 24;

    private static final int NONE = -1;
    private static final int UNSCHEDULED = Integer.MIN_VALUE;

    private final long startNs;
    private final int tickShift;
    private final int spokeMask;

    /**
     * First slot of each spoke. The element after the last spoke is the head of the due list. That list holds what was
     * taken off the spoke being served and is not yet looked at.
     */
    private final int[] heads;
    private final int dueList;
    private final long[] occupied;

    private int[] next;
    /**
     * The slot before this one in its list. The first slot of a list has {@code ~spoke}, by which a cancel finds the
     * head.
     */
    private int[] previous;
    private long[] deadlinesNs;

    /**
     * The next tick to serve. All ticks before it are done, but for what is left on the due list.
     */
    private long nextTick;
    private int scheduledCount;

    /**
     * Construct an empty wheel.
     *
     * @param startNs         the time now.
     * @param tickNs          tick resolution, a power of two.
     * @param spokes          number of spokes, a power of two of at least 64; a turn is {@code spokes * tickNs}.
     * @param initialCapacity number of slots to make room for at first.
     */
    public TimingWheel(final long startNs, final long tickNs, final int spokes, final int initialCapacity)
    {
        requirePowerOfTwo("tickNs", tickNs, 1);
        requirePowerOfTwo("spokes", spokes, Long.SIZE);
        if (initialCapacity < 0 || initialCapacity > MAX_CAPACITY)
        {
            throw new IllegalArgumentException("initialCapacity=" + initialCapacity + " not in 0.." + MAX_CAPACITY);
        }

        this.startNs = startNs;
        this.tickShift = Long.numberOfTrailingZeros(tickNs);
        this.spokeMask = spokes - 1;
        this.dueList = spokes;
        heads = new int[spokes + 1];
        Arrays.fill(heads, NONE);
        occupied = new long[spokes / Long.SIZE];
        next = new int[initialCapacity];
        previous = new int[initialCapacity];
        Arrays.fill(previous, UNSCHEDULED);
        deadlinesNs = new long[initialCapacity];
    }

    /** {@return the time from which the ticks count, in nanoseconds} */
    public long startNs()
    {
        return startNs;
    }

    /** {@return the tick resolution in nanoseconds, a power of two} */
    public long tickNs()
    {
        return 1L << tickShift;
    }

    /**
     * Schedule a slot. This replaces the deadline that the slot had before. A deadline that has passed is due at the
     * next tick that is yet to be served.
     *
     * @param slot       from 0 to {@link #MAX_CAPACITY} - 1.
     * @param deadlineNs when it is due.
     */
    public void schedule(final int slot, final long deadlineNs)
    {
        if (slot >= next.length)
        {
            grow(slot);
        }
        if (UNSCHEDULED != previous[slot])
        {
            unlink(slot);
            --scheduledCount;
        }

        assert Math.abs(deadlineNs - startNs) <= MAX_SPAN_NS : "deadline beyond the span";
        deadlinesNs[slot] = deadlineNs;
        link(slot, Math.max(tickOf(deadlineNs), nextTick));
        ++scheduledCount;
    }

    /**
     * Cancel the deadline of a slot.
     *
     * @param slot to cancel.
     * @return true if it was scheduled.
     */
    public boolean cancel(final int slot)
    {
        if (!isScheduled(slot))
        {
            return false;
        }

        unlink(slot);
        previous[slot] = UNSCHEDULED;
        --scheduledCount;
        return true;
    }

    /**
     * Is there a deadline for this slot?
     *
     * @param slot to look at.
     * @return true if it is scheduled.
     */
    public boolean isScheduled(final int slot)
    {
        return slot < previous.length && UNSCHEDULED != previous[slot];
    }

    /**
     * The deadline of a scheduled slot, as it was given.
     *
     * @param slot that {@link #isScheduled(int)}.
     * @return its deadline; of no meaning when the slot is not scheduled.
     */
    public long deadlineNs(final int slot)
    {
        return deadlinesNs[slot];
    }

    /**
     * Number of slots scheduled.
     *
     * @return number of slots scheduled.
     */
    public int scheduledCount()
    {
        return scheduledCount;
    }

    /**
     * The time before which a poll has nothing to do: the tick of the next occupied spoke. It is the tick of the
     * earliest deadline, or whole turns earlier if that deadline is more than one turn away.
     *
     * @param emptyNs what to return when nothing is scheduled.
     * @return when to poll next.
     */
    public long nextDeadlineNs(final long emptyNs)
    {
        if (NONE != heads[dueList])
        {
            return timeOf(nextTick - 1);
        }
        return 0 == scheduledCount ? emptyNs : timeOf(nextOccupiedTick());
    }

    /**
     * Hand the slots that are due to a handler. Every tick up to now is served, unless the limit is met first: then
     * {@link #nextDeadlineNs(long)} is not after {@code nowNs}, and the next poll goes on from there. If the handler
     * throws, the exception is passed on and only that slot is lost: the next poll goes on behind it.
     *
     * @param nowNs   the time now.
     * @param handler to tell.
     * @param limit   on the number of slots to look at, those passed over for being turns away included.
     * @return number of slots that expired.
     */
    public int poll(final long nowNs, final ExpiryHandler handler, final int limit)
    {
        final long nowTick = (nowNs - startNs) >> tickShift;
        int expired = 0;
        int looked = 0;

        while (looked < limit)
        {
            final int slot = heads[dueList];
            if (NONE == slot)
            {
                if (!takeNextSpoke(nowTick))
                {
                    break;
                }
                continue;
            }

            ++looked;
            unlink(slot);
            final long tick = tickOf(deadlinesNs[slot]);
            if (tick >= nextTick)
            {
                link(slot, tick);
                continue;
            }
            previous[slot] = UNSCHEDULED;
            --scheduledCount;
            ++expired;
            assert deadlinesNs[slot] - nowNs <= 0 : "slot=" + slot + " expires early";
            handler.onExpired(slot, nowNs);
        }

        return expired;
    }

    /**
     * Move the slots of the next occupied spoke to the due list, if its tick has come. The list is moved as a whole, so
     * a handler may add to the spoke and take from the due list.
     */
    private boolean takeNextSpoke(final long nowTick)
    {
        // One turn up to now passes every spoke, so it finds all that is due, in whichever turn it was due.
        nextTick = Math.max(nextTick, nowTick - spokeMask);
        final long tick = 0 == scheduledCount ? nowTick + 1 : nextOccupiedTick();
        if (tick > nowTick)
        {
            nextTick = Math.max(nextTick, nowTick + 1);
            return false;
        }

        final int spoke = (int)tick & spokeMask;
        final int first = heads[spoke];
        assert NONE != first : "spoke=" + spoke + " is empty";
        heads[dueList] = first;
        previous[first] = ~dueList;
        clearHead(spoke);
        nextTick = tick + 1;
        return true;
    }

    private long nextOccupiedTick()
    {
        final int from = (int)nextTick & spokeMask;
        int word = from >> 6;
        long bits = occupied[word] & (-1L << from);
        // One turn and the word it began in: that word is looked at again for the spokes before the first one.
        for (int i = 0; i <= occupied.length && 0 == bits; i++)
        {
            word = (word + 1) & (occupied.length - 1);
            bits = occupied[word];
        }
        final int spoke = (word << 6) + Long.numberOfTrailingZeros(bits);
        return nextTick + ((spoke - from) & spokeMask);
    }

    private void link(final int slot, final long tick)
    {
        final int spoke = (int)tick & spokeMask;
        final int first = heads[spoke];
        next[slot] = first;
        previous[slot] = ~spoke;
        heads[spoke] = slot;
        if (NONE == first)
        {
            occupied[spoke >> 6] |= 1L << spoke;
        }
        else
        {
            previous[first] = slot;
        }
    }

    private void unlink(final int slot)
    {
        final int after = next[slot];
        final int before = previous[slot];
        if (NONE != after)
        {
            previous[after] = before;
        }
        if (before >= 0)
        {
            next[before] = after;
        }
        else if (NONE != after)
        {
            heads[~before] = after;
        }
        else
        {
            clearHead(~before);
        }
    }

    private void clearHead(final int list)
    {
        heads[list] = NONE;
        if (list != dueList)
        {
            occupied[list >> 6] &= ~(1L << list);
        }
    }

    private long tickOf(final long deadlineNs)
    {
        return (deadlineNs - startNs + (1L << tickShift) - 1) >> tickShift;
    }

    private long timeOf(final long tick)
    {
        return startNs + (tick << tickShift);
    }

    private void grow(final int slot)
    {
        if (slot >= MAX_CAPACITY)
        {
            throw new IllegalArgumentException("slot=" + slot + " not below " + MAX_CAPACITY);
        }

        final int oldCapacity = next.length;
        final int newCapacity = Math.max(slot + 1, oldCapacity + (oldCapacity >> 3) + 16);
        next = Arrays.copyOf(next, newCapacity);
        previous = Arrays.copyOf(previous, newCapacity);
        Arrays.fill(previous, oldCapacity, newCapacity, UNSCHEDULED);
        deadlinesNs = Arrays.copyOf(deadlinesNs, newCapacity);
    }

    private static void requirePowerOfTwo(final String name, final long value, final long least)
    {
        if (value < least || Long.bitCount(value) != 1)
        {
            throw new IllegalArgumentException(name + "=" + value + " is not a power of two of at least " + least);
        }
    }
}
