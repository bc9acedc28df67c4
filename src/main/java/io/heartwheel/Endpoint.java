package io.heartwheel;

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
