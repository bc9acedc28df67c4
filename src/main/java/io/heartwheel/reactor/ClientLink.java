package io.heartwheel.reactor;

import io.heartwheel.Link;
import io.heartwheel.WebSocketRequest;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.WebSocketTarget;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.websocket.ClientOpening;
import io.heartwheel.wire.PlainText;

import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * All state of one link. The application sees it as {@link Link}.
 */
final class ClientLink implements Link
{
    /** The link waits for the time of its next try. */
    static final byte WAITING = 0;
    static final byte RESOLVING = 1;
    static final byte CONNECTING = 2;
    static final byte OPEN = 3;
    static final byte CLOSED = 4;

    /** The slot of a link that has none: its client does not have it yet, or no longer. */
    static final int NO_SLOT = -1;

    private final Requests requests;
    private final List<InetSocketAddress> addresses;
    private final String identity;
    /** What is asked for by WebSocket; null if our own protocol is spoken. */
    private final WebSocketRequest request;

    /** The application closed the link, whatever state it is in. */
    private final AtomicBoolean isClosing = new AtomicBoolean();
    /** The cadence that the application asked for last, until the reactor takes it; or null. */
    private final AtomicReference<Cadence> toAsk = new AtomicReference<>();
    /** The application has asked for a try that the reactor has not made yet. */
    private final AtomicBoolean isToReconnect = new AtomicBoolean();

    int slot = NO_SLOT;
    byte state = WAITING;
    int attempt;
    /** Number of reconnects that failed in a row. */
    int failures;
    int tries;
    Peer peer;
    /** Cancels the look-up that the link waits for, or null. */
    Runnable lookUp;
    SocketChannel connecting;
    /** The connection while a proxy, TLS or an opening keeps it from being open, or null. */
    Peer securing;
    long openedNs;
    long speakNs;
    /** The reason of the server's BYE, or 0. */
    int byeReason;
    /** The server of this connection was told who this client is. */
    boolean isNamed;
    Cadence asked;
    /** That the server has chosen for the connection, or null. */
    String subprotocol;
    private String failure = "";
    private Object attachment;

    /**
     * What a link asks of its client.
     */
    interface Requests
    {
        void askFor(ClientLink link, Cadence cadence);

        void reconnect(ClientLink link);

        void close(ClientLink link);
    }

    /**
     * @param identity that servers are told, or null.
     */
    ClientLink(final Requests requests, final String identity, final List<InetSocketAddress> addresses)
    {
        this.requests = requests;
        this.identity = identity;
        this.addresses = addresses;
        request = null;
    }

    ClientLink(final Requests requests, final WebSocketRequest request)
    {
        this.requests = requests;
        identity = null;
        this.request = request;
        addresses = request.targets().stream().map(WebSocketTarget::address).toList();
    }

    @Override
    public List<InetSocketAddress> addresses()
    {
        return addresses;
    }

    @Override
    public String identity()
    {
        return identity;
    }

    @Override
    public Peer connection()
    {
        return peer;
    }

    @Override
    public String subprotocol()
    {
        return null == peer ? null : subprotocol;
    }

    @Override
    public String failure()
    {
        return failure;
    }

    @Override
    public Object attachment()
    {
        return attachment;
    }

    @Override
    public ClientLink attachment(final Object attachment)
    {
        this.attachment = attachment;
        return this;
    }

    @Override
    public ClientLink askFor(final Cadence cadence)
    {
        requests.askFor(this, cadence);
        return this;
    }

    @Override
    public void reconnect()
    {
        requests.reconnect(this);
    }

    @Override
    public void close()
    {
        requests.close(this);
    }

    @Override
    public String toString()
    {
        return "link to " + (isWebSocket() ? request.targets().stream().map(WebSocketTarget::text) :
            addresses.stream().map(Configuration::addressText)).collect(Collectors.joining(", "));
    }

    /**
     * The link of a connection of a client.
     */
    static ClientLink of(final Peer peer)
    {
        return (ClientLink)peer.link();
    }

    /**
     * @return true for the first request only.
     */
    boolean requestClose()
    {
        return isClosing.compareAndSet(false, true);
    }

    boolean isClosing()
    {
        return isClosing.get();
    }

    /**
     * Leave a cadence to be asked for by the reactor. It takes the place of one that was left before.
     *
     * @return true if none was left, so that nothing has told the reactor yet.
     */
    boolean leaveToAsk(final Cadence cadence)
    {
        return null == toAsk.getAndSet(cadence);
    }

    /**
     * Take the cadence that is to be asked for.
     *
     * @return the cadence, or null if it was taken before.
     */
    Cadence takeToAsk()
    {
        return toAsk.getAndSet(null);
    }

    /**
     * Leave a try to be made by the reactor.
     *
     * @return true if none was left, so that nothing has told the reactor yet.
     */
    boolean leaveToReconnect()
    {
        return isToReconnect.compareAndSet(false, true);
    }

    /**
     * Take the try that is to be made.
     *
     * @return true if it can be made: the link waits for the time of one.
     */
    boolean takeToReconnect()
    {
        isToReconnect.set(false);
        return WAITING == state && NO_SLOT != slot;
    }

    InetSocketAddress nextAddress()
    {
        return addresses.get(nextIndex());
    }

    private int nextIndex()
    {
        return tries % addresses.size();
    }

    boolean isWebSocket()
    {
        return null != request;
    }

    /**
     * Is TLS spoken with the server that is tried? A URI says so. Our own protocol has one setting for all.
     */
    boolean isSecure(final boolean isOwnSecure)
    {
        return isWebSocket() ? request.targets().get(nextIndex()).isSecure() : isOwnSecure;
    }

    ClientOpening nextOpening(final byte[] nonce)
    {
        return request.opening(nextIndex(), nonce);
    }

    void onOpen(final Peer peer)
    {
        this.peer = peer;
        connecting = null;
        securing = null;
        state = OPEN;
        openedNs = peer.nowNs();
        isNamed = false;
        failures = 0;
        failure = "";
    }

    /** The connection of the link has ended. */
    void onClosed()
    {
        peer = null;
        speakNs = 0;
    }

    /**
     * Time that is left for a TLS handshake.
     *
     * @return time in nanoseconds; 0 or less if it is up, or none is under way.
     */
    long leftNs(final long nowNs)
    {
        return null == securing || null == securing.entry ? 0 : securing.entry.leftNs(nowNs);
    }

    /**
     * @param what failed, and by which way.
     */
    void onFailed(final String what)
    {
        failure(Configuration.addressText(nextAddress()) + what);
    }

    void failure(final String failure)
    {
        this.failure = PlainText.of(failure);
    }
}
