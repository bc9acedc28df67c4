package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * The side of a reactor that makes connections, and speaks for its end of the protocol.
 */
interface Endpoint extends AutoCloseable
{
    /**
     * Its reactor is there, and nothing has happened yet.
     */
    void start(Reactor reactor);

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
    default void onCadence(final Connection connection, final Cadence cadence)
    {
    }

    /**
     * A connection that is JOINING and not greeted yet has something to read.
     */
    default void onArriving(final Connection connection)
    {
    }

    /**
     * The TLS handshake of a connection that is JOINING is done.
     */
    default void onSecured(final Connection connection)
    {
    }

    /**
     * A connection that is JOINING and greeted has said something.
     */
    default void onFirstBytes(final Connection connection)
    {
    }

    /**
     * The first message of a connection that is still JOINING.
     */
    default void onFirstMessage(final Connection connection, final ByteBuffer payload)
    {
    }

    /**
     * What a peer spoke instead of our protocol, and what may be set for it.
     */
    default String textOf(final Connection connection, final Foreign foreign)
    {
        return foreign.text();
    }

    /**
     * The peer says goodbye.
     */
    default void onBye(final Connection connection, final int reason)
    {
    }

    /**
     * A connection has ended, and the listener knows if it was told of it.
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
    @Override
    void close();
}
