package io.heartwheel.config;

import io.heartwheel.admission.IpLiteral;
import io.heartwheel.websocket.TunnelOpening;

import java.net.IDN;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;

/**
 * What a URI of WebSocket leads to (RFC 6455, section 3).
 *
 * @param address       of the server, unresolved if it is a name; the port of the scheme if the URI has none.
 * @param isSecure      is it {@code wss}, by TLS?
 * @param host          as a request tells it: with the port if the URI has one.
 * @param resource      path and query, percent-encoded.
 * @param authorization made of a user in the URI; null without.
 * @param text          of the URI for logs: without user and query, which may hold secrets.
 */
public record WebSocketTarget(
    InetSocketAddress address, boolean isSecure, String host, String resource, String authorization, String text)
{
    private static final int PORT = 80;
    private static final int SECURE_PORT = 443;

    /**
     * Read a URI.
     *
     * @param uri such as {@code wss://gateway.example.org/devices?id=7}.
     * @return what it leads to.
     * @throws IllegalArgumentException if it is none of WebSocket; the message says why, without its user and query.
     */
    public static WebSocketTarget of(final URI uri)
    {
        final String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        final String authority = uri.getRawAuthority();
        if (!"ws".equals(scheme) && !"wss".equals(scheme) || null == authority)
        {
            throw new IllegalArgumentException(
                "a URI such as ws://HOST:PORT/PATH or wss://HOST/PATH, not '" + scheme + ":...'");
        }
        if (null != uri.getRawFragment())
        {
            throw new IllegalArgumentException(
                "a URI of WebSocket without a fragment, not '#" + uri.getFragment() + "'");
        }
        final boolean isSecure = "wss".equals(scheme);
        final String host = ascii(authority.substring(authority.lastIndexOf('@') + 1).replaceFirst(":$", ""));
        final boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
        final InetSocketAddress address = withoutLookUp(Configuration.parseUnresolvedAddress(
            hasPort ? host : host + ":" + (isSecure ? SECURE_PORT : PORT)));
        final String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new WebSocketTarget(address, isSecure, host,
            encoded(path + (null == uri.getRawQuery() ? "" : "?" + uri.getRawQuery())), authorization(uri),
            scheme + "://" + host + path);
    }

    /** An address that is no name has not to be looked up. */
    static InetSocketAddress withoutLookUp(final InetSocketAddress address)
    {
        final String host = address.getHostString();
        return IpLiteral.isIpv4(host) || IpLiteral.isIpv6(host) ?
            new InetSocketAddress(host, address.getPort()) : address;
    }

    /** Of a host that has letters of other scripts. */
    private static String ascii(final String host)
    {
        return host.chars().allMatch((each) -> each < 0x80) ? host : IDN.toASCII(host);
    }

    /** A URI may have letters of other scripts, which a request may not. */
    private static String encoded(final String resource)
    {
        return URI.create(resource).toASCIIString();
    }

    private static String authorization(final URI uri)
    {
        final String authority = uri.getRawAuthority();
        final int at = authority.lastIndexOf('@');
        if (at < 0)
        {
            return null;
        }
        final HttpProxy user = HttpProxy.of("http://" + authority.substring(0, at) + "@h:1");
        return TunnelOpening.basic(user.user(), user.password());
    }
}
