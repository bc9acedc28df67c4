package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connection to one peer.
 * <p>
 * {@link #id()}, {@link #remoteAddress()}, {@link #isOpen()}, {@link #send(ByteBuffer)} and {@link #close()} may be
 * called from any thread; all else from the reactor thread only, which is the one that calls the {@link
 * ConnectionListener}.
 */
public interface Connection
{
    /**
     * A number that no other connection of this server has had.
     *
     * @return generation and slot.
     */
    long id();

    /** {@return the address of the peer, after the connection has ended too} */
    InetSocketAddress remoteAddress();

    /** {@return the link of a client that this connection was made for, or null on a server} */
    Link link();

    /**
     * TCP keepalive as the kernel does it for this connection.
     *
     * @return its numbers, read back from the socket; off if it is off or the connection has ended.
     */
    Cadence tcpKeepAlive();

    /**
     * Have the kernel watch this connection by other numbers, or not at all. Nothing happens if it has ended.
     *
     * @param cadence in whole seconds, or {@link Cadence#OFF}.
     * @return this.
     * @throws ConfigurationException if a kernel takes no such numbers, or would give up before the heartbeats do.
     */
    Connection tcpKeepAlive(Cadence cadence);

    /**
     * TLS as it was agreed on: protocol, cipher, and the certificates of the peer if it was asked for them.
     *
     * @return the session, or null without TLS.
     */
    SSLSession tlsSession();

    /** {@return whether messages may still be sent: true until the connection ends or begins to close} */
    boolean isOpen();

    /**
     * What the application keeps with this connection.
     *
     * @return what was given to {@link #attachment(Object)}, or null.
     */
    Object attachment();

    /**
     * Keep something with this connection.
     *
     * @param attachment anything.
     * @return this.
     */
    Connection attachment(Object attachment);

    /**
     * Send a message. On the reactor thread it is written at once, as far as the kernel takes it, and nothing is
     * allocated for it; from another thread it is copied and written in the next duty cycle. The payload is not kept,
     * and its position and limit are left as they are.
     *
     * @param payload from its position to its limit.
     * @return what became of it.
     * @throws IllegalArgumentException if it is longer than messages may be ({@code heartwheel.message.max}).
     */
    SendResult send(ByteBuffer payload);

    /** {@return bytes that were sent and the kernel has not taken, or never did if it has ended; from any thread} */
    int unsentBytes();

    /**
     * Close the connection: what was sent so far and a BYE are written, for no longer than {@code heartwheel.linger}.
     * {@link ConnectionListener#onClosed} follows. Nothing happens if it is closed or closing.
     */
    void close();

    /**
     * The cadence the peer is watched by.
     *
     * @return the cadence; off when the connection has ended.
     */
    Cadence cadence();

    /**
     * Watch the peer by another cadence from now on. A server tells it by a HELLO. Nothing happens if it has ended.
     *
     * @param cadence to watch it by.
     * @return this.
     * @throws ConfigurationException if TCP keepalive would give the peer up before that.
     */
    Connection cadence(Cadence cadence);

    /**
     * When the peer was heard last, or the connection opened. It is the reactor's time, which is the clock's less the
     * reactor's own stalls: compare it with {@link #nowNs()}.
     *
     * @return the time, of the end if the connection has ended.
     */
    long lastHeardNs();

    /**
     * The reactor's time.
     *
     * @return the time as of the last reading of the clock.
     */
    long nowNs();

    /**
     * How long the connection has been open, or was.
     *
     * @return the time in nanoseconds, by the reactor's time.
     */
    long ageNs();

    /**
     * The last round trip, from a probe written to its answer read, up to {@code heartwheel.coalesce} after it came.
     *
     * @return the time in nanoseconds, or -1 if none has been measured.
     */
    long roundTripNs();

    /**
     * Why the connection ended.
     *
     * @return the reason, or null while it is open.
     */
    CloseReason closeReason();

    /**
     * More on why it ended: what a BYE said, the text of an exception, what broke the protocol.
     *
     * @return one line of text, possibly empty.
     */
    String closeDetail();

    /**
     * @return id and address, for logs, such as {@code connection 12 10.0.0.7:50312}.
     */
    String toString();
}
