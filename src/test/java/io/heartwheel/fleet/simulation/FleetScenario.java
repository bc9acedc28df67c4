package io.heartwheel.fleet.simulation;

import io.heartwheel.fleet.FleetPolicy;
import io.heartwheel.fleet.FleetSettings;
import io.heartwheel.fleet.simulation.FleetStep.Kind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What is simulated: all of it follows from the seed, but for steps that are left out.
 *
 * @param seed    that it follows from.
 * @param nodes   number of nodes.
 * @param clients number of clients.
 * @param startNs what the clock of the nodes says at first.
 * @param steps   that happen.
 */
record FleetScenario(long seed, int nodes, int clients, long startNs, List<FleetStep> steps)
{
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;
    static final int BUCKETS = 4;
    /** How long something happens. */
    static final long ACTIVE_NS = 60 * SECOND;

    /** Buckets are verified often, so that a run is short. */
    static final FleetSettings SETTINGS = new FleetSettings(FleetPolicy.NEWEST, 10 * SECOND, 250 * MS, 40 * SECOND,
        2 * SECOND, 1, 64, 1_000, 1 << 16);

    private static final int STEPS_MAX = 120;

    static FleetScenario of(final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final int nodes = 2 + random.nextInt(3);
        final int clients = 1 + random.nextInt(6);
        final long startNs =
            random.nextBoolean() ? Long.MAX_VALUE - random.nextLong(ACTIVE_NS) : random.nextLong(1L << 50);
        final List<Kind> kinds = new ArrayList<>();
        for (final Kind kind : kindsOf(random))
        {
            for (int i = 0; i < kind.weight; i++)
            {
                kinds.add(kind);
            }
        }
        final List<FleetStep> steps = new ArrayList<>();
        for (int i = 20 + random.nextInt(STEPS_MAX - 20); i > 0; i--)
        {
            final Kind kind = kinds.get(random.nextInt(kinds.size()));
            steps.add(new FleetStep(random.nextLong(ACTIVE_NS), kind, random.nextInt(nodes), random.nextInt(clients),
                durationOf(kind, random)));
        }
        steps.sort(Comparator.comparingLong(FleetStep::atNs));
        return new FleetScenario(seed, nodes, clients, startNs, steps);
    }

    /** Few kinds of faults at a time, so that each is seen by itself too. */
    private static Set<Kind> kindsOf(final SplittableRandom random)
    {
        final Set<Kind> kinds = EnumSet.range(Kind.HOP, Kind.LOCATE);
        final Kind[] all = Kind.values();
        for (int i = random.nextInt(6); i > 0; i--)
        {
            kinds.add(all[Kind.KILL.ordinal() + random.nextInt(all.length - Kind.KILL.ordinal())]);
        }
        return kinds;
    }

    private static long durationOf(final Kind kind, final SplittableRandom random)
    {
        switch (kind)
        {
            case CLOCK:
                return random.nextLong(-20 * SECOND, 20 * SECOND);

            case KILL, FAILOVER, FORGET:
                return random.nextLong(8 * SECOND);

            default:
                return random.nextBoolean() ? random.nextLong(2 * SECOND) : random.nextLong(25 * SECOND);
        }
    }

    FleetScenario with(final List<FleetStep> fewer)
    {
        return new FleetScenario(seed, nodes, clients, startNs, List.copyOf(fewer));
    }

    @Override
    public String toString()
    {
        return "seed " + seed + ": " + nodes + " nodes, " + clients + " clients, a clock that starts at " + startNs;
    }
}
