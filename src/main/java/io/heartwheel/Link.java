package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.PlainText;

import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A client's tie to a server, or to one of several: one connection at a time, made anew when it is lost.
 * <p>
 * {@link #addresses()}, {@link #askFor(Cadence)} and {@link #close()} may be called from any thread; all else from the
 * reactor thread only.
 */
public final class Link
{
    /** When it is between these: waits for the time of the next try. */
    static final byte WAITING = 0;
    static final byte RESOLVING = 1;
    static final byte CONNECTING = 2;
    static final byte OPEN = 3;
    static final byte CLOSED = 4;

    /** Of a link that is not yet, or no longer, one of its client's. */
    static final int NO_SLOT = -1;

    private final Connector connector;
    private final List<InetSocketAddress> addresses;

    /** The application wants it no longer, whatever its state. */
    private final AtomicBoolean isClosing = new AtomicBoolean();

    int slot = NO_SLOT;
    byte state = WAITING;
    int attempt;
    /** Reconnects that failed in a row. */
    int failures;
    int tries;
    Connection connection;
    /** The look-up of a name that it waits for, or null. */
    Runnable lookUp;
    SocketChannel connecting;
    /** Its connection while a TLS handshake is under way, or null. */
    Connection securing;
    long openedNs;
    long speakNs;
    boolean isServerShuttingDown;
    Cadence asked;
    private String failure = "";
    private Object attachment;

    Link(final Connector connector, final List<InetSocketAddress> addresses)
    {
        this.connector = connector;
        this.addresses = addresses;
    }

    /**
     * Where the server is, or its like are: tried in turn.
     *
     * @return the addresses, as they were given.
     */
    public List<InetSocketAddress> addresses()
    {
        return addresses;
    }

    /**
     * The connection it has at present.
     *
     * @return the connection, which may be closing, or null.
     */
    public Connection connection()
    {
        return connection;
    }

    /**
     * Why the last try to connect failed.
     *
     * @return address and reason; empty if it did not fail. Never empty when the link is given up.
     */
    public String failure()
    {
        return failure;
    }

    /**
     * What the application keeps with this link.
     *
     * @return what was given to {@link #attachment(Object)}, or null.
     */
    public Object attachment()
    {
        return attachment;
    }

    /**
     * Keep something with this link.
     *
     * @param attachment anything.
     * @return this.
     */
    public Link attachment(final Object attachment)
    {
        this.attachment = attachment;
        return this;
    }

    /**
     * Ask the server by a HELLO to watch this client by another cadence, now and after each reconnect. The server
     * answers with the cadence in force, which may be another: the longest it allows for {@link Cadence#OFF}. A link
     * that is closed asks nobody.
     *
     * @param cadence to ask for.
     * @return this.
     */
    public Link askFor(final Cadence cadence)
    {
        connector.askFor(this, cadence);
        return this;
    }

    /**
     * Close the connection if there is one, and make no other. {@link ConnectionListener#onClosed} of that connection
     * is the last that is heard of the link, or has been; a link without a connection ends without a word. May be
     * called at any time and by any callback, that {@code onClosed} included. Nothing happens if it is closed.
     */
    public void close()
    {
        connector.close(this);
    }

    /**
     * The addresses, for logs.
     *
     * @return such as {@code link to 10.0.0.7:7400, 10.0.0.8:7400}.
     */
    @Override
    public String toString()
    {
        return "link to " + addresses.stream().map(Configuration::addressText).collect(Collectors.joining(", "));
    }

    /**
     * @return true for the first who asks.
     */
    boolean requestClose()
    {
        return isClosing.compareAndSet(false, true);
    }

    boolean isClosing()
    {
        return isClosing.get();
    }

    InetSocketAddress nextAddress()
    {
        return addresses.get(tries % addresses.size());
    }

    void onOpen(final Connection connection)
    {
        this.connection = connection;
        connecting = null;
        securing = null;
        state = OPEN;
        openedNs = connection.nowNs();
        failures = 0;
        failure = "";
    }

    void failure(final String failure)
    {
        this.failure = PlainText.of(failure);
    }
}
