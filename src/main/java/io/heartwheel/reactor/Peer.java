package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.Link;
import io.heartwheel.SendResult;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.KeepAliveRules;
import io.heartwheel.host.TcpKeepAlive;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Identity;
import io.heartwheel.wire.Outbound;
import io.heartwheel.wire.PlainText;

import javax.net.ssl.SSLSession;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * All state of one connection. The application sees it as {@link Connection}. What the application asks of the
 * connection is passed on to its {@link Requests}.
 */
final class Peer extends Reservations implements Connection
{
    static final byte JOINING = -1;
    static final byte OPEN = 0;
    static final byte LEAVING = 1;
    static final byte CONDEMNED = 2;
    static final byte CLOSED = 3;

    /**
     * What a connection asks of its reactor.
     */
    interface Requests
    {
        SendResult send(Peer peer, ByteBuffer payload, boolean isText);

        void close(Peer peer, CloseReason reason);

        /** Only for a connection without an identity that has not ended. */
        void identified(Peer peer, String identity);

        /** Only for an open connection. */
        Cadence cadence(Peer peer);

        /** Only for an open connection. */
        void cadence(Peer peer, Cadence cadence);

        /** Only for an open connection. */
        long lastHeardNs(Peer peer);

        long nowNs();
    }

    /**
     * A protocol, spoken with any number of connections: how bytes become messages, probes, answers and goodbyes, and
     * back. A connection is given one at its beginning. This is all by which protocols differ for the reactor.
     */
    interface Dialect
    {
        String name();

        /** What a new connection has to send. */
        Outbound newOutbound();

        /** The cadence by which a peer can be watched in place of this one. */
        Cadence watchable(Cadence cadence);

        /** Bytes came. What they ask for is queued. */
        void onBytes(Peer peer, ByteBuffer in);

        /** Queue what tells the peer by which cadence it is watched, if the protocol has such a thing. */
        void hello(Peer peer, Hello hello);

        /** Queue a question: is the peer there? */
        void probe(Peer peer);

        /** Queue a message, for which its length and that of a header are reserved. */
        void send(Peer peer, ByteBuffer payload, boolean isText);

        /** The longest message that may be sent, where the setting for all is this. */
        default int maxMessageLength(final int setting)
        {
            return setting;
        }

        /** Does a peer ask to be let in, before it sends any message? */
        boolean hasOpening();

        /** The application lets a peer in by its first message: queue the answer, if the protocol has one. */
        void welcome(Peer peer);

        /** Queue a goodbye, if the protocol has one. */
        void goodbye(Peer peer, CloseReason reason);
    }

    private final Requests requests;
    private final Link link;
    private InetSocketAddress remoteAddress;
    private final long id;

    final SelectionKey key;
    Dialect dialect;
    Outbound outbound;
    /** What the protocol keeps for this connection besides half a message, or null. */
    Object protocolState;
    HalfFrame halfFrame;
    volatile byte state = JOINING;
    boolean isAnnounced;
    /** The listener of identities was told of this connection, and is to be told when it has ended. */
    boolean isIdentified;
    boolean isCounted;
    boolean isWriteBlocked;
    boolean isReadPaused;
    /** Nothing may be sent to the peer yet: its TLS handshake is to come, or under way. */
    boolean isMute;
    boolean hasSpoken;
    /** WebSocket is spoken: whoever asked for it was told 101. */
    boolean isUpgraded;
    byte unsentControls;
    byte farewellReads;
    int heldBytes;
    Entry entry;
    TlsChannel tls;
    RateLimit frameRate;
    RateLimit controlRate;
    long framesUsedNs;
    long controlsUsedNs;

    private long lastHeardNs;
    private final long openedNs;
    private long endedNs;
    private Object attachment;
    private String identity;
    private CloseReason closeReason;
    private String closeDetail = "";

    Peer(
        final Requests requests,
        final Link link,
        final long id,
        final InetSocketAddress remoteAddress,
        final SelectionKey key,
        final Dialect dialect)
    {
        speak(dialect);
        this.link = link;
        openedNs = requests.nowNs();
        lastHeardNs = openedNs;
        this.requests = requests;
        this.id = id;
        this.remoteAddress = remoteAddress;
        this.key = key;
        key.attach(this);
    }

    @Override
    public long id()
    {
        return id;
    }

    @Override
    public String protocol()
    {
        return dialect.name();
    }

