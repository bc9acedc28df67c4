package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.admission.ProxyHeader;
import io.heartwheel.admission.ProxyHeaderException;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Hello;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Lets peers in, by the steps that the settings ask for:
 * <pre>
 *   accepted -&gt; PROXY header -&gt; address judged -&gt; TLS handshake
 *     -&gt; HELLO -&gt; first byte or credential -&gt; OPEN
 * </pre>
 * All steps have to be done within the handshake time. Until then a connection is JOINING: it has a slot, and neither
 * the listener nor the tracker knows of it. If no step is asked for, it is OPEN at once.
 * <p>
 * <b>Note:</b> For the reactor thread only, but for {@link #onAnswer}.
 */
final class Admission implements Gate, AutoCloseable
{
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ServerContext ctx;
    private final AddressRules rules;
    private final ServerTls tls;
    private final Hello hello;
    private final boolean isFirstRequired;
    private Reactor reactor;
    private boolean isClosed;

    Admission(final ServerContext ctx)
    {
        this.ctx = ctx;
        hello = Hellos.of(ctx.cadence());
        isFirstRequired = ctx.isFirstRequired() || null != ctx.credentialCheck();
        rules = new AddressRules(ctx);
        tls = null == ctx.tls() ? null : new ServerTls(ctx);
    }

    void start(final Reactor reactor)
    {
        this.reactor = reactor;
        rules.start(reactor);
        if (null != tls)
        {
            tls.start(reactor, this::onSecured);
        }
    }

    boolean reloadTls()
    {
        if (null != tls)
        {
            tls.reload();
        }
        return null != tls;
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
    void onAccepted(final SocketChannel socket) throws IOException
    {
        final InetSocketAddress address = (InetSocketAddress)socket.getRemoteAddress();
        if (reactor.peers.size() >= ctx.maxConnections())
        {
            turnAway(
                socket, address, CloseReason.REFUSED, "there are " + ctx.maxConnections() + " connections already");
            return;
        }

        final boolean isProxy = ctx.proxies().contains(address.getAddress());
        final String refusal = isProxy ? null : rules.refusalOf(address, reactor.listener);
        if (null != refusal)
        {
            turnAway(socket, address, CloseReason.REFUSED, refusal);
            return;
        }
        if (isClosed)
        {
            // The check that let this peer in has closed the server: nothing else would say goodbye to it.
            turnAway(socket, address, CloseReason.SHUTDOWN, "");
            return;
        }
        final Peer peer = reactor.arrivals.join(socket, address, null);
        peer.isMute = null != tls;
        try
        {
            begin(peer, isProxy);
            reactor.held.update(peer);
        }
        catch (final Throwable ex)
        {
            reactor.departures.onFault(peer, ex);
        }
    }

    private void begin(final Peer peer, final boolean isProxy)
    {
        if (isProxy)
        {
            await(peer).proxyHeader = ByteBuffer.allocate(ProxyHeader.MAX_LENGTH);
        }
        else
        {
            rules.onEntered(peer);
            onAddressKnown(peer, NOTHING);
        }
    }

    /**
     * A connection that is JOINING and not greeted yet has bytes to be read.
     */
    @Override
    public void onArriving(final Peer peer)
    {
        if (null != peer.tls)
        {
            tls.onReadable(peer);
            return;
        }
        try
        {
            readProxyHeader(peer, peer.entry.proxyHeader);
        }
        catch (final ProxyHeaderException ex)
        {
            reactor.departures.leave(peer, CloseReason.PROTOCOL_ERROR, ex.getMessage());
        }
        catch (final IOException ex)
        {
            reactor.departures.onFailure(peer, ex);
        }
    }

    private void readProxyHeader(final Peer peer, final ByteBuffer in)
        throws IOException, ProxyHeaderException
    {
        if (peer.channel().read(in) < 0)
        {
            reactor.departures.condemn(peer, CloseReason.PEER_CLOSED, "");
            return;
        }

        in.flip();
        peer.hasSpoken = true;
        final Entry entry = peer.entry;
        if (0 == entry.proxyRest)
        {
            final ProxyHeader header = ProxyHeader.parse(in);
            if (null == header)
            {
                in.compact();
                return;
            }
            entry.proxyRest = header.rest();
            if (!isAdmitted(peer, header))
            {
                return;
            }
        }
        final int skipped = Math.min(entry.proxyRest, in.remaining());
        in.position(in.position() + skipped);
        entry.proxyRest -= skipped;
        if (entry.proxyRest > 0)
        {
            in.clear();
            return;
        }
        entry.proxyHeader = null;
        // The proxy said this, not the peer.
        peer.hasSpoken = false;
        onAddressKnown(peer, in);
    }

    private boolean isAdmitted(final Peer peer, final ProxyHeader header)
    {
        // A connection of the proxy itself, such as a health check, is let in because the proxy is trusted.
        final String refusal = null == header.source() ? null : rules.refusalOf(header.source(), reactor.listener);
        if (null != header.source())
        {
            peer.remoteAddress(header.source());
        }
        if (null != refusal)
        {
            reactor.departures.leave(peer, CloseReason.REFUSED, refusal);
            return false;
        }
        if (null != header.source())
        {
            rules.onEntered(peer);
        }
        return true;
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
            reactor.io.take(peer, alreadyRead);
        }
    }

    /**
     * A connection may be spoken to: TLS is set up, or not asked for.
     */
    void onSecured(final Peer peer)
    {
        peer.outbound.hello(hello);
        if (isFirstRequired)
        {
            await(peer).isGreeted = true;
            reactor.io.flushUnlessBlocked(peer);
        }
        else
        {
            open(peer);
        }
    }

    private Entry await(final Peer peer)
    {
        if (null == peer.entry)
        {
            peer.entry = new Entry();
            reactor.curfew.onArrival(peer, ctx.handshakeTimeoutNs());
        }
        return peer.entry;
    }

    private void open(final Peer peer)
    {
        final Entry entry = peer.entry;
        if (null != entry)
        {
            peer.entry = null;
            reactor.curfew.lift(peer);
        }
        reactor.arrivals.open(peer);
        if (null != entry && null != entry.asked && peer.isOpen())
        {
            reactor.endpoint.onHello(peer, entry.asked);
            reactor.io.flushUnlessBlocked(peer);
        }
    }

    /**
     * A greeted connection has sent its first bytes.
     */
    @Override
    public void onFirstBytes(final Peer peer)
    {
        if (null == ctx.credentialCheck())
        {
            open(peer);
        }
    }

    /**
     * The first message of a greeted connection has come, and is its credential if one is asked for.
     */
    @Override
    public void onFirstMessage(final Peer peer, final ByteBuffer credential)
    {
        final CredentialRequest request = new CredentialRequest(peer, this::onAnswer);
        peer.entry.isAsking = true;
        if (reactor.listener.onCredential(ctx.credentialCheck(), request, credential))
        {
            decide(peer, request);
        }
        else
        {
            // The check failed, so its answers do not count.
            reactor.departures.leave(peer, CloseReason.REFUSED, "credential check failed");
        }
    }

    /**
     * A request was answered, on any thread.
     */
    private void onAnswer(final CredentialRequest request)
    {
        reactor.commands.submit(request.peer(), () -> onAnswered(request));
    }

    private void onAnswered(final CredentialRequest request)
    {
        final Peer peer = request.peer();
        final Entry entry = peer.entry;
        // The answer may have come at once, or the peer may have gone meanwhile.
        if (Peer.JOINING == peer.state && null != entry)
        {
            decide(peer, request);
            if (peer.isOpen())
            {
                reactor.io.resume(peer, entry.held);
                if (null != peer.tls)
                {
                    reactor.curfew.onRecords(peer, peer.tls.hasHalfRecord());
                }
            }
        }
    }

    private void decide(final Peer peer, final CredentialRequest request)
    {
        final CredentialRequest.Answer answer = request.answer();
        if (null == answer || Peer.JOINING != peer.state)
        {
            return;
        }
        if (null != answer.refusal())
        {
            reactor.departures.leave(peer, CloseReason.REFUSED, answer.refusal());
        }
        else
        {
            peer.attachment(answer.attachment());
            open(peer);
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
    }

    /**
     * Send away a peer that was accepted and has no slot. It may be gone already.
     */
    void turnAway(final SocketChannel socket, final CloseReason reason, final String text)
    {
        try
        {
            turnAway(socket, (InetSocketAddress)socket.getRemoteAddress(), reason, text);
        }
        catch (final IOException ex)
        {
            // The peer has gone. Its socket is closed all the same.
        }
        finally
        {
            CloseHelper.quietClose(socket);
        }
    }

    private void turnAway(
        final SocketChannel socket, final InetSocketAddress address, final CloseReason reason, final String text)
        throws IOException
    {
        final byte[] payload = Frame.byePayload(reason.code(), text);
        final ByteBuffer bye = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(bye, Frame.BYE, 0, payload.length);
        reactor.journal.onTurnedAway(address, reason, text);
        socket.configureBlocking(false);
        // A peer that speaks TLS would take a plain BYE for nonsense.
        if (null == tls)
        {
            socket.write(bye.put(payload).flip());
        }
        socket.close();
    }
}
