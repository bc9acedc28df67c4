package io.heartwheel.fleet;

import io.heartwheel.Connection;
import io.heartwheel.IdentityListener;
import org.agrona.concurrent.NanoClock;

/**
 * Notes for the node which connections have an identity, on the threads of the reactors. It never waits for the engine.
 */
final class FleetIdentities implements IdentityListener
{
    private final FleetNode node;
    private final LocalConnections connections;
    private final FleetRest rest;
    private final NanoClock clock;

    FleetIdentities(
        final FleetNode node, final LocalConnections connections, final FleetRest rest, final NanoClock clock)
    {
        this.node = node;
        this.connections = connections;
        this.rest = rest;
        this.clock = clock;
    }

    /**
     * It may be named long after it was opened. Its age is by the time of its reactor: if that stalled before it was
     * named, the connection counts as opened so much later, like those that waited for the stall to be accepted.
     */
    @Override
    public void onIdentified(final Connection connection)
    {
        final long openedNs = clock.nanoTime() - connection.ageNs();
        node.open(connection.identity(), connections.add(connection), openedNs);
        rest.end();
    }

    @Override
    public void onGone(final Connection connection)
    {
        node.gone(connections.remove(connection));
        rest.end();
    }
}