    @Override
    public InetSocketAddress remoteAddress()
    {
        return remoteAddress;
    }

    @Override
    public Link link()
    {
        return link;
    }

    @Override
    public Cadence tcpKeepAlive()
    {
        return isOpen() ? TcpKeepAlive.ofConnection(channel()) : Cadence.OFF;
    }

    @Override
    public Peer tcpKeepAlive(final Cadence cadence)
    {
        KeepAliveRules.validate(cadence);
        if (isOpen())
        {
            KeepAliveRules.requireNotUndercut(cadence, cadence());
            TcpKeepAlive.ofConnection(channel(), cadence);
        }
        return this;
    }

    @Override
    public SSLSession tlsSession()
    {
        return null == tls ? null : tls.session();
    }

    @Override
    public boolean isOpen()
    {
        return OPEN == state;
    }

    @Override
    public Object attachment()
    {
        return attachment;
    }

    @Override
    public Peer attachment(final Object attachment)
    {
        this.attachment = attachment;
        return this;
    }

    @Override
    public String identity()
    {
        return identity;
    }

    @Override
    public Peer identity(final String identity)
    {
        Identity.required(identity);
        if (isTalking() && !identity.equals(this.identity))
        {
            if (null != this.identity)
            {
                throw new IllegalStateException("identity \"" + identity + "\" of a connection that has \"" +
                    this.identity + "\"");
            }
            requests.identified(this, identity);
        }
        return this;
    }

    @Override
    public SendResult send(final ByteBuffer payload)
    {
        return requests.send(this, payload, false);
    }

    @Override
    public SendResult sendText(final ByteBuffer utf8)
    {
        return requests.send(this, utf8, true);
    }

    @Override
    public void close()
    {
        requests.close(this, CloseReason.LOCAL_CLOSE);
    }

    @Override
    public void close(final CloseReason reason)
    {
        if (!reason.isOfHost())
        {
            throw new IllegalArgumentException("reason=" + reason + " is not for the application to give");
        }
        requests.close(this, reason);
    }

    @Override
    public Cadence cadence()
    {
        return isOpen() ? requests.cadence(this) : Cadence.OFF;
    }

    @Override
    public Peer cadence(final Cadence cadence)
    {
        if (isOpen())
        {
            KeepAliveRules.requireNotUndercut(tcpKeepAlive(), cadence);
            requests.cadence(this, cadence);
        }
        return this;
    }

    @Override
    public long lastHeardNs()
    {
        return isOpen() ? requests.lastHeardNs(this) : lastHeardNs;
    }

    @Override
    public long nowNs()
    {
        return requests.nowNs();
    }

    @Override
    public long ageNs()
    {
        return (isTalking() ? nowNs() : endedNs) - openedNs;
    }

    /** {@return when it was accepted or made, by the reactor's time} */
    long openedNs()
    {
        return openedNs;
    }

    long silenceNs()
    {
        return (isTalking() ? nowNs() : endedNs) - lastHeardNs();
    }

    @Override
    public CloseReason closeReason()
    {
        return closeReason;
    }

    @Override
    public String closeDetail()
    {
        return closeDetail;
    }

    @Override
    public String toString()
    {
        return "connection " + id + " " + Configuration.addressText(remoteAddress);
    }

    int slot()
    {
        return PeerId.slotOf(id);
    }

    boolean isTalking()
    {
        return state <= OPEN;
    }

    /**
     * Are messages of the peer to be handled? Not once it leaves, and not while the application judges the first.
     */
    boolean isToGoOn()
    {
        return OPEN == state || JOINING == state && !entry.isAsking;
    }

    void remoteAddress(final InetSocketAddress address)
    {
        remoteAddress = address;
    }

    /** The peer is this one from now on. */
    void name(final String identity)
    {
        this.identity = identity;
    }

    /** From now on this protocol is spoken. Nothing may have been queued before. */
    void speak(final Dialect dialect)
    {
        this.dialect = dialect;
        outbound = dialect.newOutbound();
    }

    SocketChannel channel()
    {
        return (SocketChannel)key.channel();
    }

    void ending(final byte state, final CloseReason reason, final String detail, final long lastHeardNs)
    {
        this.state = state;
        this.closeReason = reason;
        this.closeDetail = PlainText.of(detail);
        this.lastHeardNs = lastHeardNs;
        endedNs = requests.nowNs();
        halfFrame = null;
        protocolState = null;
        entry = null;
    }
}
