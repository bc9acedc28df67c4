package io.heartwheel.host;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Knob;
import io.heartwheel.liveness.Cadence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's own method: its three numbers are a {@link Cadence} in whole seconds. The options are looked up by name,
 * because their module (jdk.net) and the platform may lack them, and what the kernel made of them is read back.
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
     * Set the numbers on a listening socket, whose children inherit them on Linux, or on a connection.
     *
     * @throws ConfigurationException if the platform lacks one of the options.
     */
    public static void setNumbers(final NetworkChannel channel, final Cadence cadence) throws IOException
    {
        channel.setOption(option(channel, IDLE), (int)(cadence.idleNs() / NS_PER_S));
        channel.setOption(option(channel, INTERVAL), (int)(cadence.intervalNs() / NS_PER_S));
        channel.setOption(option(channel, COUNT), cadence.count());
    }

    /**
     * Have the kernel watch a connection, or not.
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
     * Switch it on for an accepted connection, and set the numbers if it has not inherited them.
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
     * What is in force, as the kernel says.
     */
    static Cadence read(final SocketChannel channel) throws IOException
    {
        return channel.getOption(StandardSocketOptions.SO_KEEPALIVE) ? readNumbers(channel) : Cadence.OFF;
    }

    public static Cadence readNumbers(final NetworkChannel channel) throws IOException
    {
        return new Cadence(
            channel.getOption(option(channel, IDLE)) * NS_PER_S,
            channel.getOption(option(channel, INTERVAL)) * NS_PER_S,
            channel.getOption(option(channel, COUNT)));
    }

    /**
     * What is in force for a connection; off if it has ended meanwhile.
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
        throw wrong("this platform has no " + name);
    }

    private static ConfigurationException wrong(final String what)
    {
        return new ConfigurationException(Knob.TCP_KEEPALIVE.propertyName() + ": " + what);
    }
}
