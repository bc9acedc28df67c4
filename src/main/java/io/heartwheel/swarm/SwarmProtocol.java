package io.heartwheel.swarm;

/**
 * What the clients of a swarm speak.
 */
public enum SwarmProtocol
{
    /** Our own frames. */
    HEARTWHEEL,

    /** WebSocket. */
    WEBSOCKET
}
