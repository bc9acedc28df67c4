package io.heartwheel;

/**
 * Told which connections of a server have an identity, such as by a fleet that knows who is connected where: see {@link
 * Connection#identity()}. It is told of each of them exactly once when it is open and named, and exactly once when it
 * has ended, in this order, whatever ends it, the end of the server and of its reactor included. A connection that ends
 * before it is open and named is not told of; nor is one that waited for the end of a stall of the reactor to be
 * accepted, and whose client turns out to have given up meanwhile.
 * <p>
 * Both methods are called on the reactor thread, between {@link ConnectionListener#onOpen} and {@link
 * ConnectionListener#onClosed}. They must not block, as no peer is served meanwhile: hand on what takes long. With
 * several reactors the one listener is called by as many threads at a time, and has to be threadsafe; what happens to
 * one connection it is told by one thread.
 * <p>
 * The connection may be kept, and handed to other threads, until it is gone and after. {@link Connection} says what
 * other threads may ask of it. An exception goes to the error handler, and the connection goes on.
 */
public interface IdentityListener
{
    /**
     * A connection that is open has an identity from now on.
     *
     * @param connection that is named.
     * @param openedNs   when it was accepted, by {@link ReactorContext#nanoClock()}, the last stall of the reactor
     *                   included. For how long it waited to be accepted is not known.
     */
    void onIdentified(Connection connection, long openedNs);

    /**
     * A connection of which {@link #onIdentified} was told has ended.
     *
     * @param connection that has ended; {@link Connection#closeReason()} says why.
     */
    void onGone(Connection connection);
}
