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

    private final QuietPings pings;
    private final PageSpeaker speaker;
    private final Openings openings;
    private final AttendedClock clock;
    private final SocketIo io;
    private final Consumer<Peer> opener;
    private final boolean isFirstMessageJudged;
    /** Null if nothing is asked for by the request. */
    private final Credentials requests;

    /**
     * @param opener opens the connection of a peer that is let in.
     */
    WebSockets(
        final ServerContext ctx,
        final Reactor reactor,
        final Endpoint endpoint,
        final Gate gate,
        final Consumer<Peer> opener)
    {
        final int maxMessageLength = ctx.webSocket().maxMessageLength();
        final boolean isSpoken =
            ctx.protocols().contains(Protocol.WEBSOCKET) || null != ctx.webSocket().bindAddress();
        pings = new QuietPings(isSpoken ? ctx.webSocket().maxQuietNs() : 0, ctx, reactor);
        speaker = new PageSpeaker(isSpoken ? ctx.webSocket().speakNs() : 0, ctx, reactor);
        openings = new Openings(
            ctx.webSocket(), reactor.allowance, reactor.departures, reactor.io, gate, reactor.journal);
        dialect = !isSpoken ? null : new WebSocketDialect(maxMessageLength, ctx.webSocket().isTextTaken(),
            new WebSocketWriter(maxMessageLength, null, reactor.io), openings, reactor.clock, reactor.allowance,
            reactor.judge, reactor.curfew, reactor.departures, reactor.io, endpoint, gate, reactor.listener,
            reactor.coalescer, reactor.metrics);
        clock = reactor.clock;
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

    void onOpening(final Peer peer)
    {
        if (peer.isUpgraded)
        {
            pings.onOpen(peer);
        }
    }

    void onClosed(final Peer peer)
    {
        pings.onClosed(peer);
        speaker.onClosed(peer);
    }

    int doWork()
    {
        return pings.doWork() + speaker.doWork();
    }

    long nextDeadlineNs(final long noneNs)
    {
        final long nowNs = clock.nowNs();
        return nowNs + Math.min(pings.nextDeadlineNs(noneNs) - nowNs, speaker.nextDeadlineNs(noneNs) - nowNs);
    }

    private void onAdmitted(final Peer peer)
    {
        openings.accept(peer);
        speaker.onUpgraded(peer);
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
