package io.heartwheel.simulation;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Hello;

import java.util.SplittableRandom;

/**
 * What a peer asks for by a HELLO, and what it gets from a server that leaves the bounds as they are by default.
 *
 * @param hello   that it sends.
 * @param inForce by which it is watched from then on.
 */
record Asked(Hello hello, Cadence inForce)
{
    private static final long MS = Scenario.MS;
    private static final long MIN_IDLE_NS = 1_000 * MS;
    private static final long MAX_IDLE_NS = 600_000 * MS;
    private static final long MIN_INTERVAL_NS = 500 * MS;
    private static final long MAX_INTERVAL_NS = 60_000 * MS;
    private static final int MAX_COUNT = 10;

    static final Cadence[] CADENCES = {
        new Cadence(1_000 * MS, 500 * MS, 2), Cadence.passive(2_000 * MS), Cadence.STANDARD};

    static Asked of(final Cadence cadence, final Cadence ofServer)
    {
        final Hello hello = new Hello(cadence.count(), cadence.idleNs() / MS, cadence.intervalNs() / MS);
        return new Asked(hello, inForce(hello, ofServer));
    }

    static Asked any(final SplittableRandom random, final Cadence ofServer)
    {
        final Cadence modest = new Cadence(
            ofServer.idleNs() + 1_000 * MS * random.nextInt(3), 500 * MS, 1 + random.nextInt(4));
        final Hello hello = switch (random.nextInt(12))
        {
            case 0 -> new Hello(0, 0, 0);
            case 1 -> new Hello(0xFFFF, Hello.MAX_MS, Hello.MAX_MS);
            case 2 -> new Hello(1, 1, 1);
            case 3 -> new Hello(3, 2_000, 0);
            case 4 -> new Hello(0, 5_000, Hello.MAX_MS);
            case 5 -> new Hello(2, 0, 700);
            default -> new Hello(modest.count(), modest.idleNs() / MS, modest.intervalNs() / MS);
        };
        return new Asked(hello, inForce(hello, ofServer));
    }

    /**
     * A peer that asks for an idle time of 0 wants to be left alone, and is, for as long as is allowed. An interval of
     * 0 gets the longest.
     */
    private static Cadence inForce(final Hello hello, final Cadence ofServer)
    {
        final long idleNs = 0 == hello.idleMs() ? MAX_IDLE_NS :
            Math.max(MIN_IDLE_NS, Math.min(MAX_IDLE_NS, hello.idleMs() * MS));
        final int count = 0 == hello.idleMs() ? ofServer.count() : Math.min(MAX_COUNT, hello.count());
        final long intervalNs = 0 == count ? 0 :
            0 == hello.idleMs() ? ofServer.intervalNs() :
            0 == hello.intervalMs() ? MAX_INTERVAL_NS :
            Math.max(MIN_INTERVAL_NS, Math.min(MAX_INTERVAL_NS, hello.intervalMs() * MS));
        return new Cadence(idleNs, intervalNs, count);
    }
}
