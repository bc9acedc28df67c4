package io.heartwheel.fleet;

/**
 * A part of a {@link FleetNode} that has questions for the engine.
 */
interface Work
{
    /**
     * The next question.
     *
     * @return a new exchange, or null if there is nothing to ask now.
     */
    Exchange<?> next(long nowNs);
}
