package io.heartwheel.reactor;

import io.heartwheel.AddressCheck;
import io.heartwheel.ServerContext;
import io.heartwheel.admission.AddressCounts;
import io.heartwheel.admission.CidrList;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Decides which peers are let in: by how many connections there are, and of their address; by the lists of addresses;
 * and by the host's check.
 */
final class AddressRules
{
    /**
     * Shortest time between two searches for the most silent connection of an address. Each looks at all connections.
     */
    private static final long LOOK_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Totals totals;
    private final Share share;
    private final int maxConnections;
    private final int maxPerAddress;
    private final CidrList allowed;
    private final CidrList denied;
    private final AddressCheck check;
    /** Of all reactors, so it is its own lock. */
    private final AddressCounts counts;
    private final AttendedClock clock;
    private final PeerTable peers;
    private final Judge judge;
    private final GuardedListener listener;
    private boolean isLooked;
    private long lookedNs;

    AddressRules(
        final ServerContext ctx,
        final Totals totals,
        final Share share,
        final AttendedClock clock,
        final PeerTable peers,
        final Judge judge,
        final GuardedListener listener)
    {
        this.totals = totals;
        this.share = share;
        maxConnections = ctx.maxConnections();
        maxPerAddress = ctx.maxPerAddress();
        allowed = ctx.allowed();
        denied = ctx.denied();
        check = ctx.addressCheck();
        counts = ctx.addressCounts();
        this.clock = clock;
        this.peers = peers;
        this.judge = judge;
        this.listener = listener;
    }

    /**
     * Count a connection that has been accepted, if there is room.
     *
     * @return why nobody is let in at present; or null, and then {@link #leave()} has to follow.
     */
    String refusalOfAll()
    {
        return totals.tryEnter(share) ? null : "there are " + maxConnections + " connections already";
    }

    /**
     * A connection that was counted is not let in, or has ended.
     */
    void leave()
    {
        totals.leave(share);
    }

    /**
     * Why an address is not let in, or null if it is let in.
     */
    String refusalOf(final InetSocketAddress address)
    {
        if (!allowed.isEmpty() && !allowed.contains(address.getAddress()))
        {
            return "address not allowed";
        }
        if (denied.contains(address.getAddress()))
        {
            return "address denied";
        }
        if (maxPerAddress > 0 && isFull(address.getAddress()))
        {
            return fullText() +
                (isMostSilentAsked(address.getAddress()) ? ", the most silent of which is asked whether it lives" : "");
        }
        return null == check ? null : listener.refusalOf(check, address);
    }

    private boolean isFull(final InetAddress address)
    {
        synchronized (counts)
        {
            return counts.count(address) >= maxPerAddress;
        }
    }

    private String fullText()
    {
        return "there are " + maxPerAddress + " connections of this address already";
    }

    /**
     * A device that lost its power comes back while its old connection is not yet found silent. That connection should
     * not keep it out. So the most silent peer of its address is asked at once, and has one interval to answer. Of
     * several reactors, each asks the most silent of its own.
     */
    private boolean isMostSilentAsked(final InetAddress address)
    {
        if (isLooked && clock.nowNs() - lookedNs < LOOK_PAUSE_NS)
        {
            return false;
        }
        isLooked = true;
        lookedNs = clock.nowNs();
        totals.askOthers(share, address);
        return askMostSilent(address);
    }

    /**
     * Ask the most silent peer of an address whether it lives.
     *
     * @return whether one of this reactor was asked.
     */
    boolean askMostSilent(final InetAddress address)
    {
        Peer mostSilent = null;
        for (int slot = 0; slot < peers.slots(); slot++)
        {
            final Peer peer = peers.at(slot);
            if (null != peer && peer.isOpen() && peer.isCounted &&
                counts.isSame(address, peer.remoteAddress().getAddress()) &&
                (null == mostSilent || peer.silenceNs() > mostSilent.silenceNs()))
            {
                mostSilent = peer;
            }
        }
        return null != mostSilent && judge.askLast(mostSilent);
    }

    /**
     * Count a connection of its address.
     *
     * @return why it is not let in: another reactor has let in one of its address meanwhile; or else null.
     */
    String enter(final Peer peer)
    {
        if (maxPerAddress > 0)
        {
            synchronized (counts)
            {
                peer.isCounted = counts.tryAdd(peer.remoteAddress().getAddress(), maxPerAddress);
            }
            return peer.isCounted ? null : fullText();
        }
        return null;
    }

    void onLeft(final Peer peer)
    {
        if (peer.isCounted)
        {
            peer.isCounted = false;
            synchronized (counts)
            {
                counts.remove(peer.remoteAddress().getAddress());
            }
        }
    }
}
