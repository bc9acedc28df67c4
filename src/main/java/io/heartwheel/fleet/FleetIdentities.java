package io.heartwheel.fleet;

import io.heartwheel.Connection;
import io.heartwheel.IdentityListener;

/**
 * Notes for the node which connections have an identity, on the threads of the reactors. It never waits for the engine.
 */
final class FleetIdentities implements IdentityListener
{
    private final FleetNode node;
    private final LocalConnections connections;
    private final FleetRest rest;

    FleetIdentities(final FleetNode node, final LocalConnections connections, final FleetRest rest)
    {
        this.node = node;
        this.connections = connections;
        this.rest = rest;
    }

    @Override
    public void onIdentified(final Connection connection, final long openedNs)
    {
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
