package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Link;
import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Begins connections. A channel is registered; the connection joins and has a slot; the connection opens. From then on
 * its peer is watched, and the listener knows of it.
 */
final class Arrivals
{
    private final int sendBufferLength;
    private final Cadence cadence;
    private final Selector selector;
    private final PeerTable peers;
    private final Peer.Requests requests;
    private final SocketIo io;
    private final Allowance allowance;
    private final Judge judge;
    private final Departures departures;
    private final Endpoint endpoint;
    private final GuardedListener listener;
    private final Journal journal;

    Arrivals(
        final ReactorContext<?> ctx,
        final Selector selector,
        final PeerTable peers,
        final Peer.Requests requests,
        final SocketIo io,
        final Allowance allowance,
        final Judge judge,
        final Departures departures,
        final Endpoint endpoint,
        final GuardedListener listener,
        final Journal journal)
    {
        sendBufferLength = ctx.sendBufferLength();
        cadence = ctx.cadence();
        this.selector = selector;
        this.peers = peers;
        this.requests = requests;
        this.io = io;
        this.allowance = allowance;
        this.judge = judge;
        this.departures = departures;
        this.endpoint = endpoint;
        this.listener = listener;
        this.journal = journal;
    }

    /**
     * Register a channel that is no connection (yet). The endpoint is told when it is ready.
     */
    SelectionKey register(final SelectableChannel channel, final int interestOps) throws IOException
    {
        channel.configureBlocking(false);
        return channel.register(selector, interestOps);
    }

    /**
     * Take over a connected channel. It has a slot from now on.
     *
     * @param link    that it is for, or null.
     * @param dialect that is spoken with the peer.
     */
    Peer join(
        final SocketChannel channel,
        final InetSocketAddress remoteAddress,
        final Link link,
        final Peer.Dialect dialect) throws IOException
    {
        SocketSettings.set(channel, sendBufferLength);
        final Peer peer = new Peer(
            requests, link, peers.nextId(), remoteAddress, register(channel, SelectionKey.OP_READ), dialect);
        allowance.begin(peer);
        peers.add(peer);
        return peer;
    }

    /**
     * Watch the peer, and tell the listener. What the listener sends leaves with the HELLO in one write.
     */
    void open(final Peer peer)
    {
        assert Peer.JOINING == peer.state : peer + " opens in state " + peer.state;
        judge.watch(peer, cadence);
        peer.state = Peer.OPEN;
        endpoint.onOpening(peer);
        journal.onOpen(peer);
        peer.isAnnounced = true;
        if (!listener.onOpen(peer))
        {
            departures.leave(peer, CloseReason.LISTENER_FAILED, "");
        }
        listener.onIdentified(peer);
        if (peer.isOpen())
        {
            io.flushUnlessBlocked(peer);
        }
    }
}
