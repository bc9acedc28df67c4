package io.heartwheel;

import io.heartwheel.admission.IpLiteral;
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

    static String textOf(final Connection connection, final Foreign foreign, final HeartbeatServer.Context ctx)
    {
        return switch (foreign)
        {
            case PROXY_HEADER -> textOfProxyHeader(connection, ctx);
            case TLS_HANDSHAKE -> foreign.text() +
                (null == ctx.tls() ? ", but " + Knob.TLS_KEY_STORE.propertyName() + " is off" : " within TLS");
            case HTTP_REQUEST -> foreign.text() + (null == ctx.tls() ? "" : " without TLS");
            default -> foreign.text();
        };
    }

    /**
     * From a proxy that is believed one was taken already.
     */
    private static String textOfProxyHeader(final Connection connection, final HeartbeatServer.Context ctx)
    {
        try
        {
            final InetAddress sender = ((InetSocketAddress)connection.channel().getRemoteAddress()).getAddress();
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
