package io.heartwheel.wheel;

/**
 * {@link TimingWheel#poll(long, ExpiryHandler, int)} tells it of each slot whose deadline has come.
 */
@FunctionalInterface
public interface ExpiryHandler
{
    /**
     * The deadline of a slot has come. The slot is no longer scheduled. The handler may schedule or cancel this slot
     * and any other, those due in the same tick included.
     *
     * @param slot  that is due.
     * @param nowNs the time given to the poll.
     */
    void onExpired(int slot, long nowNs);
}
