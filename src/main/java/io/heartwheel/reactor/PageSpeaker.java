package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.websocket.PageSpeech;
import io.heartwheel.wire.ForeignOutbound;
import io.heartwheel.wire.Frame;

import java.nio.ByteBuffer;

/**
 * Speaks to the pages that ask for it, as these see no PING: see {@link PageSpeech}.
 */
final class PageSpeaker extends QuietLooks
{
    private final long speakNs;
    private final SocketIo io;
    private final byte[] idle = PageSpeech.idle();

    PageSpeaker(final long speakNs, final ServerContext ctx, final Reactor reactor)
    {
        super(speakNs, ctx.expiryLimit(), reactor.clock, reactor.peers);
        this.speakNs = speakNs;
        io = reactor.io;
    }

    /**
     * A peer has been told that it is let in, and nothing else yet.
     */
    void onUpgraded(final Peer peer)
    {
        final String token = peer.entry.opening.pageToken;
        if (null != token)
        {
            final ByteBuffer greeting = PageSpeech.greeting(token, speakNs);
            peer.reserve(Frame.HEADER_LENGTH + greeting.remaining(), Integer.MAX_VALUE);
            io.enqueue(peer, greeting);
            begin(peer);
        }
    }

    @Override
    void onLook(final Peer peer)
    {
        // What waits to be sent is heard when it gets there. More of it would not be heard any sooner.
        if (!peer.wasToldLately && peer.outbound.isEmpty())
        {
            // As a heartbeat, and no part of a conversation that the reactor has to be quick for.
            ((ForeignOutbound)peer.outbound).reply(idle);
            io.flushUnlessBlocked(peer);
        }
        peer.wasToldLately = false;
    }
}
