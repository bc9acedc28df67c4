package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connection to one peer.
 * <p>
 * {@link #id()}, {@link #reactor()}, {@link #remoteAddress()}, {@link #isOpen()}, {@link #send(ByteBuffer)}, {@link
 * #sendText(ByteBuffer)}, {@link #unsentBytes()}, {@link #close()} and {@link #close(CloseReason)} may be called from
 * any thread, that of another reactor among them; and so may {@link #identity()}, once the connection is handed over by
 * {@link IdentityListener#onIdentified}. All other methods may be called from the reactor thread only, which is the one
 * that calls the {@link ConnectionListener} for this connection.
 * <p>
 * A connection may be kept as long as the application likes. Its id and this object are never those of another one.
 */
public interface Connection
{
    /**
     * A number that no other connection of this server or client has had.
     *
     * @return generation (upper 32 bits), reactor (the next 8 bits) and slot (lower 24 bits).
     */
    long id();

    /**
     * The reactor that the connection belongs to, as long as it lasts. A host that shards its state can do so by this.
     *
     * @return its index, from 0.
     */
    default int reactor()
    {
        return reactorOf(id());
    }

    /**
     * The reactor that a connection belongs to, or did.
     *
     * @param id of the connection.
     * @return index of the reactor, from 0.
     */
    static int reactorOf(final long id)
    {
        return (int)(id >>> 24) & 0xFF;
    }

    /** {@return the name of the protocol that is spoken; {@code unknown} as long as the peer has not shown it} */
    String protocol();

    /** {@return the address of the peer, also after the connection has ended} */
    InetSocketAddress remoteAddress();

    /** {@return the link that this connection was made for, or null on a server} */
    Link link();

    /**
     * TCP keepalive as the kernel does it for this connection. Reads the socket.
     *
     * @return its numbers; off if it is off or the connection has ended.
     */
    Cadence tcpKeepAlive();

    /**
     * Set TCP keepalive for this connection, or switch it off. Nothing happens if the connection has ended.
     *
     * @param cadence in whole seconds, or {@link Cadence#OFF}.
     * @return this.
     * @throws ConfigurationException if the kernel does not take such numbers, or would give the peer up before the
     *                                heartbeats do.
     */
    Connection tcpKeepAlive(Cadence cadence);

    /**
     * TLS as it was agreed on: protocol, cipher, and the certificates of the peer if this end asks for them.
     *
     * @return the session, or null without TLS.
     */
    SSLSession tlsSession();

    /** {@return whether messages may be sent: false before the peer is let in, and once the connection closes} */
    boolean isOpen();

    /**
     * What the application has attached to this connection.
     *
     * @return what was given to {@link #attachment(Object)}, or null.
     */
    Object attachment();

    /**
     * Attach something to this connection.
     *
     * @param attachment anything, or null.
     * @return this.
     */
    Connection attachment(Object attachment);

    /**
     * Who the peer is: {@code user} or {@code user/device}. It is said by the credential ({@link
     * AdmissionRequest#admit(Object, String)}), by the peer's HELLO if that is believed ({@link
     * ServerContext#helloIdentity(boolean)}), or by the application ({@link #identity(String)}). Once it is said of an
     * open connection it does not change, also when that has ended.
     *
     * @return the identity, or null if none was said.
     */
    String identity();

    /**
     * Say who the peer is, once. The {@link IdentityListener} is told, if the connection is open. Nothing happens if
     * the connection has ended or begun to close.
     *
     * @param identity {@code user} or {@code user/device}, 1 to 128 bytes of UTF-8 without control characters.
     * @return this.
     * @throws IllegalArgumentException if it is no identity.
     * @throws IllegalStateException    if the connection has another identity, or the calling thread is not the
     *                                  reactor's.
     */
    Connection identity(String identity);

    /**
     * Send a message. On the reactor thread it is written at once, as far as the kernel accepts it, and what is
     * accepted allocates nothing. From another thread it is copied, and written in the next duty cycle. The payload is
     * not kept, and its position and limit do not change.
     *
     * @param payload from its position to its limit.
     * @return what became of it.
     * @throws IllegalArgumentException if the payload is longer than {@code heartwheel.message.max}.
     */
    SendResult send(ByteBuffer payload);

    /**
     * Send a message of text, which is another kind than one of bytes where WebSocket is spoken. Elsewhere it is the
     * same as {@link #send}.
     *
     * @param utf8 the text in UTF-8, from its position to its limit.
     * @return what became of it.
     * @throws IllegalArgumentException if it is not UTF-8, or longer than {@code heartwheel.message.max}.
     */
    SendResult sendText(ByteBuffer utf8);

    /** {@return bytes of messages that the kernel has not accepted, or never did if the connection has ended} */
    int unsentBytes();

    /**
     * Close the connection. Messages sent before and a BYE are still written, for no longer than {@code
     * heartwheel.linger}. {@link ConnectionListener#onClosed} follows. Nothing happens if the connection is closed or
     * closing.
     */
    void close();

    /**
     * The same as {@link #close()}, for a reason that the peer is told. On a client, the link goes on and makes another
     * connection, unless the reason is {@link CloseReason#LOCAL_CLOSE}.
     *
     * @param reason LOCAL_CLOSE, SHUTDOWN, REFUSED or TAKEN_OVER.
     * @throws IllegalArgumentException for another reason, which the application cannot know.
     */
    void close(CloseReason reason);

    /**
     * The cadence by which the peer is watched.
     *
     * @return the cadence; off when the connection has ended.
     */
    Cadence cadence();

    /**
     * Watch the peer by another cadence from now on. A server tells the peer by a HELLO. Nothing happens if the
     * connection has ended.
     *
     * @param cadence to watch it by.
     * @return this.
     * @throws ConfigurationException if TCP keepalive would give the peer up before the heartbeats do.
     */
    Connection cadence(Cadence cadence);

    /**
     * When the peer was heard last, or else the connection opened. It is the reactor's time, which leaves out the
     * reactor's own stalls. Compare it with {@link #nowNs()} only.
     *
     * @return the time in nanoseconds; it no longer changes once the connection has ended.
     */
    long lastHeardNs();

    /**
     * The reactor's time: the clock of the Context, less the reactor's own stalls.
     *
     * @return the time in nanoseconds, as of the last reading of the clock.
     */
    long nowNs();

    /**
     * How long the connection has been open, or was.
     *
     * @return the time in nanoseconds, by the reactor's time.
     */
    long ageNs();

    /**
     * The last round trip: from when a PING was written to when its answer was read. An answer may wait for {@code
     * heartwheel.coalesce} to be read.
     *
     * @return the time in nanoseconds, or -1 if none has been measured.
     */
    long roundTripNs();

    /**
     * Why the connection ended.
     *
     * @return the reason, or null as long as the connection has not ended or begun to close.
     */
    CloseReason closeReason();

    /**
     * More on why the connection ended: what a BYE said, the text of an exception, which rule was broken.
     *
     * @return one line of text, possibly empty.
     */
    String closeDetail();

    /**
     * @return id and address, for logs, such as {@code connection 12 10.0.0.7:50312}.
     */
    String toString();
}
