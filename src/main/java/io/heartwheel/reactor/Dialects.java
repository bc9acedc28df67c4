package io.heartwheel.reactor;

import io.heartwheel.Protocol;
import io.heartwheel.ServerContext;

import java.util.ArrayList;
import java.util.List;

/**
 * The protocols of a server, as its reactor speaks them.
 *
 * @param first       that is spoken with a peer of which nothing is known but its address.
 * @param ofMute      that a peer speaks which says nothing in time, or null if it has to say something.
 * @param isToSniff   true if the first bytes of a peer tell which one it speaks.
 * @param isOwn       true if none but our own is spoken.
 * @param isWebSocket true if WebSocket is spoken.
 */
record Dialects(
    Peer.Dialect first, Peer.Dialect ofMute, boolean isToSniff, boolean isOwn, boolean isWebSocket)
{
    /**
     * @param webSocket by which that is spoken, if it is one of them.
     */
    static Dialects of(
        final ServerContext ctx,
        final Reactor reactor,
        final Endpoint endpoint,
        final Gate gate,
        final WebSocketDialect webSocket)
    {
        final List<GuardedProtocol> protocols = new ArrayList<>();
        final List<Peer.Dialect> dialects = new ArrayList<>();
        for (final Protocol protocol : ctx.protocols())
        {
            final GuardedProtocol guarded = new GuardedProtocol(protocol, reactor.faults, reactor.departures);
            protocols.add(guarded);
            dialects.add(Protocol.HEARTWHEEL == protocol ? reactor.frames : Protocol.WEBSOCKET == protocol ?
                webSocket : foreign(ctx, guarded, reactor, endpoint, gate));
        }
        final boolean hasOwn = dialects.contains(reactor.frames);
        final boolean isToSniff = dialects.size() > 1;
        final Peer.Dialect first = isToSniff ? new Sniffer(
            protocols, dialects, reactor.allowance, reactor.departures, endpoint, gate) : dialects.get(0);
        return new Dialects(first, hasOwn ? reactor.frames : null, isToSniff, hasOwn && !isToSniff,
            null != webSocket && dialects.contains(webSocket));
    }

    /**
     * The dialects of an address where WebSocket alone is spoken.
     */
    static Dialects of(final WebSocketDialect webSocket)
    {
        return new Dialects(webSocket, null, false, false, true);
    }

    private static Peer.Dialect foreign(
        final ServerContext ctx,
        final GuardedProtocol protocol,
        final Reactor reactor,
        final Endpoint endpoint,
        final Gate gate)
    {
        final ForeignMessages messages = new ForeignMessages(ctx.maxMessageLength(), ctx.maxOutboundLength(),
            reactor.clock, reactor.allowance, reactor.judge, reactor.departures, reactor.io, endpoint, gate,
            reactor.listener, reactor.coalescer, reactor.metrics);
        return new ForeignDialect(protocol, messages, ctx.maxMessageLength(), reactor.allowance, reactor.judge,
            reactor.curfew, reactor.departures, reactor.io, gate);
    }
}
