package io.heartwheel.fleet;

import io.heartwheel.Connection;

/**
 * Told what happens to a node and to those of its connections that have an identity. All methods are called by the
 * thread that runs the {@link Fleet}, one at a time, and must not block: while one does, nobody's lease is renewed. An
 * exception goes to the error handler, and the fleet goes on.
 * <p>
 * A connection may have ended when it is told of. What it may be asked by this thread, {@link Connection} says.
 */
public interface FleetListener
{
    /**
     * A connection of this node owns its identity: whoever looks the identity up finds it. Told once for a connection.
     *
     * @param connection that owns it.
     */
    default void onJoined(final Connection connection)
    {
    }

    /**
     * A connection of which {@link #onJoined} was told has ended, for whatever reason. If connections end while more
     * than {@link FleetSettings#maxReleases()} of them wait to be told of, it is not told of the others.
     *
     * @param connection that has ended.
     */
    default void onLeft(final Connection connection)
    {
    }

    /**
     * A newer connection has the identity of a connection of this node, which is being closed as TAKEN_OVER.
     *
     * @param connection that had it.
     * @param newer      session that has it now.
     */
    default void onTakenOver(final Connection connection, final Session newer)
    {
    }

    /**
     * An older connection keeps the identity that a connection of this node came with, which is being closed as
     * REFUSED.
     *
     * @param connection that came.
     * @param older      session that has the identity.
     */
    default void onRefused(final Connection connection, final Session older)
    {
    }

    /**
     * A node is in the fleet that was not there before. Told of this node, too.
     *
     * @param node that came.
     */
    default void onNodeJoined(final FleetMember node)
    {
    }

    /**
     * A node is no longer in the fleet: it left, or was not heard for the time of a lease.
     *
     * @param node that went.
     */
    default void onNodeLeft(final FleetMember node)
    {
    }

    /**
     * This node stands otherwise to its fleet than before. Its clients are served in any state.
     *
     * @param state how it stands now.
     */
    default void onState(final FleetState state)
    {
    }

    /**
     * An operator should know this of the engine.
     *
     * @param warning in one line.
     */
    default void onWarning(final String warning)
    {
    }
}
