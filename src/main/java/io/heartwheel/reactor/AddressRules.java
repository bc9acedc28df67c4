package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.admission.AddressCounts;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Decides which addresses are let in: by the lists, by how many connections they have already, and by the host's check.
 */
final class AddressRules
{
    /**
     * Shortest time between two searches for the most silent connection of an address. Each looks at all connections.
     */
    private static final long LOOK_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerContext ctx;
    private final AddressCounts counts;
    private Reactor reactor;
    private boolean isLooked;
    private long lookedNs;

    AddressRules(final ServerContext ctx)
    {
        this.ctx = ctx;
        counts = ctx.addressCounts();
    }

    void start(final Reactor reactor)
    {
        this.reactor = reactor;
    }

    /**
     * Why an address is not let in, or null if it is let in.
     */
    String refusalOf(final InetSocketAddress address, final GuardedListener application)
    {
        if (!ctx.allowed().isEmpty() && !ctx.allowed().contains(address.getAddress()))
        {
            return "address not allowed";
        }
        if (ctx.denied().contains(address.getAddress()))
        {
            return "address denied";
        }
        if (ctx.maxPerAddress() > 0 && counts.count(address.getAddress()) >= ctx.maxPerAddress())
        {
            return "there are " + ctx.maxPerAddress() + " connections of this address already" +
                (isMostSilentAsked(address.getAddress()) ? ", the most silent of which is asked whether it lives" : "");
        }
        return null == ctx.addressCheck() ? null : application.refusalOf(ctx.addressCheck(), address);
    }

    /**
     * A device that lost its power comes back while its old connection is not yet found silent. That connection should
     * not keep it out. So the most silent peer of its address is asked at once, and has one interval to answer.
     */
    private boolean isMostSilentAsked(final InetAddress address)
    {
        if (isLooked && reactor.clock.nowNs() - lookedNs < LOOK_PAUSE_NS)
        {
            return false;
        }
        isLooked = true;
        lookedNs = reactor.clock.nowNs();
        Peer mostSilent = null;
        for (int slot = 0; slot < reactor.peers.slots(); slot++)
        {
            final Peer peer = reactor.peers.at(slot);
            if (null != peer && peer.isOpen() && peer.isCounted &&
                counts.isSame(address, peer.remoteAddress().getAddress()) &&
                (null == mostSilent || peer.silenceNs() > mostSilent.silenceNs()))
            {
                mostSilent = peer;
            }
        }
        return null != mostSilent && reactor.judge.askLast(mostSilent);
    }

    void onEntered(final Peer peer)
    {
        if (ctx.maxPerAddress() > 0)
        {
            peer.isCounted = true;
            counts.tryAdd(peer.remoteAddress().getAddress(), Integer.MAX_VALUE);
        }
    }

    void onLeft(final Peer peer)
    {
        if (peer.isCounted)
        {
            peer.isCounted = false;
            counts.remove(peer.remoteAddress().getAddress());
        }
    }
}
