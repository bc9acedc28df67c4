package io.heartwheel.reactor;

import io.heartwheel.ClientContext;
import io.heartwheel.websocket.HttpHead;
import io.heartwheel.websocket.MaskKeys;
import io.heartwheel.websocket.OpeningException;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.Consumer;

/**
 * The parts of a client's reactor that speak WebSocket: they ask a server to open one, check its answer, and go on in
 * frames.
 */
final class WebSocketLinks
{
    final QuietPings pings;

    private final MaskKeys keys = new MaskKeys(new SecureRandom());
    private final HttpAsking asking;
    private final WebSocketDialect dialect;
    private final Consumer<Peer> opener;

    /**
     * @param opener opens the connection when the server has let us in.
     */
    WebSocketLinks(
        final ClientContext ctx,
        final Reactor reactor,
        final Endpoint endpoint,
        final Gate gate,
        final Consumer<Peer> opener)
    {
        final int maxMessageLength = ctx.maxWebSocketMessageLength();
        this.opener = opener;
        pings = new QuietPings(ctx.maxWebSocketQuietNs(), ctx, reactor);
        asking = new HttpAsking(
            "websocket", "server", this::onAnswer, reactor.allowance, reactor.departures, reactor.io);
        dialect = new WebSocketDialect(maxMessageLength, true,
            new WebSocketWriter(maxMessageLength, keys, reactor.io), null, reactor.clock, reactor.allowance,
            reactor.judge, reactor.curfew, reactor.departures, reactor.io, endpoint, gate, reactor.listener,
            reactor.coalescer, reactor.metrics);
    }

    /**
     * Ask the server of a connection to open a WebSocket.
     */
    void ask(final ClientLink link, final Peer peer)
    {
        final Opening opening = Opening.ofAnswer(link.nextOpening(keys.nonce()));
        asking.ask(peer, opening, opening.asked.request());
    }

    private void onAnswer(final Peer peer, final HttpHead answer, final ByteBuffer rest) throws OpeningException
    {
        ClientLink.of(peer).subprotocol = peer.entry.opening.asked.check(answer);
        peer.isUpgraded = true;
        peer.speak(dialect);
        opener.accept(peer);
        if (peer.isTalking() && rest.hasRemaining())
        {
            dialect.onBytes(peer, rest);
        }
    }

    /**
     * What a connection waits for, or null if it waits for something else.
     */
    String missing(final Peer peer)
    {
        return asking == peer.dialect ? asking.missing() : null;
    }
}
