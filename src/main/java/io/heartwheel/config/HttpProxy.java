package io.heartwheel.config;

import io.heartwheel.websocket.TunnelOpening;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;

/**
 * A proxy of HTTP through which a client connects, by CONNECT (RFC 9110, section 9.3.6).
 *
 * @param address  of the proxy; looked up before each try if it is unresolved.
 * @param user     at the proxy, without a colon; null for none.
 * @param password of the user; null without a user.
 */
public record HttpProxy(InetSocketAddress address, String user, String password)
{
    private static final String SCHEME = "http://";

    /**
     * Check the user.
     *
     * @param address  of the proxy; looked up before each try if it is unresolved.
     * @param user     at the proxy, without a colon; null for none.
     * @param password of the user; null without a user.
     * @throws IllegalArgumentException if the user has a colon, or one of user and password is missing.
     */
    public HttpProxy
    {
        Objects.requireNonNull(address, "address");
        if (null == user != (null == password))
        {
            throw new IllegalArgumentException("a proxy has a user and a password, or neither");
        }
        if (null != user && user.indexOf(':') >= 0)
        {
            throw new IllegalArgumentException("the user of a proxy has no colon");
        }
    }

    /**
     * A proxy that asks for no credentials.
     *
     * @param address of the proxy.
     */
    public HttpProxy(final InetSocketAddress address)
    {
        this(address, null, null);
    }

    /**
     * The proxy set by {@link Knob#CLIENT_PROXY} and {@link Knob#CLIENT_PROXY_PASSWORD}.
     *
     * @return the proxy, or null if there is none.
     * @throws ConfigurationException if one of them is unreadable, or there is no user without a password for it.
     */
    public static HttpProxy configured()
    {
        return configured(Knob.CLIENT_PROXY.text());
    }

    /**
     * The proxy of this text, with the password set by {@link Knob#CLIENT_PROXY_PASSWORD}.
     *
     * @param text as of {@link #of}, or {@code off}.
     * @return the proxy, or null if there is none.
     * @throws ConfigurationException if one of them is unreadable, or there is no user without a password for it.
     */
    public static HttpProxy configured(final String text)
    {
        final HttpProxy proxy;
        try
        {
            proxy = "off".equals(text) ? null : of(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ConfigurationException(Knob.CLIENT_PROXY.propertyName() + "=" + shown(text) +
                ": expected off, or a proxy, " + ex.getMessage().replace(text, shown(text)));
        }
        final String password = Configuration.secret(Knob.CLIENT_PROXY_PASSWORD);
        if (null == password)
        {
            return proxy;
        }
        if (null == proxy || null == proxy.user || !proxy.password.isEmpty())
        {
            throw new ConfigurationException(Knob.CLIENT_PROXY_PASSWORD.assignment() + " is at odds with " +
                Knob.CLIENT_PROXY.propertyName() + "=" + shown(text) + ", which has no user without a password");
        }
        return new HttpProxy(proxy.address, proxy.user, password);
    }

    /**
     * Read a proxy from text.
     *
     * @param text HOST:PORT, or http://USER:PASSWORD@HOST:PORT, in which the password may be left out, or both.
     * @return the proxy, whose address is unresolved if it is a name.
     * @throws IllegalArgumentException if it is neither. No message has the password.
     */
    public static HttpProxy of(final String text)
    {
        final int schemeEnd = text.indexOf("://");
        if (schemeEnd >= 0 && !text.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        {
            throw new IllegalArgumentException("one that is spoken to by http://, not by " +
                text.substring(0, schemeEnd) + "://");
        }
        final String rest = (schemeEnd < 0 ? text : text.substring(SCHEME.length())).replaceFirst("/$", "");
        final int at = rest.lastIndexOf('@');
        final InetSocketAddress address =
            WebSocketTarget.withoutLookUp(Configuration.parseUnresolvedAddress(rest.substring(at + 1)));
        if (at < 0)
        {
            return new HttpProxy(address);
        }
        final String credentials = rest.substring(0, at);
        final int colon = credentials.indexOf(':');
        return new HttpProxy(address, decoded(colon < 0 ? credentials : credentials.substring(0, colon)),
            colon < 0 ? "" : decoded(credentials.substring(colon + 1)));
    }

    private static String decoded(final String text)
    {
        try
        {
            return text.isEmpty() ? text : URI.create(SCHEME + text + "@h").getUserInfo();
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalArgumentException("with user and password percent-encoded");
        }
    }

    /**
     * What the proxy is told of the user.
     *
     * @return value of a Proxy-Authorization; null for none.
     */
    public String authorization()
    {
        return null == user ? null : TunnelOpening.basic(user, password);
    }

    /** {@return the address and the user, for logs} */
    @Override
    public String toString()
    {
        return Configuration.addressText(address) + (null == user ? "" : " as " + user);
    }

    /**
     * Text of a proxy without what may be its password.
     */
    static String shown(final String text)
    {
        return text.replaceFirst("^(.*://)?.*@", "$1...@");
    }
}
