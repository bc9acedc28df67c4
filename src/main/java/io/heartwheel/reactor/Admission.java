package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.admission.CidrList;
import io.heartwheel.admission.ProxyHeader;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Lets peers in, by the steps that the settings ask for:
 * <pre>
 *   accepted -&gt; PROXY header -&gt; address judged -&gt; TLS handshake
 *     -&gt; protocol known -&gt; HELLO, or request answered -&gt; first byte or credential -&gt; OPEN
 * </pre>
 * All steps have to be done within the handshake time. Until then a connection is JOINING: it has a slot, and neither
 * the listener nor the tracker knows of it. If no step is asked for, it is OPEN at once.
 */
final class Admission implements AutoCloseable
{
    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CidrList proxies;
    private final CidrList forwarders;
    private final long handshakeTimeoutNs;
    private final Hello hello;
    private final Dialects dialects;
    private final long sniffNs;
    private final boolean isFirstRequired;
    private final AddressRules rules;
    private final ProxyReader proxyReader;
    private final ServerTls tls;
    private final Arrivals arrivals;
    private final Departures departures;
    private final SocketIo io;
    private final Held held;
    private final Curfew curfew;
    private final Endpoint endpoint;
    private boolean isClosed;

    /**
     * @param dialects of the server.
     * @param tls      of the server, or null.
     */
    Admission(
        final ServerContext ctx,
        final Dialects dialects,
        final AddressRules rules,
        final ServerTls tls,
        final Arrivals arrivals,
        final Departures departures,
        final SocketIo io,
        final Held held,
        final Curfew curfew,
        final Endpoint endpoint)
    {
        proxies = ctx.proxies();
        forwarders = ctx.webSocket().forwarders();
        handshakeTimeoutNs = ctx.handshakeTimeoutNs();
        hello = Hellos.of(ctx.cadence()).withFlags(ctx.isHelloIdentity() ? Hello.IDENTITY : 0);
        isFirstRequired = ctx.isFirstRequired() || null != ctx.credentialCheck();
        this.dialects = dialects;
        sniffNs = ctx.sniffNs();
        this.rules = rules;
        proxyReader = new ProxyReader(rules, departures, this::onAddressKnown);
        this.tls = tls;
        this.arrivals = arrivals;
        this.departures = departures;
        this.io = io;
        this.held = held;
        this.curfew = curfew;
        this.endpoint = endpoint;
    }

    int doWork()
    {
        return null == tls ? 0 : tls.doWork();
    }

    /**
     * Does a TLS handshake wait for its turn?
     */
    boolean isWaitedFor()
    {
        return null != tls && tls.isWaitedFor();
    }

    /**
     * A peer has connected.
     */
    void onAccepted(final SocketChannel socket, final Door door) throws IOException
    {
        final InetSocketAddress address = (InetSocketAddress)socket.getRemoteAddress();
        final boolean isProxy = proxies.contains(address.getAddress());
        final String refusal = rules.refusalOfAll();
        if (null != refusal)
        {
            door.refuser.turnAway(socket, address, CloseReason.REFUSED, UNAVAILABLE, refusal);
            return;
        }
        final boolean isForwarder =
            !isProxy && door.dialects.isWebSocket() && forwarders.contains(address.getAddress());
        Peer peer = null;
        try
        {
            peer = join(socket, door, address, isProxy || isForwarder);
        }
        finally
        {
            if (null == peer)
            {
                rules.leave();
            }
        }
        if (null != peer)
        {
            begin(peer, isProxy, isForwarder);
        }
    }

    /**
     * @param isTrusted true if the peer tells the address of another, which is judged then.
     * @return the peer, or null if it is not let in.
     */
    private Peer join(
        final SocketChannel socket, final Door door, final InetSocketAddress address, final boolean isTrusted)
        throws IOException
    {
        final String refusal = isTrusted ? null : rules.refusalOf(address);
        if (null != refusal)
        {
            door.refuser.turnAway(socket, address, CloseReason.REFUSED, FORBIDDEN, refusal);
            return null;
        }
        if (isClosed)
        {
            // The check that let this peer in has closed the server: nothing else would say goodbye to it.
            door.refuser.turnAway(socket, address, CloseReason.SHUTDOWN, UNAVAILABLE, "");
            return null;
        }
        return arrivals.join(socket, address, null, door.dialects.first());
    }

