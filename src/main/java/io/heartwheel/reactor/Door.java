package io.heartwheel.reactor;

import io.heartwheel.ServerContext;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;

/**
 * A listening socket of a reactor, and the protocols that are spoken with those who come by it.
 */
final class Door
{
    /** Null if another reactor accepts for this one. */
    final ServerSocketChannel channel;
    final Dialects dialects;
    final Refuser refuser;
    final AcceptedKeepAlive keepAlive;
    /** Null if another reactor accepts for this one. */
    final SelectionKey key;
    /** Null if another reactor accepts for this one. */
    final AcceptPause pause;

    /**
     * @param channel that listens, or null if another reactor accepts for this one.
     */
    Door(
        final ServerContext ctx, final ServerSocketChannel channel, final Reactor reactor, final Dialects dialects)
        throws IOException
    {
        this.channel = channel;
        this.dialects = dialects;
        refuser = new Refuser(reactor.journal, dialects, null != ctx.tls());
        keepAlive = new AcceptedKeepAlive(ctx.tcpKeepAlive(), channel);
        key = null == channel ? null : reactor.arrivals.register(channel, SelectionKey.OP_ACCEPT);
        pause = null == channel ? null :
            new AcceptPause(ctx.selectorProvider(), key, reactor.clock, reactor.peers, reactor.metrics);
    }
}
