package io.heartwheel;

/**
 * The listening sockets of a server that has several reactors.
 */
public enum AcceptSockets
{
    /** {@link #EACH} on Linux if there are several reactors, else {@link #ONE}. */
    AUTO,

    /**
     * One socket. The first reactor accepts all connections, and hands them to the reactor that has fewest. If it
     * stalls, nobody is let in.
     */
    ONE,

    /**
     * One socket for each reactor (SO_REUSEPORT). The kernel spreads the connections by a hash of their addresses. If a
     * reactor stalls, those that it would have accepted wait for it.
     */
    EACH,

    /** As {@link #EACH}, and other processes of the same user may listen at the same port if they are set so too. */
    SHARED
}