    private void begin(final Peer peer, final boolean isProxy, final boolean isForwarder)
    {
        peer.isMute = null != tls;
        try
        {
            firstStep(peer, isProxy, isForwarder);
            held.update(peer);
        }
        catch (final Throwable ex)
        {
            departures.onFault(peer, ex);
        }
    }

    private void firstStep(final Peer peer, final boolean isProxy, final boolean isForwarder)
    {
        if (isProxy)
        {
            await(peer).proxyHeader = ByteBuffer.allocate(ProxyHeader.MAX_LENGTH);
        }
        else if (isForwarder)
        {
            await(peer).isForwarded = true;
            onAddressKnown(peer, NOTHING);
        }
        else
        {
            final String refusal = rules.enter(peer);
            if (null == refusal)
            {
                onAddressKnown(peer, NOTHING);
            }
            else
            {
                departures.leave(peer, CloseReason.REFUSED, refusal);
            }
        }
    }

    /**
     * A connection that is JOINING and not greeted yet has bytes to be read.
     */
    void onArriving(final Peer peer)
    {
        if (null != peer.tls)
        {
            tls.onReadable(peer);
            return;
        }
        proxyReader.onReadable(peer);
    }

    private void onAddressKnown(final Peer peer, final ByteBuffer alreadyRead)
    {
        if (null != tls)
        {
            await(peer);
            tls.begin(peer, alreadyRead);
        }
        else
        {
            onSecured(peer);
            io.take(peer, alreadyRead);
        }
    }

    /**
     * A connection may be spoken to: TLS is set up, or not asked for.
     */
    void onSecured(final Peer peer)
    {
        if (dialects.isToSniff() && dialects.first() == peer.dialect)
        {
            await(peer).isGreeted = true;
            if (null != dialects.ofMute())
            {
                curfew.onSniffing(peer, sniffNs);
            }
        }
        else
        {
            greet(peer);
        }
    }

    /**
     * A peer that has waited for this end to speak is taken to speak our own protocol. One that has begun with
     * something else has its handshake time to go on.
     */
    void onMute(final Peer peer)
    {
        if (null == peer.halfFrame)
        {
            peer.speak(dialects.ofMute());
            greet(peer);
        }
    }

    /**
     * The protocol of a peer is known.
     */
    void greet(final Peer peer)
    {
        if (null != peer.entry)
        {
            peer.entry.isSniffing = false;
        }
        if (peer.dialect.hasOpening())
        {
            await(peer).isGreeted = true;
            return;
        }
        if (null != peer.entry && peer.entry.isForwarded && !onAddressTold(peer, null))
        {
            return;
        }
        peer.dialect.hello(peer, hello);
        if (isFirstRequired)
        {
            await(peer).isGreeted = true;
            io.flushUnlessBlocked(peer);
        }
        else
        {
            open(peer);
        }
    }

    /**
     * Judge the client of a proxy that tells its address by a request, or the proxy itself if it tells none.
     */
    boolean onAddressTold(final Peer peer, final InetAddress address)
    {
        if (null != address)
        {
            peer.remoteAddress(new InetSocketAddress(address, 0));
        }
        String refusal = rules.refusalOf(peer.remoteAddress());
        refusal = null == refusal ? rules.enter(peer) : refusal;
        if (null != refusal)
        {
            departures.leave(peer, CloseReason.REFUSED, refusal);
            return false;
        }
        peer.entry.isForwarded = false;
        return true;
    }

    private Entry await(final Peer peer)
    {
        if (null == peer.entry)
        {
            peer.entry = new Entry();
            curfew.onArrival(peer, handshakeTimeoutNs);
        }
        return peer.entry;
    }

    /**
     * The application lets a peer in by its first message.
     */
    void admit(final Peer peer)
    {
        peer.dialect.welcome(peer);
        if (Peer.JOINING == peer.state)
        {
            open(peer);
        }
    }

    /**
     * All steps are done.
     */
    void open(final Peer peer)
    {
        final Entry entry = peer.entry;
        if (null != entry)
        {
            peer.entry = null;
            curfew.lift(peer);
        }
        arrivals.open(peer);
        if (null != entry && null != entry.asked && peer.isOpen())
        {
            endpoint.onHello(peer, entry.asked);
            io.flushUnlessBlocked(peer);
        }
    }

    @Override
    public void close()
    {
        isClosed = true;
        if (null != tls)
        {
            tls.close();
        }
    }

    void onClosed(final Peer peer)
    {
        rules.onLeft(peer);
        rules.leave();
    }
}
