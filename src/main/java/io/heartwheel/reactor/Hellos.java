package io.heartwheel.reactor;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Hello;

/**
 * Translates between cadences and HELLO frames, which tell times in milliseconds.
 */
final class Hellos
{
    private static final long NS_PER_MS = 1_000_000;

    private Hellos()
    {
    }

    static Hello of(final Cadence cadence)
    {
        return new Hello(cadence.count(), toMs(cadence.idleNs()), toMs(cadence.intervalNs()));
    }

    /**
     * The cadence nearest to what a peer asks for, within the bounds of the settings. A time of 0 asks for the longest
     * one. A peer that asks not to be judged at all gets the longest idle time, with the interval and count of the
     * setting.
     */
    static Cadence clamped(final Hello hello, final CadenceBounds bounds)
    {
        if (0 == hello.idleMs())
        {
            return new Cadence(bounds.maxIdleNs(), bounds.cadence().intervalNs(), bounds.cadence().count());
        }
        final int count = Math.min(hello.count(), bounds.maxCount());
        return new Cadence(
            clamp(hello.idleMs(), bounds.minIdleNs(), bounds.maxIdleNs()),
            0 == count ? 0 : clamp(hello.intervalMs(), bounds.minIntervalNs(), bounds.maxIntervalNs()),
            count);
    }

    /**
     * The cadence, or one with a shorter idle time if TCP keepalive would give the peer up before. If no idle time that
     * is allowed is short enough, the cadence in force, before which TCP keepalive does not give up.
     */
    static Cadence notUndercut(final Cadence cadence, final Peer peer, final CadenceBounds bounds)
    {
        final Cadence tcpKeepAlive = peer.tcpKeepAlive();
        if (tcpKeepAlive.isOff() || tcpKeepAlive.detectionNs() >= cadence.detectionNs())
        {
            return cadence;
        }
        final long idleNs = cadence.idleNs() - (cadence.detectionNs() - tcpKeepAlive.detectionNs());
        return idleNs < bounds.minIdleNs() ?
            peer.cadence() : new Cadence(idleNs, cadence.intervalNs(), cadence.count());
    }

    /**
     * The cadence by which a peer says that it watches this end.
     */
    static Cadence told(final Hello hello)
    {
        if (0 == hello.idleMs())
        {
            return Cadence.OFF;
        }
        final int count = Math.min(hello.count(), Cadence.MAX_COUNT);
        return new Cadence(
            clamp(hello.idleMs(), Cadence.MIN_NS, Cadence.MAX_NS),
            0 == count ? 0 : clamp(hello.intervalMs(), Cadence.MIN_NS, Cadence.MAX_NS),
            count);
    }

    /** Rounded up, as a peer takes 0 for off. */
    private static long toMs(final long durationNs)
    {
        return (durationNs + NS_PER_MS - 1) / NS_PER_MS;
    }

    private static long clamp(final long ms, final long minNs, final long maxNs)
    {
        return 0 == ms ? maxNs : Math.max(minNs, Math.min(maxNs, ms * NS_PER_MS));
    }
}
