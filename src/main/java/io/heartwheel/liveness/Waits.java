package io.heartwheel.liveness;

import io.heartwheel.wheel.TimingWheel;

import java.util.Arrays;
import java.util.Objects;

/**
 * The state of {@link LivenessTracker}: what each watched slot waits for, and until when, in arrays indexed by slot.
 * <p>
 * <b>Neighbouring slots take turns together.</b> A group of 64 has one phase within a period that is a little longer
 * than the idle time, and a probe that is due waits for it. So slots are asked in the order of their numbers, which is
 * the order in which they came, and so the order in which their sockets and objects lie in memory. That order decides
 * what a heartbeat costs, since one touches dozens of cache lines of the kernel, the JDK and this library. With 19,000
 * peers that were asked once a second, it cost 1.13 times as much as with a plain loop over all of them, and 1.40 times
 * when each had a phase of its own (benchmarks/results/beats-turns.md).
 */
final class Waits
{
    static final byte VACANT = 0;
    static final byte UNJUDGED = 1;
    static final byte SPREADING = 2;
    static final byte LISTENING = 3;
    static final byte ASKING = 4;
    static final byte WAITING = 5;

    /** Bytes wait to be written. */
    static final byte UNSENT = 1;
    /** The idle time counts from the anchor, not from when the slot was last heard. */
    static final byte ANCHORED = 2;
    /** The present wait was extended after a stall already. */
    static final byte SILENCE_GRACED = 4;
    /** The wait for progress in writing was extended after a stall already. */
    static final byte WRITE_GRACED = 8;
    /** The wait for progress in writing was extended after a shorter cadence already. */
    static final byte WRITE_KEPT = 16;

    /**
     * 2<sup>64</sup> divided by the golden ratio. Its multiples are spread evenly, however many there are.
     */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    /**
     * A probe waits for others at most this fraction (a shift: 1/32) of its idle time and of its interval. A probe
     * counts as late at twice that (1/16), so the verdict comes no later for it.
     */
    private static final int PROBE_SLACK_SHIFT = 5;

    /**
     * A probe counts as late when it left more than this fraction (a shift: 1/16) of the interval after its time. A
     * probe that is less late has its wait counted from its time: that keeps lateness from adding up.
     */
    private static final int LATE_PROBE_SHIFT = 4;

    /**
     * Number of slots that take turns together, as a shift. An experiment with a fixed phase for each group found 16 to
     * 256 alike within the noise, and groups of one no better than no order at all.
     */
    private static final int GROUP_SHIFT = 6;

    private final long originNs;
    private final long tickMask;
    private final long maxProbeSlackNs;

    byte[] states = new byte[0];
    short[] asked = new short[0];
    Cadence[] cadences = new Cadence[0];
    long[] lastHeardNs = new long[0];
    /**
     * When the present wait ideally began. A slot that is LISTENING uses it only if ANCHORED. Else the wait began when
     * the slot was last heard.
     */
    long[] anchorsNs = new long[0];
    long[] unsentSinceNs = new long[0];
    private byte[] flags = new byte[0];

    /**
     * @param originNs        from which the turns of all groups and the ticks of the wheel count.
     * @param tickNs          of the wheel, a power of two.
     * @param maxProbeSlackNs longest time for which a probe may wait to be sent together with others.
     */
    Waits(final long originNs, final long tickNs, final long maxProbeSlackNs)
    {
        this.originNs = originNs;
        tickMask = tickNs - 1;
        this.maxProbeSlackNs = maxProbeSlackNs;
    }

    void ensureCapacity(final int slot)
    {
        if (slot >= TimingWheel.MAX_CAPACITY)
        {
            throw new IllegalArgumentException("slot=" + slot + " not below " + TimingWheel.MAX_CAPACITY);
        }
        if (slot >= states.length)
        {
            final int capacity = Math.max(slot + 1, states.length + (states.length >> 3) + 16);
            states = Arrays.copyOf(states, capacity);
            flags = Arrays.copyOf(flags, capacity);
            asked = Arrays.copyOf(asked, capacity);
            cadences = Arrays.copyOf(cadences, capacity);
            lastHeardNs = Arrays.copyOf(lastHeardNs, capacity);
            anchorsNs = Arrays.copyOf(anchorsNs, capacity);
            unsentSinceNs = Arrays.copyOf(unsentSinceNs, capacity);
        }
    }

