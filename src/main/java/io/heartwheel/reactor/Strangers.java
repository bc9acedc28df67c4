package io.heartwheel.reactor;

import io.heartwheel.admission.CidrList;
import io.heartwheel.admission.IpLiteral;
import io.heartwheel.config.Knob;
import io.heartwheel.wire.Foreign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Describes peers that speak another protocol, and names the setting that they may need.
 *
 * @param isTls   true if the server speaks TLS.
 * @param proxies that are trusted to send a PROXY header.
 */
record Strangers(boolean isTls, CidrList proxies)
{
    String textOf(final Peer peer, final Foreign foreign)
    {
        return switch (foreign)
        {
            case PROXY_HEADER -> textOfProxyHeader(peer);
            case TLS_HANDSHAKE -> foreign.text() +
                (isTls ? " within TLS" : ", but " + Knob.TLS_KEY_STORE.propertyName() + " is off");
            case HTTP_REQUEST -> foreign.text() + (isTls ? " without TLS" : "");
            default -> foreign.text();
        };
    }

    /**
     * A proxy that is trusted has sent its PROXY header before, so this is a second one.
     */
    private String textOfProxyHeader(final Peer peer)
    {
        try
        {
            final InetAddress sender = ((InetSocketAddress)peer.channel().getRemoteAddress()).getAddress();
            return proxies.contains(sender) ? "a second PROXY header" :
                "a PROXY header, but " + IpLiteral.canonical(sender.getHostAddress()) + " is not in " +
                Knob.PROXY.propertyName();
        }
        catch (final IOException ex)
        {
            return Foreign.PROXY_HEADER.text();
        }
    }
}
