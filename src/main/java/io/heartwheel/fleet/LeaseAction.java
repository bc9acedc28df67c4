package io.heartwheel.fleet;

/**
 * What is done with a lease.
 */
public enum LeaseAction
{
    /** Take a new lease. */
    JOIN,

    /** Hold it for its whole time from now on, if it has not been reaped. */
    RENEW,

    /** Give it back: the node ends, or has given back all that it owned. */
    LEAVE,

    /** Only show who lives, to one outside: nothing is written, no lease is reaped, and no time counts as heard. */
    SHOW
}
