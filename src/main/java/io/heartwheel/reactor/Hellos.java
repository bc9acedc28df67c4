package io.heartwheel.reactor;

import io.heartwheel.ReactorContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Hello;

/**
 * Cadences as a HELLO tells them: in milliseconds.
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
     * The cadence nearest to what a peer asks for, within the bounds that it may ask for. A time of 0 asks for the
     * longest; who would not be judged at all is asked as those are who do not say anything.
     */
    static Cadence clamped(final Hello hello, final ReactorContext<?> ctx)
    {
        if (0 == hello.idleMs())
        {
            return new Cadence(ctx.maxIdleNs(), ctx.cadence().intervalNs(), ctx.cadence().count());
        }
        final int count = Math.min(hello.count(), ctx.maxCount());
        return new Cadence(
            clamp(hello.idleMs(), ctx.minIdleNs(), ctx.maxIdleNs()),
            0 == count ? 0 : clamp(hello.intervalMs(), ctx.minIntervalNs(), ctx.maxIntervalNs()),
            count);
    }

    /**
     * The cadence, with a shorter idle time if TCP keepalive would give the peer up before; or, if there is none, the
     * one in force, which it does not.
     */
    static Cadence notUndercut(final Cadence cadence, final Peer peer, final ReactorContext<?> ctx)
    {
        final Cadence tcpKeepAlive = peer.tcpKeepAlive();
        if (tcpKeepAlive.isOff() || tcpKeepAlive.detectionNs() >= cadence.detectionNs())
        {
            return cadence;
        }
        final long idleNs = cadence.idleNs() - (cadence.detectionNs() - tcpKeepAlive.detectionNs());
        return idleNs < ctx.minIdleNs() ?
            peer.cadence() : new Cadence(idleNs, cadence.intervalNs(), cadence.count());
    }

    /**
     * The cadence by which a peer says that it watches us.
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

    /** Rounded up: a peer told 0 would take it for off. */
    private static long toMs(final long durationNs)
    {
        return (durationNs + NS_PER_MS - 1) / NS_PER_MS;
    }

    private static long clamp(final long ms, final long minNs, final long maxNs)
    {
        return 0 == ms ? maxNs : Math.max(minNs, Math.min(maxNs, ms * NS_PER_MS));
    }
}
