package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Outbound;
import io.heartwheel.wire.PlainText;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A connection to one peer.
 * <p>
 * {@link #id()}, {@link #remoteAddress()}, {@link #isOpen()}, {@link #send(ByteBuffer)} and {@link #close()} may be
 * called from any thread; all else from the reactor thread only, which is the one that calls the {@link
 * ConnectionListener}.
 */
public final class Connection
{
    static final byte JOINING = -1;
    static final byte OPEN = 0;
    static final byte LEAVING = 1;
    static final byte CONDEMNED = 2;
    static final byte CLOSED = 3;

    private static final long NOT_MEASURED = -1;
    private static final AtomicIntegerFieldUpdater<Connection> RESERVED_BYTES =
        AtomicIntegerFieldUpdater.newUpdater(Connection.class, "reservedBytes");
    private static final AtomicIntegerFieldUpdater<Connection> CLOSE_REQUESTS =
        AtomicIntegerFieldUpdater.newUpdater(Connection.class, "closeRequests");

    private final Reactor reactor;
    private final Link link;
    private InetSocketAddress remoteAddress;
    private final long id;

    final SelectionKey key;
    final Outbound outbound = new Outbound();
    HalfFrame halfFrame;
    volatile byte state = JOINING;
    boolean isAnnounced;
    boolean isProbeDue;
    /** Was the last PING a probe? */
    boolean isProbed;
    boolean isCounted;
    boolean isWriteBlocked;
    boolean isReadPaused;
    /** Nothing may be said to it yet: its TLS handshake is to come, or under way. */
    boolean isMute;
    boolean hasSpoken;
    boolean isOfOurs;
    byte unsentControls;
    byte farewellReads;
    int heldBytes;
    Arrival arrival;
    TlsChannel tls;
    RateLimit frameRate;
    RateLimit controlRate;
    long framesUsedNs;
    long controlsUsedNs;

    private byte pingToken;
    private long pingSentNs;
    private long roundTripNs = NOT_MEASURED;
    private long lastHeardNs;
    private final long openedNs;
    private long endedNs;

    private Object attachment;
    private CloseReason closeReason;
    private String closeDetail = "";
    /** Bytes of messages that were accepted by {@link #send} and not yet by the kernel. */
    private volatile int reservedBytes;
    private volatile int closeRequests;

    Connection(
        final Reactor reactor,
        final Link link,
        final long id,
        final InetSocketAddress remoteAddress,
        final SelectionKey key)
    {
        this.link = link;
        openedNs = reactor.nowNs();
        lastHeardNs = openedNs;
        reactor.inbound.begin(this);
        this.reactor = reactor;
        this.id = id;
        this.remoteAddress = remoteAddress;
        this.key = key;
        key.attach(this);
    }

    /**
     * A number that no other connection of this server has had.
     *
     * @return generation and slot.
     */
    public long id()
    {
        return id;
    }

    /** {@return the address of the peer, after the connection has ended too} */
    public InetSocketAddress remoteAddress()
    {
        return remoteAddress;
    }

    /** {@return the link of a client that this connection was made for, or null on a server} */
    public Link link()
    {
        return link;
    }

    /**
     * TCP keepalive as the kernel does it for this connection.
     *
     * @return its numbers, read back from the socket; off if it is off or the connection has ended.
     */
    public Cadence tcpKeepAlive()
    {
        return isOpen() ? TcpKeepAlive.ofConnection(channel()) : Cadence.OFF;
    }

    /**
     * Have the kernel watch this connection by other numbers, or not at all. Nothing happens if it has ended.
     *
     * @param cadence in whole seconds, or {@link Cadence#OFF}.
     * @return this.
     * @throws ConfigurationException if a kernel takes no such numbers, or would give up before the heartbeats do.
     */
    public Connection tcpKeepAlive(final Cadence cadence)
    {
        TcpKeepAlive.validate(cadence);
        if (isOpen())
        {
            TcpKeepAlive.requireNotUndercut(cadence, cadence());
            TcpKeepAlive.ofConnection(channel(), cadence);
        }
        return this;
    }

    /**
     * TLS as it was agreed on: protocol, cipher, and the certificates of the peer if it was asked for them.
     *
     * @return the session, or null without TLS.
     */
    public SSLSession tlsSession()
    {
        return null == tls ? null : tls.session();
    }

    /** {@return whether messages may still be sent: true until the connection ends or begins to close} */
    public boolean isOpen()
    {
        return OPEN == state;
    }

    /**
     * What the application keeps with this connection.
     *
     * @return what was given to {@link #attachment(Object)}, or null.
     */
    public Object attachment()
    {
        return attachment;
    }

    /**
     * Keep something with this connection.
     *
     * @param attachment anything.
     * @return this.
     */
    public Connection attachment(final Object attachment)
    {
        this.attachment = attachment;
        return this;
    }

    /**
     * Send a message. On the reactor thread it is written at once, as far as the kernel takes it, and nothing is
     * allocated for it; from another thread it is copied and written in the next duty cycle. The payload is not kept,
     * and its position and limit are left as they are.
     *
     * @param payload from its position to its limit.
     * @return what became of it.
     * @throws IllegalArgumentException if it is longer than messages may be ({@code heartwheel.message.max}).
     */
    public SendResult send(final ByteBuffer payload)
    {
        return reactor.commands.send(this, payload);
    }

    /** {@return bytes that were sent and the kernel has not taken, or never did if it has ended; from any thread} */
    public int unsentBytes()
    {
        return reservedBytes;
    }

    /**
     * Close the connection: what was sent so far and a BYE are written, for no longer than {@code heartwheel.linger}.
     * {@link ConnectionListener#onClosed} follows. Nothing happens if it is closed or closing.
     */
    public void close()
    {
        reactor.commands.close(this);
    }

    /**
     * The cadence the peer is watched by.
     *
     * @return the cadence; off when the connection has ended.
     */
    public Cadence cadence()
    {
        return isOpen() ? reactor.watcher.cadence(this) : Cadence.OFF;
    }

    /**
     * Watch the peer by another cadence from now on. A server tells it by a HELLO. Nothing happens if it has ended.
     *
     * @param cadence to watch it by.
     * @return this.
     * @throws ConfigurationException if TCP keepalive would give the peer up before that.
     */
    public Connection cadence(final Cadence cadence)
    {
        if (isOpen())
        {
            TcpKeepAlive.requireNotUndercut(tcpKeepAlive(), cadence);
            reactor.watcher.cadence(this, cadence);
            reactor.endpoint.onCadence(this, cadence);
        }
        return this;
    }

    /**
     * When the peer was heard last, or the connection opened. It is the reactor's time, which is the clock's less the
     * reactor's own stalls: compare it with {@link #nowNs()}.
     *
     * @return the time, of the end if the connection has ended.
     */
    public long lastHeardNs()
    {
        return isOpen() ? reactor.watcher.lastHeardNs(this) : lastHeardNs;
    }

    /**
     * The reactor's time.
     *
     * @return the time as of the last reading of the clock.
     */
    public long nowNs()
    {
        return reactor.nowNs();
    }

    /**
     * How long the connection has been open, or was.
     *
     * @return the time in nanoseconds, by the reactor's time.
     */
    public long ageNs()
    {
        return (isTalking() ? nowNs() : endedNs) - openedNs;
    }

    long silenceNs()
    {
        return (isTalking() ? nowNs() : endedNs) - lastHeardNs();
    }

    /**
     * The last round trip, from a probe written to its answer read, up to {@code heartwheel.coalesce} after it came.
     *
     * @return the time in nanoseconds, or -1 if none has been measured.
     */
    public long roundTripNs()
    {
        return roundTripNs;
    }

    /**
     * Why the connection ended.
     *
     * @return the reason, or null while it is open.
     */
    public CloseReason closeReason()
    {
        return closeReason;
    }

    /**
     * More on why it ended: what a BYE said, the text of an exception, what broke the protocol.
     *
     * @return one line of text, possibly empty.
     */
    public String closeDetail()
    {
        return closeDetail;
    }

    /**
     * @return id and address, for logs, such as {@code connection 12 10.0.0.7:50312}.
     */
    @Override
    public String toString()
    {
        return "connection " + id + " " + Configuration.addressText(remoteAddress);
    }

    int slot()
    {
        return (int)id;
    }

    boolean isTalking()
    {
        return state <= OPEN;
    }

    void remoteAddress(final InetSocketAddress address)
    {
        remoteAddress = address;
    }

    SocketChannel channel()
    {
        return (SocketChannel)key.channel();
    }

    boolean reserve(final int byteCount, final int limit)
    {
        if (RESERVED_BYTES.addAndGet(this, byteCount) > limit)
        {
            release(byteCount);
            return false;
        }
        return true;
    }

    void release(final int byteCount)
    {
        RESERVED_BYTES.addAndGet(this, -byteCount);
    }

    byte nextPingToken()
    {
        return ++pingToken;
    }

    void pingSent(final long nowNs)
    {
        pingSentNs = nowNs;
        isProbed = isProbeDue;
        isProbeDue = false;
    }

    /**
     * A PONG arrived.
     *
     * @return the round trip if it answers the last PING, or -1.
     */
    long pongReceived(final byte token, final long nowNs)
    {
        if (token != pingToken || 0 == pingSentNs)
        {
            return NOT_MEASURED;
        }
        roundTripNs = nowNs - pingSentNs;
        pingSentNs = 0;
        return roundTripNs;
    }

    boolean requestClose()
    {
        return CLOSE_REQUESTS.compareAndSet(this, 0, 1);
    }

    void ending(final byte state, final CloseReason reason, final String detail, final long lastHeardNs)
    {
        this.state = state;
        this.closeReason = reason;
        this.closeDetail = PlainText.of(detail);
        this.lastHeardNs = lastHeardNs;
        endedNs = reactor.nowNs();
        halfFrame = null;
        arrival = null;
    }
}
