package io.heartwheel.simulation;

import jdk.net.ExtendedSocketOptions;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Options of an open socket, kept as they were set.
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

    private static final Map<SocketOption<?>, Object> DEFAULTS = Map.of(
        StandardSocketOptions.SO_REUSEADDR, false,
        StandardSocketOptions.SO_RCVBUF, 64 << 10,
        StandardSocketOptions.SO_SNDBUF, 64 << 10,
        StandardSocketOptions.SO_KEEPALIVE, false,
        StandardSocketOptions.SO_LINGER, -1,
        StandardSocketOptions.TCP_NODELAY, false,
        ExtendedSocketOptions.TCP_KEEPIDLE, 7200,
        ExtendedSocketOptions.TCP_KEEPINTERVAL, 75,
        ExtendedSocketOptions.TCP_KEEPCOUNT, 9);

    private final Channel channel;
    private final Set<SocketOption<?>> supported;
    /**
     * What differs from the defaults: immutable, for many sockets share one.
     */
    private Map<SocketOption<?>, Object> values = Map.of();

    SocketOptions(final Channel channel, final Set<SocketOption<?>> supported)
    {
        this.channel = channel;
        this.supported = supported;
    }

    Set<SocketOption<?>> supported()
    {
        return supported;
    }

    <T> void set(final SocketOption<T> option, final T value) throws IOException
    {
        requireAccessible(option);
        final Map<SocketOption<?>, Object> changed = new HashMap<>(values);
        changed.put(option, value);
        values = Map.copyOf(changed);
    }

    <T> T value(final SocketOption<T> option) throws IOException
    {
        requireAccessible(option);
        return option.type().cast(values.getOrDefault(option, DEFAULTS.get(option)));
    }

    /**
     * Was the socket told to reset its connection when it is closed? Known after that, too.
     */
    boolean isAbortive()
    {
        return Integer.valueOf(0).equals(values.get(StandardSocketOptions.SO_LINGER));
    }

    void inherit(final SocketOptions listener)
    {
        values = listener.values;
    }

    static void requireOpen(final Channel channel) throws ClosedChannelException
    {
        if (!channel.isOpen())
        {
            throw new ClosedChannelException();
        }
    }

    private void requireAccessible(final SocketOption<?> option) throws ClosedChannelException
    {
        requireOpen(channel);
        if (!supported.contains(option))
        {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }
}