    void begin(final int slot, final Cadence cadence, final long nowNs)
    {
        ensureCapacity(slot);
        cadences[slot] = Objects.requireNonNull(cadence, "cadence");
        lastHeardNs[slot] = nowNs;
        anchorsNs[slot] = nowNs;
        flags[slot] = 0;
        listen(slot);
        // A turn that comes within a tick of the end of the idle time, or after it, is that of the first probe.
        if (cadence.count() > 0 && cadence.idleNs() - untilTurnNs(slot, nowNs) > tickMask)
        {
            states[slot] = SPREADING;
        }
    }

    void end(final int slot)
    {
        states[slot] = VACANT;
        cadences[slot] = null;
    }

    void listen(final int slot)
    {
        states[slot] = cadences[slot].isOff() ? UNJUDGED : LISTENING;
        asked[slot] = 0;
        clear(slot, ANCHORED);
        clear(slot, SILENCE_GRACED);
    }

    /**
     * Wait by another cadence: silence counts from now. A slot that is still SPREADING stays so, since many clients ask
     * for a cadence on arrival.
     */
    void restart(final int slot, final Cadence cadence, final long nowNs)
    {
        final boolean isUnsentJudged = isSet(slot, UNSENT) && UNJUDGED != states[slot];
        final boolean isSpreading = SPREADING == states[slot] && cadence.count() > 0;
        final long unsentEndNs = isUnsentJudged ? unsentEndNs(slot) : nowNs;
        cadences[slot] = cadence;
        listen(slot);
        if (isSpreading)
        {
            states[slot] = SPREADING;
        }
        set(slot, ANCHORED);
        anchorsNs[slot] = nowNs;
        if (isUnsentJudged)
        {
            keepUnsentSince(slot, earlier(unsentEndNs, nowNs + cadence.graceNs()));
        }
        else
        {
            beginUnsent(slot, nowNs);
        }
    }

    /**
     * A change of the cadence does not restart the wait for progress in writing, as a peer may ask for a cadence as
     * often as it likes. If a shorter cadence would end that wait at once, one more wait is granted, once only.
     */
    private void keepUnsentSince(final int slot, final long earliestEndNs)
    {
        if (!isSet(slot, WRITE_KEPT) && unsentEndNs(slot) - earliestEndNs < 0)
        {
            set(slot, WRITE_KEPT);
            unsentSinceNs[slot] = earliestEndNs - cadences[slot].detectionNs();
        }
    }

    /**
     * The wait for progress in writing begins anew, and may be extended again.
     */
    void beginUnsent(final int slot, final long nowNs)
    {
        clear(slot, WRITE_GRACED);
        clear(slot, WRITE_KEPT);
        unsentSinceNs[slot] = nowNs;
    }

    void ask(final int slot, final long dueNs)
    {
        states[slot] = ASKING;
        anchorsNs[slot] = dueNs;
    }

    /**
     * The probe has left. The wait for its answer begins.
     */
    void await(final int slot, final long nowNs)
    {
        assert asked[slot] < cadences[slot].count() : "slot=" + slot + " has had all its probes";
        ++asked[slot];
        states[slot] = WAITING;
        if (nowNs - anchorsNs[slot] > cadences[slot].intervalNs() >> LATE_PROBE_SHIFT)
        {
            anchorsNs[slot] = nowNs;
        }
    }

    /**
     * Leave at most one probe to be sent, whatever the slot waits for.
     *
     * @return true if that has to be sent, false if it is under way.
     */
    boolean askLast(final int slot, final long nowNs)
    {
        if (WAITING == states[slot] && !isHeardSinceAnchor(slot))
        {
            asked[slot] = (short)cadences[slot].count();
            return false;
        }
        listen(slot);
        asked[slot] = (short)(cadences[slot].count() - 1);
        ask(slot, nowNs);
        return true;
    }

    /**
     * Let a slot have one more full wait from when there was attention again.
     */
    void grace(final int slot, final boolean isSilent, final long attentiveSinceNs)
    {
        if (isSilent)
        {
            set(slot, ANCHORED);
            anchorsNs[slot] = attentiveSinceNs;
        }
        else
        {
            unsentSinceNs[slot] = attentiveSinceNs + cadences[slot].graceNs() - cadences[slot].detectionNs();
            if (ASKING == states[slot] && !isSet(slot, UNSENT))
            {
                anchorsNs[slot] = unsentSinceNs[slot];
            }
        }
    }

    boolean isSet(final int slot, final byte flag)
    {
        return 0 != (flags[slot] & flag);
    }

