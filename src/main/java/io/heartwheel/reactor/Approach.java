package io.heartwheel.reactor;

import io.heartwheel.ClientContext;
import io.heartwheel.WebSocketRequest;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.Durations;
import io.heartwheel.config.HttpProxy;
import io.heartwheel.config.WebSocketTarget;
import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.OpeningException;
import io.heartwheel.websocket.TunnelOpening;

import javax.net.ssl.SSLContext;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.function.Consumer;

/**
 * Brings the connection of a link from its socket to OPEN, by the steps that its link and the settings ask for:
 * <pre>
 *   connected -&gt; tunnel through the proxy -&gt; TLS handshake -&gt; WebSocket asked for and answered -&gt; OPEN
 * </pre>
 * Until then the connection is JOINING. What a step needs is made when a link asks for the first time.
 */
final class Approach implements AutoCloseable
{
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ClientContext ctx;
    private final long connectTimeoutNs;
    private final HttpProxy proxy;
    private final SSLContext sslContext;
    private final Reactor reactor;
    private final Endpoint endpoint;
    private final Gate gate;
    private final Consumer<Peer> opener;
    /** Null without a proxy. */
    private final HttpAsking tunnels;
    /** Null until a link asks for TLS. */
    private ClientTls tls;
    /** Null until a link asks for WebSocket. */
    private WebSocketLinks webSockets;

    /**
     * @param opener opens a connection that has taken all steps.
     */
    Approach(
        final ClientContext ctx,
        final Reactor reactor,
        final Endpoint endpoint,
        final Gate gate,
        final Consumer<Peer> opener)
    {
        this.ctx = ctx;
        connectTimeoutNs = ctx.connectTimeoutNs();
        proxy = ctx.proxy();
        sslContext = ctx.sslContext();
        this.reactor = reactor;
        this.endpoint = endpoint;
        this.gate = gate;
        this.opener = opener;
        tunnels = null == proxy ? null : new HttpAsking(
            "proxy", "proxy", this::onTunnel, reactor.allowance, reactor.departures, reactor.io);
    }

    /**
     * Make ready for a link, from any thread: to read the JVM's own authorities takes too long for the reactor thread.
     */
    void prepare(final WebSocketRequest request)
    {
        if (null == sslContext && request.targets().stream().anyMatch(WebSocketTarget::isSecure))
        {
            ofJvm();
        }
    }

    /**
     * Is a connection of this link open as soon as its socket is connected?
     */
    boolean isShort(final ClientLink link)
    {
        return null == proxy && !link.isWebSocket() && !isSecure(link);
    }

    private boolean isSecure(final ClientLink link)
    {
        return link.isSecure(null != sslContext);
    }

    /**
     * Take the first step of those that there are.
     */
    void begin(final Peer peer)
    {
        peer.entry = new Entry();
        peer.entry.deadlineNs = reactor.clock.nowNs() + connectTimeoutNs;
        if (null == proxy)
        {
            secure(peer, NOTHING);
        }
        else
        {
            final String target = Configuration.addressText(ClientLink.of(peer).nextAddress());
            tunnels.ask(peer, Opening.ofAnswer(null), TunnelOpening.request(target, proxy.authorization()));
        }
    }

    private void onTunnel(final Peer peer, final HttpHead answer, final ByteBuffer rest) throws OpeningException
    {
        TunnelOpening.check(answer);
        peer.entry.opening = null;
        peer.entry.isGreeted = false;
        peer.remoteAddress(ClientLink.of(peer).nextAddress());
        peer.speak(reactor.frames);
        secure(peer, rest);
    }

    private void secure(final Peer peer, final ByteBuffer rest)
    {
        final ClientLink link = ClientLink.of(peer);
        if (isSecure(link))
        {
            tls().begin(peer, link.nextAddress(), link.isWebSocket(), rest);
            return;
        }
        onSecured(peer);
        if (peer.isTalking() && rest.hasRemaining())
        {
            peer.dialect.onBytes(peer, rest);
        }
    }

    /**
     * The server may be spoken to.
     */
    private void onSecured(final Peer peer)
    {
        final ClientLink link = ClientLink.of(peer);
        if (link.isWebSocket())
        {
            webSockets().ask(link, peer);
        }
        else
        {
            opener.accept(peer);
        }
    }

    private ClientTls tls()
    {
        if (null == tls)
        {
            tls = new ClientTls(null == sslContext ? ofJvm() : sslContext, new TlsIo(ctx.connectLimit(),
                TlsIo.newThreads(), reactor.clock, reactor.io, reactor.held, reactor.departures, reactor.curfew,
                reactor.commands, reactor.journal, this::onSecured));
        }
        return tls;
    }

    private static SSLContext ofJvm()
    {
        try
        {
            return SSLContext.getDefault();
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(
                "no TLS: " + (null == ex.getCause() ? ex : ex.getCause()).getMessage(), ex);
        }
    }

    private WebSocketLinks webSockets()
    {
        if (null == webSockets)
        {
            webSockets = new WebSocketLinks(ctx, reactor, endpoint, gate, opener);
        }
        return webSockets;
    }

    /**
     * A connection that is JOINING and not greeted yet has bytes to be read.
     */
    void onArriving(final Peer peer)
    {
        tls.onReadable(peer);
    }

    /**
     * What a try has waited for when its time is up.
     */
    String late(final ClientLink link)
    {
        return (ClientLink.RESOLVING == link.state ? "name not looked up" : missing(link.securing)) + " within " +
            Durations.exact(connectTimeoutNs);
    }

    private String missing(final Peer peer)
    {
        final String missing = null == peer ? null : null != tunnels && tunnels == peer.dialect ? tunnels.missing() :
            null == webSockets ? null : webSockets.missing(peer);
        return null == missing ? "not connected" : missing;
    }

    /**
     * How a try goes, for texts.
     */
    String by()
    {
        return null == proxy ? "" : " by proxy " + Configuration.addressText(proxy.address());
    }

    void onOpening(final Peer peer)
    {
        if (peer.isUpgraded)
        {
            webSockets.pings.onOpen(peer);
        }
    }

    void onClosed(final Peer peer)
    {
        if (peer.isUpgraded)
        {
            webSockets.pings.onClosed(peer);
        }
    }

    int doWork()
    {
        return (null == tls ? 0 : tls.doWork()) + (null == webSockets ? 0 : webSockets.pings.doWork());
    }

    /**
     * When {@link #doWork} has to be called next.
     */
    long nextDeadlineNs(final long noneNs)
    {
        return null != tls && tls.isWaitedFor() ? reactor.clock.nowNs() :
            null == webSockets ? noneNs : webSockets.pings.nextDeadlineNs(noneNs);
    }

    @Override
    public void close()
    {
        if (null != tls)
        {
            tls.close();
        }
    }
}
