package io.heartwheel.liveness;

/**
 * What {@link LivenessTracker#poll(long, int)} asks for. Each method may call the tracker for any slot.
 */
public interface LivenessHandler
{
    /**
     * A slot has been silent for its idle time, or has not answered the probe before: write one to it. Answered by
     * {@link LivenessTracker#probeWritten(int, long)}, at once or later; until then no question is asked.
     *
     * @param slot  to probe.
     * @param nowNs time of the poll.
     */
    void onProbeDue(int slot, long nowNs);

    /**
     * The time of a slot is up. This is the last look: whoever can still hear it, or write to it, does so now and tells
     * the tracker, and only when that finds nothing the slot is condemned.
     *
     * @param slot       that is silent or stalled.
     * @param verdict    what it is condemned for.
     * @param deadlineNs when its time was up: the verdict is {@code nowNs - deadlineNs} late.
     * @param nowNs      time of the poll.
     * @return true if the slot is condemned, and so no longer watched; false if the last look found it alive.
     */
    boolean onTimeUp(int slot, Verdict verdict, long deadlineNs, long nowNs);
}
