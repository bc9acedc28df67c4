package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.nio.channels.SelectionKey;

/**
 * One end of the protocol: the {@link Acceptor} of a server, or the {@link Connector} of a client. It makes
 * connections, and answers what its peers ask for.
 */
interface Endpoint extends AutoCloseable
{
    /**
     * A socket that is no connection (yet) is ready.
     */
    void onReady(SelectionKey key);

    /**
     * A peer sent a HELLO: it told or asked for a cadence.
     *
     * @return the cadence by which the peer is watched from now on, or will be once it is let in.
     */
    Cadence onHello(Peer peer, Hello hello);

    /**
     * The application has set the cadence by which a peer is watched.
     */
    default void onCadence(final Peer peer, final Cadence cadence)
    {
    }

    /**
     * Describe a peer that speaks another protocol, and name the setting that it may need.
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
     * A connection has ended. If the listener was told of its opening, it was told of this too.
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
     * Do what is due without a socket being ready.
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
