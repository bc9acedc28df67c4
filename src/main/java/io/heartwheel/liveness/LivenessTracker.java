package io.heartwheel.liveness;

import io.heartwheel.wheel.ExpiryHandler;
import io.heartwheel.wheel.TimingWheel;

/**
 * Judges the silence of slots: which peer to probe, and which peer is gone.
 * <p>
 * Hearing a peer stores one long. The wheel is not touched: when the slot's deadline comes, it is scheduled again for
 * the remainder. A slot that is watched is in one of these states:
 * <pre>
 *   SPREADING  --its turn--------------&gt;  LISTENING   new; its first turn sets it off from other groups of slots
 *   LISTENING  --idle time silent------&gt;  ASKING      (or, if passive, time is up)
 *   ASKING     --probe written---------&gt;  WAITING     (a probe that is not written asks nothing)
 *   WAITING    --heard-----------------&gt;  LISTENING
 *   WAITING    --interval silent-------&gt;  ASKING      (or, after count probes, time is up)
 * </pre>
 * A wait counts from when it ideally began, so the delays of the polls do not add up. Only a probe that really left
 * late has its wait counted from then. Times are nanoseconds of any monotonic clock, compared by difference.
 * <p>
 * <b>After a stall</b> of the watcher, told by {@link #stalled(long)}, no peer is condemned before it has had one more
 * full wait of attention. Each wait is extended once only. The host should also leave stalls out of the time it passes
 * in: then a watcher that stalls all the time judges late, but does judge.
 * <p>
 * Memory: 48 bytes per slot, the wheel's included. Capacity grows by an eighth on demand, when a slot is watched.
 * Nothing else is allocated.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class LivenessTracker
{
    private final TimingWheel wheel;
    private final ExpiryHandler expiryHandler = this::onExpired;
    private final Waits waits;
    private LivenessHandler handler;
    private long attentiveSinceNs;
    private int watchedCount;

    /**
     * Construct a tracker that watches no slot.
     *
     * @param wheel        for the deadlines; this tracker owns it from now on.
     * @param startNs      the time now.
     * @param probeSlackNs longest time for which a probe that is due may wait for the turn of its slot and the slot's
     *                     neighbours, at most 1/32 of its idle time and interval; 0 sends each on time. Verdicts come
     *                     on time all the same.
     */
    public LivenessTracker(final TimingWheel wheel, final long startNs, final long probeSlackNs)
    {
        this.wheel = wheel;
        waits = new Waits(wheel.startNs(), wheel.tickNs(), probeSlackNs);
        this.attentiveSinceNs = startNs - Cadence.MAX_NS;
    }

    /**
     * Begin to watch a slot. It counts as heard now.
     *
     * @param slot    that is not watched, below {@link TimingWheel#MAX_CAPACITY}.
     * @param cadence to watch it by.
     * @param nowNs   the time now.
     */
    public void watch(final int slot, final Cadence cadence, final long nowNs)
    {
        if (isWatched(slot))
        {
            throw new IllegalStateException("slot=" + slot + " is watched already");
        }

        waits.begin(slot, cadence, nowNs);
        ++watchedCount;
        arm(slot, nowNs);
    }

    /**
     * Watch a slot by another cadence from now on. Its first wait begins now. A wait for progress in writing is not
     * begun anew: it is measured by the new detection time. If it is over by that already, it is extended by one more
     * full wait, once.
     *
     * @param slot    that is watched.
     * @param cadence to watch it by.
     * @param nowNs   the time now.
     */
    public void cadence(final int slot, final Cadence cadence, final long nowNs)
    {
        requireWatched(slot);
        final long lookNs = wheel.isScheduled(slot) && waits.isSet(slot, Waits.UNSENT) ?
            wheel.deadlineNs(slot) : nowNs + Cadence.MAX_NS;
        waits.restart(slot, cadence, nowNs);
        arm(slot, nowNs);
        lookBy(slot, lookNs);
    }

    /**
     * Bytes arrived from a slot. Called for every read, it stores one long.
     *
     * @param slot  that was heard.
     * @param nowNs the time now.
     */
    public void heard(final int slot, final long nowNs)
    {
        waits.lastHeardNs[slot] = nowNs;
    }

    /**
     * The kernel accepted the probe that {@link LivenessHandler#onProbeDue(int, long)} asked for. The wait for the
     * answer begins only now.
     *
     * @param slot  that was probed.
     * @param nowNs the time now.
     */
    public void probeWritten(final int slot, final long nowNs)
    {
        if (Waits.ASKING == waits.states[slot])
        {
            if (waits.isHeardSinceAnchor(slot))
            {
                waits.listen(slot);
            }
            else
            {
                waits.await(slot, nowNs);
            }
            arm(slot, nowNs);
        }
    }

    /**
     * Ask a slot now, and for the last time. If it is silent for one more interval, it is judged.
     *
     * @param slot  that is watched.
     * @param prober that writes the probe; only its {@link LivenessHandler#onProbeDue} is called.
     * @param nowNs the time now.
     * @return false if there is nothing to ask: it was heard within its interval, is not probed, or takes no bytes.
     */
    public boolean askLast(final int slot, final LivenessHandler prober, final long nowNs)
    {
        final Cadence cadence = waits.cadences[slot];
        if (0 == cadence.count() || nowNs - waits.lastHeardNs[slot] < cadence.intervalNs() ||
            waits.isSet(slot, Waits.UNSENT) || Waits.ASKING == waits.states[slot])
        {
            return false;
        }
        if (waits.askLast(slot, nowNs))
        {
            arm(slot, nowNs);
            prober.onProbeDue(slot, nowNs);
        }
        return true;
    }

    /**
     * There are bytes for this slot that the kernel did not accept.
     *
     * @param slot       with unsent bytes.
     * @param progressed true if it accepted some: the wait for progress begins anew.
     * @param nowNs      the time now.
     */
    public void writeBlocked(final int slot, final boolean progressed, final long nowNs)
    {
        if (isWatched(slot) && (progressed || !waits.isSet(slot, Waits.UNSENT)))
        {
            waits.set(slot, Waits.UNSENT);
            waits.beginUnsent(slot, nowNs);
            lookBy(slot, waits.unsentLookNs(slot, nowNs));
        }
    }

    /** What is unsent is tried again by then, however late the slot would be looked at otherwise. */
    private void lookBy(final int slot, final long lookNs)
    {
        if (wheel.isScheduled(slot) && lookNs - wheel.deadlineNs(slot) < 0)
        {
            wheel.schedule(slot, lookNs);
        }
    }

    /**
     * The kernel accepted all bytes for this slot.
     *
     * @param slot without unsent bytes.
     */
    public void writeDrained(final int slot)
    {
        waits.clear(slot, Waits.UNSENT);
    }

    /**
     * Watch a slot no longer.
     *
     * @param slot to forget; nothing happens if it is not watched.
     */
    public void unwatch(final int slot)
    {
        if (isWatched(slot))
        {
            --watchedCount;
            assert watchedCount >= 0;
            waits.end(slot);
            wheel.cancel(slot);
        }
    }

    /**
     * The watcher itself paid no attention for a while, and does again.
     *
     * @param nowNs the time now.
     */
    public void stalled(final long nowNs)
    {
        attentiveSinceNs = nowNs;
    }

    /**
     * Ask for the probes and verdicts that are due. Slots that were found heard are scheduled again.
     *
     * @param nowNs   the time now: everything that arrived before it has been told by {@link #heard(int, long)}.
     * @param handler of probes and verdicts.
     * @param limit   on the number of slots to look at. When it is met, the next poll goes on from there.
     * @return number of slots whose deadline in the wheel had come.
     */
    public int poll(final long nowNs, final LivenessHandler handler, final int limit)
    {
        this.handler = handler;
        return wheel.poll(nowNs, expiryHandler, limit);
    }

    /**
     * The time before which a poll has nothing to do.
     *
     * @param emptyNs what to return when nothing is scheduled.
     * @return when to poll next.
     */
    public long nextDeadlineNs(final long emptyNs)
    {
        return wheel.nextDeadlineNs(emptyNs);
    }

    /**
     * {@return whether this slot is watched}
     *
     * @param slot to look at.
     */
    public boolean isWatched(final int slot)
    {
        return slot < waits.states.length && Waits.VACANT != waits.states[slot];
    }

    /** {@return the number of slots watched} */
    public int watchedCount()
    {
        return watchedCount;
    }

    /**
     * {@return when a slot was heard last, or its watch began}
     *
     * @param slot that is watched.
     */
    public long lastHeardNs(final int slot)
    {
        return waits.lastHeardNs[slot];
    }

    /**
     * {@return the cadence a slot is watched by}
     *
     * @param slot that is watched.
     */
    public Cadence cadence(final int slot)
    {
        return waits.cadences[slot];
    }

    /**
     * A slot is armed before its handler is called, so that one whose handler throws is not forgotten.
     */
    private void onExpired(final int slot, final long nowNs)
    {
        assert isWatched(slot) : "slot=" + slot + " is due, but not watched";
        if (waits.isHeardSinceAnchor(slot))
        {
            waits.listen(slot);
        }
        if (waits.isSet(slot, Waits.UNSENT))
        {
            arm(slot, nowNs);
            handler.onUnsent(slot, nowNs);
            if (!isWatched(slot))
            {
                return;
            }
        }
        if (waits.isSet(slot, Waits.UNSENT) && waits.unsentEndNs(slot) - nowNs <= 0)
        {
            judge(slot, Verdict.WRITE_STALLED, waits.unsentEndNs(slot), nowNs);
            return;
        }

        final long dueNs = waits.endNs(slot);
        if (dueNs - nowNs > 0)
        {
            arm(slot, nowNs);
        }
        else
        {
            onWaitOver(slot, dueNs, nowNs);
        }
    }

    private void onWaitOver(final int slot, final long dueNs, final long nowNs)
    {
        if (Waits.SPREADING == waits.states[slot])
        {
            // This probe only sets the phase: it is not counted, so the peer is judged no earlier for it.
            waits.listen(slot);
            arm(slot, nowNs);
            handler.onProbeDue(slot, nowNs);
        }
        else if (Waits.ASKING == waits.states[slot])
        {
            judge(slot, Verdict.WRITE_STALLED, dueNs, nowNs);
        }
        else if (waits.asked[slot] < waits.cadences[slot].count())
        {
            waits.ask(slot, dueNs);
            arm(slot, nowNs);
            handler.onProbeDue(slot, nowNs);
        }
        else
        {
            judge(slot, Verdict.SILENT, dueNs, nowNs);
        }
    }

    private void judge(final int slot, final Verdict verdict, final long deadlineNs, final long nowNs)
    {
        assert deadlineNs - nowNs <= 0 : "slot=" + slot + " is judged early";
        final boolean isGraced = grantGrace(slot, verdict, deadlineNs);
        arm(slot, nowNs);
        if (!isGraced)
        {
            handler.onTimeUp(slot, verdict, deadlineNs, nowNs);
        }
    }

    /**
     * If the watcher stalled within the last full wait before the deadline, let the slot have a full one since.
     */
    private boolean grantGrace(final int slot, final Verdict verdict, final long deadlineNs)
    {
        final boolean isSilent = Verdict.SILENT == verdict;
        final byte graced = isSilent ? Waits.SILENCE_GRACED : Waits.WRITE_GRACED;
        final long graceNs = waits.cadences[slot].graceNs();
        if (waits.isSet(slot, graced) || attentiveSinceNs + graceNs - deadlineNs <= 0)
        {
            return false;
        }

        waits.set(slot, graced);
        waits.grace(slot, isSilent, attentiveSinceNs);
        return true;
    }

    private void arm(final int slot, final long nowNs)
    {
        if (Waits.UNJUDGED == waits.states[slot])
        {
            wheel.cancel(slot);
        }
        else
        {
            wheel.schedule(slot, waits.lookNs(slot, nowNs));
        }
    }

    private void requireWatched(final int slot)
    {
        if (!isWatched(slot))
        {
            throw new IllegalStateException("slot=" + slot + " is not watched");
        }
    }
}
