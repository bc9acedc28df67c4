package io.heartwheel.reactor;

import io.heartwheel.ServerContext;
import io.heartwheel.admission.IpLiteral;
import io.heartwheel.config.Knob;
import io.heartwheel.wire.Foreign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What is told of peers that speak another protocol than ours, and what could be set for them.
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
     * From a proxy that is believed one was taken already.
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
