package io.heartwheel.reactor;

import io.heartwheel.OpeningCheck;
import io.heartwheel.Protocol;
import io.heartwheel.ServerContext;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The parts of a server's reactor that speak WebSocket, and what the request that opens one has to pass.
 */
final class WebSockets
{
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Null if WebSocket is not spoken. */
    final WebSocketDialect dialect;
    final QuietPings pings;

    private final Openings openings;
    private final SocketIo io;
    private final Consumer<Peer> opener;
    private final boolean isFirstMessageJudged;
    /** Null if nothing is asked for by the request. */
    private final Credentials requests;

    /**
     * @param opener opens the connection of a peer that is let in.
     */
    WebSockets(final ServerContext ctx, final Reactor reactor, final Gate gate, final Consumer<Peer> opener)
    {
        final boolean isSpoken =
            ctx.protocols().contains(Protocol.WEBSOCKET) || null != ctx.webSocket().bindAddress();
        openings = new Openings(ctx.webSocket(), reactor.allowance, reactor.departures, reactor.io, gate);
        pings = new QuietPings(isSpoken ? ctx.webSocket().maxQuietNs() : 0, ctx.expiryLimit(), reactor.clock,
            reactor.peers, reactor.io);
        dialect = !isSpoken ? null : new WebSocketDialect(ctx.webSocket().maxMessageLength(), openings, reactor.clock,
            reactor.allowance, reactor.judge, reactor.curfew, reactor.departures, reactor.io, gate, reactor.listener,
            reactor.coalescer, reactor.metrics);
        io = reactor.io;
        this.opener = opener;
        isFirstMessageJudged = null != ctx.credentialCheck();
        final OpeningCheck check = ctx.webSocket().openingCheck();
        requests = null == check ? null : Credentials.of(
            (request, nothing) -> check.onOpening(request, request.opening()), reactor, this::onAdmitted);
    }

    /**
     * The request that opens a connection has come, and is right.
     */
    void onRequest(final Peer peer)
    {
        if (null == requests)
        {
            onAdmitted(peer);
        }
        else
        {
            requests.onCredential(peer, NOTHING);
        }
    }

    private void onAdmitted(final Peer peer)
    {
        openings.accept(peer);
        if (isFirstMessageJudged)
        {
            io.flushUnlessBlocked(peer);
        }
        else
        {
            opener.accept(peer);
        }
    }
}
