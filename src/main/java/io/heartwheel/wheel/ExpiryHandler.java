package io.heartwheel.wheel;

/**
 * Told by {@link TimingWheel#poll(long, ExpiryHandler, int)} of each slot whose deadline has come.
 */
@FunctionalInterface
public interface ExpiryHandler
{
    /**
     * The deadline of a slot has come. The slot is no longer scheduled; the handler may schedule or cancel it and any
     * other slot, those due in the same tick included.
     *
     * @param slot  that is due.
     * @param nowNs the time given to the poll.
     */
    void onExpired(int slot, long nowNs);
}
