package io.heartwheel;

import io.heartwheel.liveness.Cadence;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A client's tie to a server, or to one of several: one connection at a time, made anew when it is lost.
 * <p>
 * {@link #addresses()}, {@link #askFor(Cadence)} and {@link #close()} may be called from any thread; all else from the
 * reactor thread only.
 */
public interface Link
{
    /**
     * Where the server is, or its like are: tried in turn.
     *
     * @return the addresses, as they were given.
     */
    List<InetSocketAddress> addresses();

    /**
     * The connection it has at present.
     *
     * @return the connection, which may be closing, or null.
     */
    Connection connection();

    /**
     * Why the last try to connect failed.
     *
     * @return address and reason; empty if it did not fail. Never empty when the link is given up.
     */
    String failure();

    /**
     * What the application keeps with this link.
     *
     * @return what was given to {@link #attachment(Object)}, or null.
     */
    Object attachment();

    /**
     * Keep something with this link.
     *
     * @param attachment anything.
     * @return this.
     */
    Link attachment(Object attachment);

    /**
     * Ask the server by a HELLO to watch this client by another cadence, now and after each reconnect. The server
     * answers with the cadence in force, which may be another: the longest it allows for {@link Cadence#OFF}. A link
     * that is closed asks nobody.
     *
     * @param cadence to ask for.
     * @return this.
     */
    Link askFor(Cadence cadence);

    /**
     * Close the connection if there is one, and make no other. {@link ConnectionListener#onClosed} of that connection
     * is the last that is heard of the link, or has been; a link without a connection ends without a word. May be
     * called at any time and by any callback, that {@code onClosed} included. Nothing happens if it is closed.
     */
    void close();

    /**
     * The addresses, for logs.
     *
     * @return such as {@code link to 10.0.0.7:7400, 10.0.0.8:7400}.
     */
    String toString();
}
