package io.heartwheel.bench.fleet;

/**
 * A way to keep in Redis who is connected where. Clients and nodes are numbers; a client has a connection on one node.
 */
interface Layout extends AutoCloseable
{
    /** The node that dies. */
    int DEAD_NODE = 0;
    int NODES = 4;

    String title();

    /**
     * Clients connect, spread over all nodes, at random moments of what is refreshed.
     */
    void load(int clients);

    /**
     * Do what is due while all is well, for a time.
     *
     * @return commands that were sent.
     */
    long rest(long ms);

    /**
     * The dead node's sessions that are shown as present, each second after it was killed.
     */
    int[] ghosts(int seconds);

    /**
     * A client that was on one node is on another, and the first notices after that.
     */
    void hopAndLeave(int client, int from, int to);

    /**
     * Clients that are connected, of those that hopped, and not shown.
     */
    int missing(int clients);

    @Override
    void close();
}
