package io.heartwheel.simulation;

import io.heartwheel.liveness.Cadence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A world, and all that happens in it: made of a seed, and then a plain list, so that some of it can be left out to
 * find out which part of it makes a run fail.
 *
 * @param seed       of it all.
 * @param isPair     a real client with links, or peers that are simulated too.
 * @param startNs    what the clock says at the start: it overflows on the way.
 * @param cadence    by which the server watches its peers.
 * @param tickNs     resolution of deadlines.
 * @param maxCostNs  what a piece of the reactor's work takes at most.
 * @param maxPeers   connections the server lets in.
 * @param durationNs until when things happen.
 * @param steps      what happens, in the order of time.
 */
record Scenario(
    long seed,
    boolean isPair,
    long startNs,
    Cadence cadence,
    long tickNs,
    long maxCostNs,
    int maxPeers,
    long durationNs,
    List<Step> steps)
{
    static final long MS = 1_000_000L;
    static final long STALL_NS = 100 * MS;
    static final int LINKS_MAX = 6;

    private static final int PAIR_EACH = 4;
    private static final int PAIRS_BY_WEBSOCKET_EACH = 7;
    private static final int ACTING_EACH = 4;
    private static final int ACTING_PAIR_EACH = 2;
    private static final int CROWD_EACH = 120;
    private static final int MORE_ON_THE_BRINK = 4;
    private static final int HICCUPS_EACH = 6;
    private static final int HICCUPS = 60;
    private static final int BURSTS = 4;
    private static final Cadence[] CADENCES = {
        Cadence.STANDARD, Cadence.STRICT, Cadence.STRICT, Cadence.passive(4_000 * MS),
        new Cadence(1_000 * MS, 750 * MS, 2), new Cadence(1_000 * MS, 4_000 * MS, 2),
        new Cadence(2_000 * MS, 500 * MS, 5)};
    private static final long[] TICKS_NS = {1 << 17, 1 << 20, 1 << 20, 1 << 24};
    private static final long[] MAX_COSTS_NS = {0, 40_000, 3_000_000, 20_000_000};
    private static final Cadence CROWD_CADENCE = new Cadence(3_000 * MS, 500 * MS, 2);
    private static final PeerKind[] CROWD = {
        PeerKind.PUNCTUAL, PeerKind.PUNCTUAL, PeerKind.PUNCTUAL, PeerKind.SILENT, PeerKind.CLOSING, PeerKind.CUT};

    /**
     * How long servers let heartbeats gather: in every other world not at all, as is the default.
     */
    long coalesceNs()
    {
        return 0 == (seed & 1) ? 0 : MS;
    }

    /**
     * Has a peer to say something before it is let in? In one world of four.
     */
    boolean isFirstRequired()
    {
        return 0 == (seed & 6);
    }

    /**
     * Does the application's error handler throw what it is told of? In every third world.
     */
    boolean isHandlerThrowing()
    {
        return 0 == Math.floorMod(seed, 3);
    }

    /**
     * What the server asks of a peer before it lets it in. Of a crowd it asks nothing.
     */
    Doors doors()
    {
        return isPair || CROWD_CADENCE == cadence ? Doors.NONE : Doors.of(seed);
    }

    /**
     * Do the real client and the real server speak WebSocket? In every seventh world of these.
     */
    boolean isPairByWebSocket()
    {
        return isPair && 4 == Math.floorMod(seed, PAIRS_BY_WEBSOCKET_EACH);
    }

    /**
     * What is spoken. In a few worlds that is not our own protocol, or not that alone.
     */
    List<Tongue> tongues()
    {
        final boolean isPlain = !isPair && CROWD_CADENCE != cadence && !doors().isCredential() && !doors().isHoard();
        return isPlain ? Tongue.of(seed) : List.of(Tongue.OWN);
    }

    static Scenario of(final long seed)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final boolean isPair = 0 == random.nextInt(PAIR_EACH);
        final boolean isCrowd = !isPair && 0 == random.nextInt(CROWD_EACH);
        final Cadence cadence = isCrowd ? CROWD_CADENCE : CADENCES[random.nextInt(CADENCES.length)];
        final long durationNs = 10_000 * MS + 2 * cadence.detectionNs();
        final List<Step> steps = new ArrayList<>();
        final long startNs = Long.MAX_VALUE - random.nextLong(durationNs);
        final long tickNs = TICKS_NS[random.nextInt(TICKS_NS.length)];
        final long maxCostNs = MAX_COSTS_NS[isCrowd ? 1 : random.nextInt(MAX_COSTS_NS.length)];
        final int maxPeers = 0 == random.nextInt(10) ? 6 : 100_000;

        final int peers;
        if (isPair)
        {
            peers = random.nextInt(1, LINKS_MAX + 1);
            happenToPair(random, peers, durationNs, steps);
        }
        else
        {
            peers = isCrowd ? crowd(random, durationNs, steps) : join(
                random, cadence, Doors.of(seed), durationNs, steps);
            happenToServer(random, peers, durationNs, steps);
        }
        stall(random, cadence, durationNs, steps);
        act(random, isPair, peers, durationNs, steps);
        steps.sort(Comparator.comparingLong(Step::atNs));
        return new Scenario(
            seed, isPair, startNs, cadence, tickNs, maxCostNs, maxPeers, durationNs, List.copyOf(steps));
    }

    Scenario with(final List<Step> fewerSteps)
    {
        return new Scenario(
            seed, isPair, startNs, cadence, tickNs, maxCostNs, maxPeers, durationNs, List.copyOf(fewerSteps));
    }

    /**
     * A generator for one peer, the same whatever else is left out.
     */
    SplittableRandom randomOf(final int peer)
    {
        return new SplittableRandom(seed * 31 + peer);
    }

    private static int join(
        final SplittableRandom random,
        final Cadence cadence,
        final Doors doors,
        final long durationNs,
        final List<Step> steps)
    {
        final int peers = random.nextInt(1, 25);
        final boolean isStorm = 0 == random.nextInt(8);
        final long lastNs = isStorm ? 20 * MS : durationNs - cadence.detectionNs();
        for (int peer = 0; peer < peers; peer++)
        {
            steps.add(new Step(random.nextLong(lastNs), Step.Kind.JOIN, peer,
                random.nextLong(cadence.detectionNs() + 5_000 * MS), kind(random, doors)));
        }
        return peers;
    }

    private static PeerKind kind(final SplittableRandom random, final Doors doors)
    {
        final PeerKind[] kinds = PeerKind.EVERYWHERE;
        final int index = random.nextInt(kinds.length + MORE_ON_THE_BRINK);
        if (Doors.NONE != doors && 0 == random.nextInt(doors.strangersEach()))
        {
            final List<PeerKind> strangers = doors.strangers();
            return strangers.get(random.nextInt(strangers.size()));
        }
        return index < kinds.length ? kinds[index] : PeerKind.ON_THE_BRINK;
    }

    /**
     * More than one select can tell of, all at once.
     */
    private static int crowd(final SplittableRandom random, final long durationNs, final List<Step> steps)
    {
        final int peers = random.nextInt(1_100, 2_500);
        for (int peer = 0; peer < peers; peer++)
        {
            steps.add(new Step(random.nextLong(500 * MS), Step.Kind.JOIN, peer,
                random.nextLong(durationNs / 2), CROWD[random.nextInt(CROWD.length)]));
        }
        for (int i = 0; i < BURSTS; i++)
        {
            final long atNs = 700 * MS + random.nextLong(3_000 * MS);
            steps.add(new Step(atNs, Step.Kind.BURST, 0, 0, null));
            steps.add(new Step(atNs, Step.Kind.STALL, 0, STALL_NS - 5 * MS, null));
        }
        return peers;
    }

    private static void happenToServer(
        final SplittableRandom random, final int peers, final long durationNs, final List<Step> steps)
    {
        add(Step.Kind.SEND, random.nextInt(40), random, peers, 0, durationNs, steps);
        add(Step.Kind.CLOSE, random.nextInt(3), random, peers, 0, durationNs, steps);
        add(Step.Kind.SEND_IN_CALLBACK, random.nextInt(4), random, peers, 0, durationNs, steps);
        add(Step.Kind.CLOSE_IN_CALLBACK, random.nextInt(3), random, peers, 0, durationNs, steps);
        add(Step.Kind.THROW_IN_CALLBACK, random.nextInt(3), random, peers, 0, durationNs, steps);
        add(Step.Kind.BLACKOUT, random.nextInt(3), random, peers, 6_000 * MS, durationNs, steps);
        add(Step.Kind.STARVE, random.nextInt(4) / 3, random, peers, 3_000 * MS, durationNs, steps);
    }

    private static void happenToPair(
        final SplittableRandom random, final int links, final long durationNs, final List<Step> steps)
    {
        add(Step.Kind.SEND, random.nextInt(40), random, links, 0, durationNs, steps);
        add(Step.Kind.CLOSE, random.nextInt(8) / 7, random, links, 0, durationNs, steps);
        add(Step.Kind.BLACKOUT, random.nextInt(4), random, links, 20_000 * MS, durationNs, steps);
        add(Step.Kind.STALL_CLIENT, random.nextInt(3), random, links, 6_000 * MS, durationNs, steps);
        add(Step.Kind.BLACK_HOLE, random.nextInt(3) / 2, random, links, 8_000 * MS, durationNs, steps);
        add(Step.Kind.RESTART, random.nextInt(3) / 2, random, links, 4_000 * MS, durationNs, steps);
        add(Step.Kind.STARVE, random.nextInt(8) / 7, random, links, 3_000 * MS, durationNs, steps);
    }

    private static void stall(
        final SplittableRandom random, final Cadence cadence, final long durationNs, final List<Step> steps)
    {
        if (random.nextInt(3) > 0)
        {
            final long longestNs = random.nextBoolean() ? 2 * STALL_NS : cadence.detectionNs() * 2;
            final int stalls = random.nextInt(1, 5);
            add(Step.Kind.STALL, stalls, random, 1, longestNs, durationNs, steps);
            add(Step.Kind.STALL_IN_CALLBACK, random.nextInt(3), random, 1, longestNs, durationNs, steps);
            add(Step.Kind.FREEZE, random.nextInt(3), random, 1, longestNs, durationNs, steps);
        }
        if (0 == random.nextInt(HICCUPS_EACH))
        {
            add(Step.Kind.STALL, HICCUPS, random, 1, STALL_NS - 5 * MS, durationNs, steps);
            add(Step.Kind.STALL_IN_CALLBACK, HICCUPS, random, 1, STALL_NS - 5 * MS, durationNs, steps);
        }
    }

    /**
     * Listeners that do more than to listen.
     */
    private static void act(
        final SplittableRandom random,
        final boolean isPair,
        final int peers,
        final long durationNs,
        final List<Step> steps)
    {
        if (random.nextInt(isPair ? ACTING_PAIR_EACH : ACTING_EACH) > 0)
        {
            return;
        }
        add(Step.Kind.ERROR_IN_CALLBACK, random.nextInt(3), random, peers, 0, durationNs, steps);
        add(Step.Kind.CADENCE_IN_CALLBACK, random.nextInt(4), random, peers, 0, durationNs, steps);
        add(Step.Kind.INTERRUPT_IN_CALLBACK, random.nextInt(2), random, peers, 0, durationNs, steps);
        add(Step.Kind.FAIL, random.nextInt(2), random, peers, 0, durationNs, steps);
        add(Step.Kind.DRAIN_IN_CALLBACK, random.nextInt(4) / 3, random, peers, 6_000 * MS, durationNs, steps);
        add(Step.Kind.END_IN_CALLBACK, random.nextInt(4) / 3, random, peers, 0, durationNs, steps);
        add(Step.Kind.TERMINATE_IN_CALLBACK, random.nextInt(4) / 3, random, peers, 0, durationNs, steps);
        if (isPair)
        {
            add(Step.Kind.CONNECT_IN_CALLBACK, random.nextInt(3), random, peers, 0, durationNs, steps);
            add(Step.Kind.ASK_IN_CALLBACK, random.nextInt(4), random, peers, 0, durationNs, steps);
            add(Step.Kind.CLOSE_IN_CALLBACK, random.nextInt(3), random, peers, 0, durationNs, steps);
            add(Step.Kind.THROW_IN_CALLBACK, random.nextInt(3), random, peers, 0, durationNs, steps);
        }
    }

    private static void add(
        final Step.Kind kind,
        final int count,
        final SplittableRandom random,
        final int peers,
        final long longestNs,
        final long durationNs,
        final List<Step> steps)
    {
        for (int i = 0; i < count; i++)
        {
            steps.add(new Step(random.nextLong(durationNs), kind, random.nextInt(peers),
                0 == longestNs ? 0 : 1 + random.nextLong(longestNs), null));
        }
    }

    @Override
    public String toString()
    {
        final String who = isPair ? "client and server" + (isPairByWebSocket() ? " by WebSocket" : "") :
            Doors.NONE == doors() ? "server" : "server, " + doors();
        return who + ", " + tongues() + ", " + cadence + ", tick " + tickNs + " ns, work up to " + maxCostNs + " ns";
    }
}
