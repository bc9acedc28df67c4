package io.heartwheel.fleet.simulation;

/**
 * A connection of a client to a node, under one identity.
 */
final class SimulatedConnection
{
    final SimulatedNode node;
    final String identity;
    final long number;
    final long openedNs;
    boolean isOpen = true;
    long closedNs;
    boolean isClosing;

    SimulatedConnection(final SimulatedNode node, final String identity, final long number, final long openedNs)
    {
        this.node = node;
        this.identity = identity;
        this.number = number;
        this.openedNs = openedNs;
    }

    @Override
    public String toString()
    {
        return identity + " at " + node.boot + " " + number;
    }
}
