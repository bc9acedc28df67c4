package io.heartwheel.config;

import io.heartwheel.liveness.Cadence;

import java.util.concurrent.TimeUnit;

/**
 * Checks the numbers of TCP keepalive: whether a kernel accepts them, and whether they agree with the heartbeats.
 */
public final class KeepAliveRules
{
    private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);

    /** MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL and MAX_TCP_KEEPCNT of Linux, include/net/tcp.h. */
    private static final long MAX_S = 32_767;
    static final int MAX_COUNT = 127;

    private KeepAliveRules()
    {
    }

    /**
     * Check that a kernel accepts the numbers.
     *
     * @param cadence whole seconds from 1 to 32,767 and a count from 1 to 127, or off.
     * @return the cadence.
     * @throws ConfigurationException if a number is out of its range.
     */
    public static Cadence validate(final Cadence cadence)
    {
        if (!cadence.isOff())
        {
            requireSeconds("idle", cadence.idleNs());
            requireSeconds("interval", cadence.intervalNs());
            if (cadence.count() < 1 || cadence.count() > MAX_COUNT)
            {
                throw wrong("count " + cadence.count() + ": expected 1 to " + MAX_COUNT);
            }
        }
        return cadence;
    }

    /**
     * Check that the kernel does not give a peer up that the heartbeats still wait for. If either is off, all is well.
     *
     * @param tcpKeepAlive of a connection, or off.
     * @param cadence      of its heartbeats, or off.
     * @throws ConfigurationException if the kernel's detection time is the shorter one.
     */
    public static void requireNotUndercut(final Cadence tcpKeepAlive, final Cadence cadence)
    {
        if (!tcpKeepAlive.isOff() && tcpKeepAlive.detectionNs() < cadence.detectionNs())
        {
            throw new ConfigurationException(
                Knob.TCP_KEEPALIVE.propertyName() + " gives a peer up after " +
                Durations.exact(tcpKeepAlive.detectionNs()) + ", which undercuts the heartbeats' " +
                Durations.exact(cadence.detectionNs()) + " (" + Knob.CADENCE.propertyName() + ", " +
                Knob.IDLE.propertyName() + ", " + Knob.INTERVAL.propertyName() + ", " +
                Knob.COUNT.propertyName() + ")");
        }
    }

    private static void requireSeconds(final String name, final long durationNs)
    {
        if (durationNs < NS_PER_S || durationNs > MAX_S * NS_PER_S || 0 != durationNs % NS_PER_S)
        {
            throw wrong(name + " " + Durations.exact(durationNs) + ": expected whole seconds from 1s to " +
                MAX_S + "s");
        }
    }

    /**
     * Make an exception that names the setting.
     *
     * @param what is wrong with it.
     * @return the exception.
     */
    public static ConfigurationException wrong(final String what)
    {
        return new ConfigurationException(Knob.TCP_KEEPALIVE.propertyName() + ": " + what);
    }
}
