package io.heartwheel;

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
 * How a peer is let in, as far as the settings ask for it:
 * <pre>
 *   accepted -&gt; PROXY header -&gt; address judged -&gt; TLS handshake
 *     -&gt; HELLO -&gt; first byte or credential -&gt; OPEN
 * </pre>
 * All of it has to be done within the handshake time. Until then a connection is JOINING: it has a slot, and neither
 * the listener nor the tracker knows of it. Where nothing is asked for it is OPEN at once.
 * <p>
 * <b>Note:</b> For the reactor thread only, but for {@link #onAnswer}.
 */
final class Admission implements AutoCloseable
{
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final HeartbeatServer.Context ctx;
    private final AddressRules rules;
    private final ServerTls tls;
    private final Hello hello;
    private final boolean isFirstRequired;
    private Reactor reactor;
    private boolean isClosed;

    Admission(final HeartbeatServer.Context ctx)
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
            tls.start(reactor);
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
     * Does a handshake wait for its turn?
     */
    boolean isWaitedFor()
    {
        return null != tls && tls.isWaitedFor();
    }

    /**
     * A peer has connected.
     */
    void onAccepted(final SocketChannel peer) throws IOException
    {
        final InetSocketAddress address = (InetSocketAddress)peer.getRemoteAddress();
        if (reactor.connections.size() >= ctx.maxConnections())
        {
            turnAway(peer, address, CloseReason.REFUSED, "there are " + ctx.maxConnections() + " connections already");
            return;
        }

        final boolean isProxy = ctx.proxies().contains(address.getAddress());
        final String refusal = isProxy ? null : rules.refusalOf(address, reactor.listener);
        if (null != refusal)
        {
            turnAway(peer, address, CloseReason.REFUSED, refusal);
            return;
        }
        if (isClosed)
        {
            // The check that let it in has closed the server: nobody would tell it goodbye.
            turnAway(peer, address, CloseReason.SHUTDOWN, "");
            return;
        }
        final Connection connection = reactor.join(peer, address, null);
        connection.isMute = null != tls;
        try
        {
            begin(connection, isProxy);
            reactor.held.update(connection);
        }
        catch (final Throwable ex)
        {
            reactor.onFault(connection, ex);
        }
    }

    private void begin(final Connection connection, final boolean isProxy)
    {
        if (isProxy)
        {
            await(connection).proxyHeader = ByteBuffer.allocate(ProxyHeader.MAX_LENGTH);
        }
        else
        {
            rules.onEntered(connection);
            onAddressKnown(connection, NOTHING);
        }
    }

    /**
     * A connection that is JOINING and not greeted yet has something to read.
     */
    void onArriving(final Connection connection)
    {
        if (null != connection.tls)
        {
            tls.onReadable(connection);
            return;
        }
        try
        {
            readProxyHeader(connection, connection.arrival.proxyHeader);
        }
        catch (final ProxyHeaderException ex)
        {
            reactor.departures.leave(connection, CloseReason.PROTOCOL_ERROR, ex.getMessage());
        }
        catch (final IOException ex)
        {
            reactor.io.fail(connection, ex);
        }
    }

    private void readProxyHeader(final Connection connection, final ByteBuffer in)
        throws IOException, ProxyHeaderException
    {
        if (connection.channel().read(in) < 0)
        {
            reactor.departures.condemn(connection, CloseReason.PEER_CLOSED, "");
            return;
        }

        in.flip();
        connection.hasSpoken = true;
        final Arrival arrival = connection.arrival;
        if (0 == arrival.proxyRest)
        {
            final ProxyHeader header = ProxyHeader.parse(in);
            if (null == header)
            {
                in.compact();
                return;
            }
            arrival.proxyRest = header.rest();
            if (!isAdmitted(connection, header))
            {
                return;
            }
        }
        final int skipped = Math.min(arrival.proxyRest, in.remaining());
        in.position(in.position() + skipped);
        arrival.proxyRest -= skipped;
        if (arrival.proxyRest > 0)
        {
            in.clear();
            return;
        }
        arrival.proxyHeader = null;
        // It was a word of the proxy's, not of the peer's.
        connection.hasSpoken = false;
        onAddressKnown(connection, in);
    }

    private boolean isAdmitted(final Connection connection, final ProxyHeader header)
    {
        // A connection of the proxy's own, such as a health check, is let in by being trusted.
        final String refusal = null == header.source() ? null : rules.refusalOf(header.source(), reactor.listener);
        if (null != header.source())
        {
            connection.remoteAddress(header.source());
        }
        if (null != refusal)
        {
            reactor.departures.leave(connection, CloseReason.REFUSED, refusal);
            return false;
        }
        if (null != header.source())
        {
            rules.onEntered(connection);
        }
        return true;
    }

    private void onAddressKnown(final Connection connection, final ByteBuffer alreadyRead)
    {
        if (null != tls)
        {
            await(connection);
            tls.begin(connection, alreadyRead);
        }
        else
        {
            onSecured(connection);
            reactor.io.take(connection, alreadyRead);
        }
    }

    /**
     * A connection may be spoken to: what TLS it needs is there.
     */
    void onSecured(final Connection connection)
    {
        connection.outbound.hello(hello);
        if (isFirstRequired)
        {
            await(connection).isGreeted = true;
            reactor.io.flushUnlessBlocked(connection);
        }
        else
        {
            open(connection);
        }
    }

    private Arrival await(final Connection connection)
    {
        if (null == connection.arrival)
        {
            connection.arrival = new Arrival();
            reactor.curfew.onArrival(connection, ctx.handshakeTimeoutNs());
        }
        return connection.arrival;
    }

    private void open(final Connection connection)
    {
        final Arrival arrival = connection.arrival;
        if (null != arrival)
        {
            connection.arrival = null;
            reactor.curfew.lift(connection);
        }
        reactor.open(connection);
        if (null != arrival && null != arrival.asked && connection.isOpen())
        {
            reactor.endpoint.onHello(connection, arrival.asked);
            reactor.io.flushUnlessBlocked(connection);
        }
    }

    /**
     * A greeted connection has said something.
     */
    void onFirstBytes(final Connection connection)
    {
        if (null == ctx.credentialCheck())
        {
            open(connection);
        }
    }

    /**
     * The first message of a greeted connection, if that has to let it in.
     */
    void onCredential(final Connection connection, final ByteBuffer credential)
    {
        final AdmissionRequest request = new AdmissionRequest(this, connection);
        connection.arrival.request = request;
        if (reactor.listener.onCredential(ctx.credentialCheck(), request, credential))
        {
            decide(connection, request);
        }
        else
        {
            // Whatever was answered before it failed.
            reactor.departures.leave(connection, CloseReason.REFUSED, "credential check failed");
        }
    }

    /**
     * A request was answered, by any thread.
     */
    void onAnswer(final Connection connection)
    {
        reactor.commands.submit(connection, () -> onAnswered(connection));
    }

    private void onAnswered(final Connection connection)
    {
        final Arrival arrival = connection.arrival;
        // It may have been decided at once, or have gone meanwhile.
        if (Connection.JOINING == connection.state && null != arrival)
        {
            decide(connection, arrival.request);
            if (connection.isOpen())
            {
                reactor.io.resume(connection, arrival.held);
                if (null != connection.tls)
                {
                    reactor.curfew.onRecords(connection, connection.tls.hasHalfRecord());
                }
            }
        }
    }

    private void decide(final Connection connection, final AdmissionRequest request)
    {
        final AdmissionRequest.Answer answer = request.answer();
        if (null == answer || Connection.JOINING != connection.state)
        {
            return;
        }
        if (null != answer.refusal())
        {
            reactor.departures.leave(connection, CloseReason.REFUSED, answer.refusal());
        }
        else
        {
            connection.attachment(answer.attachment());
            open(connection);
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

    void onClosed(final Connection connection)
    {
        rules.onLeft(connection);
    }

    /**
     * Send away a peer that was accepted and has no slot. One that is gone already is not missed.
     */
    void turnAway(final SocketChannel peer, final CloseReason reason, final String text)
    {
        try
        {
            turnAway(peer, (InetSocketAddress)peer.getRemoteAddress(), reason, text);
        }
        catch (final IOException ex)
        {
            // It has gone, and is closed all the same.
        }
        finally
        {
            CloseHelper.quietClose(peer);
        }
    }

    private void turnAway(
        final SocketChannel peer, final InetSocketAddress address, final CloseReason reason, final String text)
        throws IOException
    {
        final byte[] payload = Frame.byePayload(reason.code(), text);
        final ByteBuffer bye = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(bye, Frame.BYE, 0, payload.length);
        reactor.journal.onTurnedAway(address, reason, text);
        peer.configureBlocking(false);
        // Who speaks TLS would take it for nonsense.
        if (null == tls)
        {
            peer.write(bye.put(payload).flip());
        }
        peer.close();
    }
}
