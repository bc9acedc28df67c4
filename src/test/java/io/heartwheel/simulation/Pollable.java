package io.heartwheel.simulation;

/**
 * A channel as its selectors see it.
 */
interface Pollable
{
    /**
     * What the channel is ready for now, whatever its keys are interested in.
     */
    int readyOps();

    /**
     * Give back the descriptor of a closed channel: for one that is registered, not before the next select.
     */
    void destroy();

    /**
     * The first of its keys, or null.
     */
    SimulatedKey key();

    void key(SimulatedKey key);
}
