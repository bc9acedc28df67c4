package io.heartwheel.simulation;

/**
 * Checks that peers are let in or sent away in time, unless the server has no file descriptors.
 */
final class Promptness
{
    private static final long MS = Scenario.MS;
    private static final long ACCEPTED_WITHIN_NS = 1_000 * MS;
    /** Its first words may have to be repeated. */
    private static final long HEARD_WITHIN_NS = 5_000 * MS;
    /** And so may each that has to be said before. */
    private static final long LET_IN_WITHIN_NS = 8_000 * MS;

    private final ServerSimulation simulation;
    private final long withinNs;
    private int starving;
    private long fedSinceNs;

    Promptness(final ServerSimulation simulation, final Scenario scenario)
    {
        this.simulation = simulation;
        withinNs = scenario.doors().isAny() ? LET_IN_WITHIN_NS :
            scenario.isFirstRequired() || scenario.tongues().size() > 1 ? HEARD_WITHIN_NS : ACCEPTED_WITHIN_NS;
    }

    void starve(final long forNs)
    {
        ++starving;
        simulation.network.outOfDescriptors(true);
        simulation.time.after(forNs, this::feed);
    }

    private void feed()
    {
        if (0 == --starving)
        {
            simulation.network.outOfDescriptors(false);
            fedSinceNs = simulation.time.elapsedNs();
        }
    }

    /**
     * @param isRoom may all be there that have come?
     */
    void check(final SimulatedPeer peer, final boolean isRoom)
    {
        if (simulation.ending.isBegun() || starving > 0)
        {
            return;
        }
        if (null == peer.watch && isRoom && peer.isBlameless() && peer.isToBeAccepted())
        {
            Simulation.require(
                attentionNs(peer.connectedNs()) <= withinNs, peer + " was never accepted");
        }
        if (peer.isDue() && !peer.isOver())
        {
            final long sinceNs = Math.max(fedSinceNs, peer.dueSinceNs());
            // What may come in a stall is credited, also to a peer that was let in soon after it.
            final long creditNs = simulation.stalls.creditNs(sinceNs) + simulation.stalls.lengthNs(sinceNs);
            final long mostNs = peer.dueWithinNs() + creditNs / 2;
            Simulation.require(attentionNs(sinceNs) <= mostNs, peer + " was not sent away in time");
        }
    }

    private long attentionNs(final long sinceNs)
    {
        return simulation.stalls.leastAttentionNs(Math.max(fedSinceNs, sinceNs), simulation.time.elapsedNs());
    }
}
