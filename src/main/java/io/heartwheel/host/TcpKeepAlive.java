package io.heartwheel.host;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.KeepAliveRules;
import io.heartwheel.liveness.Cadence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Sets and reads TCP keepalive, the kernel's own method of detection. Its three numbers are a {@link Cadence} in whole
 * seconds. The options are looked up by name, because a runtime without the module jdk.net, or the platform, may lack
 * them.
 */
public final class TcpKeepAlive
{
    private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);

    private static final String IDLE = "TCP_KEEPIDLE";
    private static final String INTERVAL = "TCP_KEEPINTERVAL";
    private static final String COUNT = "TCP_KEEPCOUNT";

    private TcpKeepAlive()
    {
    }

    /**
     * Set the numbers of a connection, or of a listening socket. On Linux, accepted connections inherit them.
     *
     * @param channel to set them on.
     * @param cadence in whole seconds.
     * @throws ConfigurationException if the platform lacks one of the options.
     * @throws IOException            if the kernel refuses one.
     */
    public static void setNumbers(final NetworkChannel channel, final Cadence cadence) throws IOException
    {
        channel.setOption(option(channel, IDLE), (int)(cadence.idleNs() / NS_PER_S));
        channel.setOption(option(channel, INTERVAL), (int)(cadence.intervalNs() / NS_PER_S));
        channel.setOption(option(channel, COUNT), cadence.count());
    }

    /**
     * Switch keepalive of a connection on with these numbers, or off.
     *
     * @param channel of the connection.
     * @param cadence in whole seconds, or off.
     * @throws IOException if the kernel refuses an option.
     */
    public static void set(final SocketChannel channel, final Cadence cadence) throws IOException
    {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, !cadence.isOff());
        if (!cadence.isOff())
        {
            setNumbers(channel, cadence);
        }
    }

    /**
     * Switch keepalive on for an accepted connection, and set the numbers if it has not inherited them.
     *
     * @param channel     of the connection.
     * @param cadence     in whole seconds.
     * @param isInherited whether the numbers came with the listening socket.
     * @throws IOException if the kernel refuses an option.
     */
    public static void setAccepted(final SocketChannel channel, final Cadence cadence, final boolean isInherited)
        throws IOException
    {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (!isInherited)
        {
            setNumbers(channel, cadence);
        }
    }

    /**
     * Read from the kernel the numbers in force, or off.
     */
    static Cadence read(final SocketChannel channel) throws IOException
    {
        return channel.getOption(StandardSocketOptions.SO_KEEPALIVE) ? readNumbers(channel) : Cadence.OFF;
    }

    /**
     * Read the numbers from the kernel, whether or not keepalive is on.
     *
     * @param channel of a connection or a listening socket.
     * @return the numbers.
     * @throws ConfigurationException if the platform lacks one of the options.
     * @throws IOException            if the socket is closed.
     */
    public static Cadence readNumbers(final NetworkChannel channel) throws IOException
    {
        return new Cadence(
            channel.getOption(option(channel, IDLE)) * NS_PER_S,
            channel.getOption(option(channel, INTERVAL)) * NS_PER_S,
            channel.getOption(option(channel, COUNT)));
    }

    /**
     * Read the numbers in force for a connection.
     *
     * @param channel of the connection.
     * @return the numbers; off if keepalive is off, or if the connection has ended meanwhile.
     */
    public static Cadence ofConnection(final SocketChannel channel)
    {
        try
        {
            return read(channel);
        }
        catch (final IOException ex)
        {
            return Cadence.OFF;
        }
    }

    /**
     * Switch keepalive of a connection on or off, as {@link #set} does.
     *
     * @param channel of the connection.
     * @param cadence in whole seconds, or off.
     * @throws UncheckedIOException if the kernel refuses an option.
     */
    public static void ofConnection(final SocketChannel channel, final Cadence cadence)
    {
        try
        {
            set(channel, cadence);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @SuppressWarnings("unchecked")
    private static SocketOption<Integer> option(final NetworkChannel channel, final String name)
    {
        for (final SocketOption<?> option : channel.supportedOptions())
        {
            if (option.name().equals(name) && Integer.class == option.type())
            {
                return (SocketOption<Integer>)option;
            }
        }
        throw KeepAliveRules.wrong("this platform has no " + name);
    }
}
