package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Hello;

import java.nio.channels.SelectionKey;

/**
 * The side of a reactor that makes connections, and speaks for its end of the protocol.
 */
interface Endpoint
{
    /**
     * A socket that is no connection (yet) is ready.
     */
    void onReady(SelectionKey key);

    /**
     * The peer told or asked for a cadence.
     */
    void onHello(Connection connection, Hello hello);

    /**
     * The application has set the cadence by which a peer is watched.
     */
    void onCadence(Connection connection, Cadence cadence);

    /**
     * The peer says goodbye.
     */
    default void onBye(final Connection connection, final int reason)
    {
    }

    /**
     * A connection has ended, and the listener knows.
     */
    default void onClosed(final Connection connection)
    {
    }

    /**
     * The reactor has stalled.
     */
    default void onStall()
    {
    }

    /**
     * Do what has become due without any socket being ready.
     */
    int doWork();

    /**
     * When {@link #doWork()} has to be called next.
     */
    long nextDeadlineNs(long noneNs);

    /**
     * Make no more connections.
     */
    void close();
}
