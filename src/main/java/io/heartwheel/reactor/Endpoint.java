package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.nio.channels.SelectionKey;

/**
 * The side of a reactor that makes connections, and speaks for its end of the protocol.
 */
interface Endpoint extends AutoCloseable
{
    /**
     * A socket that is no connection (yet) is ready.
     */
    void onReady(SelectionKey key);

    /**
     * The peer told or asked for a cadence.
     */
    void onHello(Peer peer, Hello hello);

    /**
     * The application has set the cadence by which a peer is watched.
     */
    default void onCadence(final Peer peer, final Cadence cadence)
    {
    }

    /**
     * What a peer spoke instead of our protocol, and what may be set for it.
     */
    default String textOf(final Peer peer, final Foreign foreign)
    {
        return foreign.text();
    }

    /**
     * A connection is open, and the listener is about to hear of it.
     */
    default void onOpening(final Peer peer)
    {
    }

    /**
     * The peer says goodbye.
     */
    default void onBye(final Peer peer, final int reason)
    {
    }

    /**
     * A connection has ended, and the listener knows if it was told of it.
     */
    default void onClosed(final Peer peer)
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
    @Override
    void close();
}
