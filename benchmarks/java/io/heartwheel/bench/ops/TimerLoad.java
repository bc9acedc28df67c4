package io.heartwheel.bench.ops;

/**
 * Drives many timers in virtual time, for any implementation. Each timer has its turn once a second, which moves its
 * deadline by one second. The turns are either spread over the second, or all come in one tick.
 */
public abstract class TimerLoad
{
    static final long TICK_NS = 1 << 20;
    static final long START_NS = 1_000_000_000L;
    static final long PERIOD_NS = 1_000_000_000L;

    /** A prime, so that turns meet every slot, and not one after its neighbour in memory. */
    private static final int PRIME = 7919;

    /** Number of timers. */
    int slots;
    long nowNs;

    /** By how much time goes on when nothing is due. */
    long advanceNs;

    private long stepNs;
    private int turnsPerStep;
    private int turn;
    private int stride;
    private int slot;

    /**
     * Begin anew.
     *
     * @param timers how many and how, such as {@code "1000 spread"} or {@code "50000 one-tick"}.
     */
    final void begin(final String timers)
    {
        final String[] words = timers.split(" ");
        slots = Integer.parseInt(words[0]);
        final boolean isOneTick = "one-tick".equals(words[1]);
        nowNs = START_NS;
        advanceNs = isOneTick ? PERIOD_NS : TICK_NS;
        stepNs = isOneTick ? TICK_NS : PERIOD_NS / slots;
        turnsPerStep = isOneTick ? slots : 1;
        turn = 0;
        stride = PRIME % slots;
        slot = 0;
    }

    /**
     * Whose turn it is.
     *
     * @return the slot.
     */
    final int nextSlot()
    {
        // No remainder: the division would take as long as a re-arm.
        slot += stride;
        if (slot >= slots)
        {
            slot -= slots;
        }
        return slot;
    }

    /**
     * Go on to the next turn.
     *
     * @return the deadline to give in it.
     */
    final long nextDeadlineNs()
    {
        if (++turn == turnsPerStep)
        {
            turn = 0;
            nowNs += stepNs;
        }
        return nowNs + PERIOD_NS;
    }
}
