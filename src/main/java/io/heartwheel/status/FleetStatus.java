package io.heartwheel.status;

import java.util.List;

/**
 * How a server stands to its fleet at one moment. The JSON has the same names.
 *
 * @param node         name of the server in the fleet.
 * @param state        of its lease: JOINING, HELD, DETACHED, LEFT.
 * @param trouble      what the registry failed by when it was asked last; empty if it answered.
 * @param nodes        names of all nodes that live, as of the last renewal.
 * @param sessions     connections of this server that have an identity.
 * @param waiting      sessions, and identities given back, that the registry has to be told of.
 * @param exchanges    total of exchanges with the registry.
 * @param failed       total of exchanges to which it gave no answer.
 * @param takenOver    total of connections closed for a newer one.
 * @param refused      total of connections refused for an older one.
 * @param swept        total of records of dead nodes that this one erased.
 * @param sent         total of messages sent to other nodes.
 * @param unreached    total of messages that reached no node.
 * @param delivered    total of messages handed to a connection.
 * @param dropped      total of messages that came, and were for nobody here or did not fit.
 * @param roundTripMs  time that the registry took to answer, in ms.
 */
public record FleetStatus(
    String node,
    String state,
    String trouble,
    List<String> nodes,
    long sessions,
    long waiting,
    long exchanges,
    long failed,
    long takenOver,
    long refused,
    long swept,
    long sent,
    long unreached,
    long delivered,
    long dropped,
    Percentiles roundTripMs)
{
}
