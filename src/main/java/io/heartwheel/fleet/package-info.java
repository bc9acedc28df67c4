/**
 * Who is connected where, in a fleet of servers: identities of connections, claimed in a registry that all nodes share.
 * <p>
 * {@link io.heartwheel.fleet.Engine} is the registry. Nothing here is known to the reactor, and the reactor never waits
 * for anything here.
 */
package io.heartwheel.fleet;
