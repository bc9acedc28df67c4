/**
 * Who is connected where, in a fleet of servers: identities of connections, claimed in a registry that all nodes share.
 * <p>
 * {@link io.heartwheel.fleet.Engine} is the registry. {@link io.heartwheel.fleet.FleetNode} speaks for the connections
 * of one server, and has no clock, thread or socket:
 * <pre>
 *  Renewals    the lease, who lives, the engine's clock, the ear of the inbox
 *  Claims      identities of connections that open and end       Takeovers  what becomes of the older one
 *  Routing     messages between nodes
 *  Requests    what the application asks
 *  Upkeep      what the engine may have lost is written again    Sweeps     the records of the dead are erased
 * </pre>
 * Nothing here is known to the reactor, and the reactor never waits for anything here.
 */
package io.heartwheel.fleet;