    void set(final int slot, final byte flag)
    {
        flags[slot] |= flag;
    }

    void clear(final int slot, final byte flag)
    {
        flags[slot] &= (byte)~flag;
    }

    /**
     * Was the slot heard since its present wait began? An anchor is at least the idle time after the last hearing that
     * led to it, and no later than anything heard since.
     */
    boolean isHeardSinceAnchor(final int slot)
    {
        return SPREADING != states[slot] && lastHeardNs[slot] - anchorsNs[slot] >= 0;
    }

    /**
     * When the present wait is over.
     */
    long endNs(final int slot)
    {
        final Cadence cadence = cadences[slot];
        return switch (states[slot])
        {
            case SPREADING -> anchorsNs[slot] + untilTurnNs(slot, anchorsNs[slot]);
            case ASKING -> isSet(slot, UNSENT) ? unsentEndNs(slot) : anchorsNs[slot] + cadence.detectionNs();
            case WAITING -> anchorsNs[slot] + cadence.intervalNs();
            default -> (isSet(slot, ANCHORED) ? anchorsNs[slot] : lastHeardNs[slot]) + cadence.idleNs();
        };
    }

    /**
     * When the lack of progress in writing is judged.
     */
    long unsentEndNs(final int slot)
    {
        return unsentSinceNs[slot] + cadences[slot].detectionNs();
    }

    /**
     * When the slot has to be looked at, which is no later than when its wait is over.
     */
    long lookNs(final int slot, final long nowNs)
    {
        long lookNs = endNs(slot);
        if (WAITING == states[slot])
        {
            // An answer may come at once. If the idle time is below the interval, the next probe is then due before
            // this wait ends.
            lookNs = earlier(lookNs, nowNs + cadences[slot].idleNs());
        }
        if (isProbeNext(slot))
        {
            lookNs = turnNs(slot, lookNs);
        }
        return isSet(slot, UNSENT) ? earlier(lookNs, unsentLookNs(slot, nowNs)) : lookNs;
    }

    /**
     * When to try again to write what waits.
     */
    long unsentLookNs(final int slot, final long nowNs)
    {
        return earlier(unsentEndNs(slot), nowNs + cadences[slot].graceNs());
    }

    private boolean isProbeNext(final int slot)
    {
        final byte state = states[slot];
        return (LISTENING == state || WAITING == state) && asked[slot] < cadences[slot].count();
    }

    /**
     * When the next probe leaves, or is found not to be needed. It waits for the turn of its group. If that is further
     * away than the slack, it waits for three quarters of the slack or more, by its group. So each turn that a slot
     * misses takes it nearer, and groups whose slots were heard together, such as after a stall, part at once. The
     * wheel's rounding up is anticipated, so that it does not add to the slack.
     *
     * @param dueNs when the wait before the probe is over.
     */
    private long turnNs(final int slot, final long dueNs)
    {
        final long slackNs = slackNs(cadences[slot]);
        final long waitNs = untilTurnNs(slot, dueNs);
        final long turnNs =
            dueNs + (waitNs <= slackNs ? waitNs : slackNs - partNs(slackNs >> 2, slot >> GROUP_SHIFT));
        final long tickNs = turnNs - (turnNs - originNs & tickMask);
        return tickNs - dueNs > 0 ? tickNs : dueNs;
    }

    /**
     * Time until the turn of a slot's group, less than a period. The period is longer than the idle time by half of the
     * slack, so that a peer that answers within that time is due before the next turn.
     */
    private long untilTurnNs(final int slot, final long fromNs)
    {
        final Cadence cadence = cadences[slot];
        final long periodNs = cadence.idleNs() + (slackNs(cadence) >> 1);
        final long phaseNs = partNs(periodNs, slot >> GROUP_SHIFT);
        return Math.floorMod(phaseNs - (fromNs - originNs), periodNs);
    }

    private long slackNs(final Cadence cadence)
    {
        return Math.min(maxProbeSlackNs, Math.min(cadence.idleNs(), cadence.intervalNs()) >> PROBE_SLACK_SHIFT);
    }

    private static long earlier(final long aNs, final long bNs)
    {
        return aNs - bNs < 0 ? aNs : bNs;
    }

    /**
     * A part of the whole that is spread evenly over the seeds.
     */
    private static long partNs(final long wholeNs, final long seed)
    {
        return Math.multiplyHigh(wholeNs, seed * GOLDEN_RATIO >>> 1) << 1;
    }
}
