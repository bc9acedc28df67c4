package io.heartwheel.bench.hops;

/**
 * A wrong deed of the run itself, which its checker has to find.
 */
enum Planted
{
    NONE,
    /** Records are erased by identity, as many fleets do when an older connection has ended. */
    ERASE_BY_ID,
    /** The record of somebody who is away is written anew for a node that lives. */
    GHOST,
    /** A record gets an older stamp. */
    BACK
}
