package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.admission.IpLiteral;
import io.heartwheel.config.Knob;
import io.heartwheel.wire.Foreign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Describes peers that speak another protocol, and names the setting that they may need.
 */
final class Strangers
{
    private Strangers()
    {
    }

    static String textOf(final Peer peer, final Foreign foreign, final ServerContext ctx)
    {
        return switch (foreign)
        {
            case PROXY_HEADER -> textOfProxyHeader(peer, ctx);
            case TLS_HANDSHAKE -> foreign.text() +
                (null == ctx.tls() ? ", but " + Knob.TLS_KEY_STORE.propertyName() + " is off" : " within TLS");
            case HTTP_REQUEST -> foreign.text() + (null == ctx.tls() ? "" : " without TLS");
            default -> foreign.text();
        };
    }

    /**
     * A proxy that is trusted has sent its PROXY header before, so this is a second one.
     */
    private static String textOfProxyHeader(final Peer peer, final ServerContext ctx)
    {
        try
        {
            final InetAddress sender = ((InetSocketAddress)peer.channel().getRemoteAddress()).getAddress();
            return ctx.proxies().contains(sender) ? "a second PROXY header" :
                "a PROXY header, but " + IpLiteral.canonical(sender.getHostAddress()) + " is not in " +
                Knob.PROXY.propertyName();
        }
        catch (final IOException ex)
        {
            return Foreign.PROXY_HEADER.text();
        }
    }
}
