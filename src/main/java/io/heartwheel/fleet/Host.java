package io.heartwheel.fleet;

/**
 * What a {@link FleetNode} tells the server whose connections it speaks for. All methods are called by the thread that
 * calls {@link FleetNode#doWork(long)}; none may block. The connection may have ended meanwhile.
 */
public interface Host
{
    /**
     * A connection owns its identity from now on: the engine has said so for the first time, or again.
     *
     * @param connection its number.
     * @param session    as the engine has it.
     */
    default void onOwned(final long connection, final Session session)
    {
    }

    /**
     * A newer connection has the identity now. This one is closed as TAKEN_OVER.
     *
     * @param connection its number.
     * @param newer      session that has it.
     */
    void onTakenOver(long connection, Session newer);

    /**
     * Another connection has the identity, and keeps it. This one is closed as REFUSED.
     *
     * @param connection its number.
     * @param older      session that has it.
     */
    void onRefused(long connection, Session older);

    /**
     * A message for a connection has come from a node of the fleet.
     *
     * @param connection its number.
     * @param message    of any bytes, the callee's to keep.
     */
    void onMessage(long connection, byte[] message);

    /**
     * A node of the fleet asks to close a connection.
     *
     * @param connection its number.
     * @param reason     code of the reason, of any value.
     */
    void onClose(long connection, byte reason);

    /**
     * The node stands otherwise to its fleet than before.
     *
     * @param state how it stands now.
     */
    void onState(FleetState state);

    /**
     * An operator should know this.
     *
     * @param warning in one line.
     */
    void onWarning(String warning);
}
