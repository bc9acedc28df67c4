package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;

/**
 * Sends PINGs over connections by WebSocket that may be quiet in one direction, as a proxy between may cut them. A peer
 * that speaks is never probed, and one that only listens is never heard. Each PING, whatever it was sent for, makes a
 * byte in both directions.
 */
final class QuietPings extends QuietLooks
{
    private final SocketIo io;

    QuietPings(final long maxQuietNs, final ReactorContext<?> ctx, final Reactor reactor)
    {
        super(maxQuietNs, ctx.expiryLimit(), reactor.clock, reactor.peers);
        io = reactor.io;
    }

    void onOpen(final Peer peer)
    {
        if (isOn())
        {
            peer.pingTokenSeen = peer.pingToken();
            begin(peer);
        }
    }

    @Override
    void onLook(final Peer peer)
    {
        final byte token = peer.pingToken();
        if (peer.pingTokenSeen == token)
        {
            peer.dialect.probe(peer);
            io.flushUnlessBlocked(peer);
        }
        peer.pingTokenSeen = token;
    }
}
