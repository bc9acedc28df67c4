package io.heartwheel.simulation;

import jdk.net.ExtendedSocketOptions;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Options of a socket, kept as they were set.
 */
final class SocketOptions
{
    static final Set<SocketOption<?>> OF_LISTENERS = Set.of(
        StandardSocketOptions.SO_REUSEADDR,
        StandardSocketOptions.SO_RCVBUF,
        ExtendedSocketOptions.TCP_KEEPIDLE,
        ExtendedSocketOptions.TCP_KEEPINTERVAL,
        ExtendedSocketOptions.TCP_KEEPCOUNT);

    static final Set<SocketOption<?>> OF_SOCKETS = Set.of(
        StandardSocketOptions.SO_REUSEADDR,
        StandardSocketOptions.SO_RCVBUF,
        StandardSocketOptions.SO_SNDBUF,
        StandardSocketOptions.SO_KEEPALIVE,
        StandardSocketOptions.SO_LINGER,
        StandardSocketOptions.TCP_NODELAY,
        ExtendedSocketOptions.TCP_KEEPIDLE,
        ExtendedSocketOptions.TCP_KEEPINTERVAL,
        ExtendedSocketOptions.TCP_KEEPCOUNT);

    private final Map<SocketOption<?>, Object> values = new HashMap<>(Map.of(
        StandardSocketOptions.SO_REUSEADDR, false,
        StandardSocketOptions.SO_RCVBUF, 64 << 10,
        StandardSocketOptions.SO_SNDBUF, 64 << 10,
        StandardSocketOptions.SO_KEEPALIVE, false,
        StandardSocketOptions.SO_LINGER, -1,
        StandardSocketOptions.TCP_NODELAY, false,
        ExtendedSocketOptions.TCP_KEEPIDLE, 7200,
        ExtendedSocketOptions.TCP_KEEPINTERVAL, 75,
        ExtendedSocketOptions.TCP_KEEPCOUNT, 9));
    private final Set<SocketOption<?>> supported;

    SocketOptions(final Set<SocketOption<?>> supported)
    {
        this.supported = supported;
    }

    Set<SocketOption<?>> supported()
    {
        return supported;
    }

    <T> void set(final SocketOption<T> option, final T value)
    {
        requireSupported(option);
        values.put(option, value);
    }

    <T> T value(final SocketOption<T> option)
    {
        requireSupported(option);
        return option.type().cast(values.get(option));
    }

    void inherit(final SocketOptions listener)
    {
        for (final SocketOption<?> option : listener.supported)
        {
            values.put(option, listener.values.get(option));
        }
    }

    private void requireSupported(final SocketOption<?> option)
    {
        if (!supported.contains(option))
        {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }
}
