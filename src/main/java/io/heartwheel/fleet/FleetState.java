package io.heartwheel.fleet;

/**
 * How a node stands to its fleet.
 */
public enum FleetState
{
    /** It has no lease, and asks for one. */
    JOINING,

    /** It has a lease, and what it owns is its own. */
    HELD,

    /** Its lease could not be renewed in time. It owns nothing until it knows better. Its clients are served on. */
    DETACHED,

    /** It gave its lease back. */
    LEFT
}
