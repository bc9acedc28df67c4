package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A client's tie to a server, or to one of several servers that are alike. It has one connection at a time, which is
 * made anew when it is lost.
 * <p>
 * {@link #addresses()}, {@link #identity()}, {@link #askFor(Cadence)}, {@link #reconnect()} and {@link #close()} may be
 * called from any thread. All other methods may be called from the reactor thread only.
 */
public interface Link
{
    /**
     * The addresses of the server, or of servers that are alike. They are tried in turn. Names in URIs are unresolved.
     *
     * @return the addresses, as they were given.
     */
    List<InetSocketAddress> addresses();

    /**
     * Who this client says it is, to servers that ask for that by their HELLO.
     *
     * @return the identity, or null if it says none.
     */
    String identity();

    /**
     * The present connection.
     *
     * @return the connection, which may be closing, or null if there is none.
     */
    Connection connection();

    /**
     * The subprotocol of WebSocket that the server has chosen for the present connection.
     *
     * @return one of {@link WebSocketRequest#subprotocols(String...)}, or null if there is none.
     */
    String subprotocol();

    /**
     * Why the last try to connect failed.
     *
     * @return address and reason; empty if it did not fail. It is never empty when the link is given up.
     */
    String failure();

    /**
     * What the application has attached to this link.
     *
     * @return what was given to {@link #attachment(Object)}, or null.
     */
    Object attachment();

    /**
     * Attach something to this link.
     *
     * @param attachment anything, or null.
     * @return this.
     */
    Link attachment(Object attachment);

    /**
     * Ask the server by a HELLO to watch this client by another cadence, now and after each reconnect. The server
     * answers with the cadence in force, which may be another: for {@link Cadence#OFF} it is the longest that it
     * allows. Nothing happens if the link is closed, or speaks WebSocket, which has no such thing.
     *
     * @param cadence to ask for.
     * @return this.
     */
    Link askFor(Cadence cadence);

    /**
     * Make the next try now, if the link waits for the time of it. So ends the long wait of a client whose place was
     * taken over ({@code heartwheel.reconnect.takenover}). Nothing happens if the link is connected, tries already, or
     * is closed.
     */
    void reconnect();

    /**
     * Close the link: its connection is closed, and no other is made. The {@link ConnectionListener#onClosed} of its
     * last connection is the last callback of the link. A link without a connection ends without a callback. May be
     * called by any callback, that {@code onClosed} included. Nothing happens if the link is closed.
     */
    void close();

    /**
     * The addresses, or the URIs without users and queries, for logs.
     *
     * @return such as {@code link to 10.0.0.7:7400, 10.0.0.8:7400}, or {@code link to wss://gateway.example.org/}.
     */
    String toString();
}
