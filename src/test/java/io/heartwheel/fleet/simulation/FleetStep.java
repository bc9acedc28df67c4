package io.heartwheel.fleet.simulation;

import java.util.Locale;

/**
 * One thing that happens in a scenario.
 *
 * @param atNs       time since the start.
 * @param kind       what happens.
 * @param node       number of the node.
 * @param client     number of the client.
 * @param durationNs how long it lasts.
 */
record FleetStep(long atNs, Kind kind, int node, int client, long durationNs)
{
    /** What may happen. */
    enum Kind
    {
        /** A client connects to a node; its older connection ends, or hangs. */
        HOP(24),
        /** A client goes away. */
        LEAVE(4),
        /** A connection says that it is of another client. */
        RENAME(2),
        /** A message is sent to a client. */
        SEND(12),
        /** A client is looked up. */
        LOCATE(12),
        /** A node dies, and another starts in its place. */
        KILL(2),
        /** A node is stopped for a while. */
        STOP(3),
        /** A node gives its lease back and starts anew. */
        QUIT(1),
        /** A node does not reach the engine. */
        SPLIT(3),
        /** What goes to the engine and back takes its time. */
        SLOW(2),
        /** The engine stands still. */
        STALL(2),
        /** Questions, replies and messages are lost, late, or come twice. */
        LOSE(3),
        /** A node's questions are done, and half of the replies are lost. */
        MUTE(2),
        /** A node hears nothing of what it is sent. */
        DEAF(2),
        /** The engine starts anew, with its data. */
        RESTART(1),
        /** The engine starts anew, without its data. */
        CLEAR(1),
        /** The engine loses its data, and goes on. */
        FLUSH(1),
        /** The same, and a node is told of a client, and dies before it notices. */
        FORGET(1),
        /** A client connects to a node, which dies before it can tell others. */
        PERISH(2),
        /** A replica takes over, that lags. */
        FAILOVER(2),
        /** The engine's clock is set. */
        CLOCK(1);

        final int weight;

        Kind(final int weight)
        {
            this.weight = weight;
        }
    }

    @Override
    public String toString()
    {
        return String.format(Locale.ROOT, "%,d ms: %s node %d client %d for %d ms",
            atNs / 1_000_000, kind, node, client, durationNs / 1_000_000);
    }
}
