package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.admission.ProxyHeader;
import io.heartwheel.admission.ProxyHeaderException;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the PROXY header that a trusted proxy sends before the first bytes of a peer, and judges the address in it.
 */
final class ProxyReader
{
    private final AddressRules rules;
    private final Departures departures;
    private final Next next;

    /**
     * The step behind this one.
     */
    interface Next
    {
        /**
         * The address of a peer is known, and let in.
         *
         * @param alreadyRead bytes behind the header.
         */
        void onAddressKnown(Peer peer, ByteBuffer alreadyRead);
    }

    ProxyReader(final AddressRules rules, final Departures departures, final Next next)
    {
        this.rules = rules;
        this.departures = departures;
        this.next = next;
    }

    /**
     * A connection whose header is to come, or not whole, has bytes to be read.
     */
    void onReadable(final Peer peer)
    {
        try
        {
            read(peer, peer.entry.proxyHeader);
        }
        catch (final ProxyHeaderException ex)
        {
            departures.leave(peer, CloseReason.PROTOCOL_ERROR, ex.getMessage());
        }
        catch (final IOException ex)
        {
            departures.onFailure(peer, ex);
        }
    }

    private void read(final Peer peer, final ByteBuffer in) throws IOException, ProxyHeaderException
    {
        if (peer.channel().read(in) < 0)
        {
            departures.condemn(peer, CloseReason.PEER_CLOSED, "");
            return;
        }

        in.flip();
        peer.hasSpoken = true;
        final Entry entry = peer.entry;
        if (0 == entry.proxyRest)
        {
            final ProxyHeader header = ProxyHeader.parse(in);
            if (null == header)
            {
                in.compact();
                return;
            }
            entry.proxyRest = header.rest();
            if (!isAdmitted(peer, header))
            {
                return;
            }
        }
        final int skipped = Math.min(entry.proxyRest, in.remaining());
        in.position(in.position() + skipped);
        entry.proxyRest -= skipped;
        if (entry.proxyRest > 0)
        {
            in.clear();
            return;
        }
        entry.proxyHeader = null;
        // The proxy said this, not the peer.
        peer.hasSpoken = false;
        next.onAddressKnown(peer, in);
    }

    private boolean isAdmitted(final Peer peer, final ProxyHeader header)
    {
        if (null == header.source())
        {
            // A connection of the proxy itself, such as a health check, is let in because the proxy is trusted.
            return true;
        }
        final String judged = rules.refusalOf(header.source());
        peer.remoteAddress(header.source());
        final String refusal = null == judged ? rules.enter(peer) : judged;
        if (null != refusal)
        {
            departures.leave(peer, CloseReason.REFUSED, refusal);
            return false;
        }
        return true;
    }
}
