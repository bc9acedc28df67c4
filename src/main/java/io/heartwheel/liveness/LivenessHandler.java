package io.heartwheel.liveness;

/**
 * Carries out what {@link LivenessTracker#poll(long, LivenessHandler, int)} asks for. Each method may call the tracker
 * for any slot.
 */
public interface LivenessHandler
{
    /**
     * A slot has been silent for its idle time, or has not answered the last probe: write a probe to it. The host
     * confirms the write by {@link LivenessTracker#probeWritten(int, long)}, at once or later. The wait for an answer
     * begins only then.
     *
     * @param slot  to probe.
     * @param nowNs time of the poll.
     */
    void onProbeDue(int slot, long nowNs);

    /**
     * Bytes of a slot wait to be written. A kernel may have room for them without saying so: Linux announces a socket
     * as writable only when a good part of its buffer is free. A host that can try to write does so now and tells the
     * tracker. Called once in each grace time of the cadence, and right before a lack of progress is judged.
     *
     * @param slot  with unsent bytes.
     * @param nowNs time of the poll.
     */
    default void onUnsent(final int slot, final long nowNs)
    {
    }

    /**
     * The time of a slot is up. This is the last look: a host that can still hear the slot does so now and tells the
     * tracker. If nothing is found, the host calls {@link LivenessTracker#unwatch(int)}. A slot that stays watched
     * lives on, and is looked at again one tick later.
     *
     * @param slot       that is silent or stalled.
     * @param verdict    what it is condemned for.
     * @param deadlineNs when its time was up: the verdict is {@code nowNs - deadlineNs} late.
     * @param nowNs      time of the poll.
     */
    void onTimeUp(int slot, Verdict verdict, long deadlineNs, long nowNs);
}
