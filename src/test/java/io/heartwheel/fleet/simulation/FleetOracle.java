package io.heartwheel.fleet.simulation;

import io.heartwheel.fleet.FleetSteps;
import io.heartwheel.fleet.Session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import static io.heartwheel.fleet.simulation.FleetScenario.MS;
import static io.heartwheel.fleet.simulation.FleetScenario.SECOND;
import static io.heartwheel.fleet.simulation.FleetScenario.SETTINGS;
import static io.heartwheel.fleet.simulation.FleetViolation.require;

/**
 * Knows what is true of all clients and nodes, and holds against it what nodes tell and do.
 */
final class FleetOracle
{
    /** A stamp is as exact as this, and so of two connections that open within it either may be the newer. */
    private static final long STAMP_NS = SETTINGS.claimNs() + MS;
    /** A dead node is not shown any longer: the lease, a renewal, and a question that was on its way. */
    private static final long GHOST_NS = SETTINGS.leaseNs() + SETTINGS.renewNs() + 1_200 * MS;

    /** The same, and the others verify what they have. */
    private static final long FORGOTTEN_NS = GHOST_NS + SETTINGS.spreadNs() + 3 * SECOND;

    /** Within which a connection that ends is released while all is well. */
    private static final long RELEASED_NS = 2 * SECOND;

    private final FleetWorld world;
    private final RegistryOracle registry;
    private final Map<String, SimulatedNode> nodes = new HashMap<>();
    private final Map<String, List<SimulatedConnection>> connections = new TreeMap<>();
    private final Map<String, String[]> published = new HashMap<>();
    /** Boots that were not told that others have identities of their connections, or to find out. */
    private final Set<String> uninformed = new HashSet<>();

    FleetOracle(final FleetWorld world, final RegistryOracle registry)
    {
        this.world = world;
        this.registry = registry;
    }

    void add(final SimulatedNode node)
    {
        nodes.put(node.boot, node);
    }

    void onMessageLost(final String boot, final byte[] message)
    {
        final String type = FleetSteps.parcel(message)[0];
        if ("TAKEN".equals(type) || "LOOK".equals(type))
        {
            uninformed.add(boot);
        }
    }

    /** Whoever listens anew verifies all that it has. */
    void onSubscribed(final String boot)
    {
        uninformed.remove(boot);
    }

    void opened(final SimulatedConnection connection)
    {
        connections.computeIfAbsent(connection.identity, (key) -> new ArrayList<>()).add(connection);
    }

    /** The newest connection of a client, if it is open. */
    Optional<SimulatedConnection> newest(final String client)
    {
        final List<SimulatedConnection> all = connections.getOrDefault(client, List.of());
        return all.stream().skip(Math.max(0, all.size() - 1)).filter((last) -> last.isOpen).findAny();
    }

    /** A connection never returns to an identity that it had before. */
    boolean isNew(final SimulatedNode node, final long number, final String client)
    {
        return null == find(new Session(client, node.boot + ".1", number, 0));
    }

    private SimulatedConnection find(final Session session)
    {
        return connections.getOrDefault(session.identity(), List.of()).stream()
            .filter((each) -> session.isOf(each.node.boot, each.number)).findAny().orElse(null);
    }

    /** A node that holds its lease is one whose lease the engine has, unless it lost its data. */
    void checkHeld(final SimulatedNode node, final boolean isHeld)
    {
        require(!isHeld || world.nowNs() - registry.renewedNs(node.boot) < SETTINGS.leaseNs(),
            node + " believes in a lease that has ended");
    }

    /** Nobody is closed but for a connection of the same client that is really newer. */
    void checkTakenOver(final SimulatedConnection connection, final Session newer)
    {
        final SimulatedConnection other = find(newer);
        require(null != other, connection + " is taken over by " + newer + ", which never was");
        require(other != connection, connection + " is taken over by itself");
        require(registry.isClockSet() || other.openedNs >= connection.openedNs - STAMP_NS,
            connection + " is taken over by " + other + ", which is older");
    }

    void onPublished(final String[] parcel, final byte[] message)
    {
        if ("MESSAGE".equals(parcel[0]))
        {
            published.put(new String(message, 17, message.length - 17, StandardCharsets.UTF_8), parcel);
        }
    }

    /** A message is for one connection, and one stamp. */
    void checkDelivered(final SimulatedNode node, final SimulatedConnection connection, final String text)
    {
        final String[] parcel = published.get(text);
        require(null != parcel, text + " was never sent");
        require(text.startsWith(connection.identity + ' '), connection + " got what is for " + text);
        require(Long.parseLong(parcel[1]) == connection.number, connection + " got what is for number " + parcel[1]);
        final long stampUs = FleetSteps.stampUs(node.node, connection.number);
        require(Long.parseLong(parcel[2]) == stampUs, connection + " got what is for stamp " + parcel[2]);
        require(FleetSteps.isHeld(node.node, world.clockNs()), node + " delivers without a lease");
    }

    /** Look a client up, and see that nobody is found that died long ago. */
    void locate(final SimulatedNode node, final String client)
    {
        node.node.locate(client).whenComplete((found, failure) ->
        {
            if (null != found)
            {
                final boolean isKnownDead = !node.node.members().containsKey(found.lease());
                // What is thrown here would be kept by the future.
                world.after(0, () -> checkAlive(node, found, isKnownDead));
            }
        });
    }

    private void checkAlive(final SimulatedNode by, final Session found, final boolean isKnownDead)
    {
        final SimulatedNode node = nodes.get(found.boot());
        require(null != node && null != find(found), by + " shows " + found + ", which never was");
        require(!isKnownDead, by + " shows " + found + ", whose lease it knows dead");
        require(!node.isDead || world.nowNs() - lastNs(node) <= GHOST_NS ||
            registry.hasStoodStillSince(node.diedNs), by + " shows " + found + ", which died");
    }

    /**
     * Whatever was lost is written again, and whoever has a newer connection elsewhere was told so. A clock that was
     * set back lets come what is too late, and what that spoils is repaired when its bucket is verified.
     */
    void checkRepaired()
    {
        if (!registry.isClockSet())
        {
            checkKnown();
            connections.forEach((client, all) ->
            {
                if (all.stream().noneMatch((each) -> hasJustDied(each.node)))
                {
                    requireOneOpen(all.stream().filter((each) -> !uninformed.contains(each.node.boot)).toList());
                    requireOpenKnown(client, all);
                }
            });
        }
    }

    private static void requireOneOpen(final List<SimulatedConnection> all)
    {
        final List<SimulatedConnection> open = all.stream().filter((each) -> each.isOpen).toList();
        require(open.size() <= 1, open + " are all open");
    }

    private void checkKnown()
    {
        final Map<String, Session> records = registry.records();
        connections.keySet().forEach((client) -> newest(client).filter((each) -> !each.isClosing).ifPresent((newest) ->
        {
            final Session record = records.get(client);
            if (null == record && uninformed.contains(newest.node.boot) && isContested(newest))
            {
                return;
            }
            require(null != record, newest + " is open, but nobody knows");
            final SimulatedConnection known = find(record);
            require(null != known && (registry.isClockSet() || known.openedNs >= newest.openedNs - STAMP_NS),
                newest + " is open, but known is " + record);
            require(registry.isAlive(record.lease()), record + " is of a lease that has ended");
        }));
        records.values().forEach(this::checkReleased);
    }

    /** What it has not told is not found yet. */
    private boolean hasJustDied(final SimulatedNode node)
    {
        return node.isDead && world.nowNs() - lastNs(node) < FORGOTTEN_NS;
    }

    /** A renewal that was on its way when its node died may have been done later. */
    private long lastNs(final SimulatedNode dead)
    {
        return Math.max(dead.diedNs, registry.renewedNs(dead.boot));
    }

    /** If newer ones have ended, the newest that is open is known, also where that of a dead node was in its place. */
    private void requireOpenKnown(final String client, final List<SimulatedConnection> all)
    {
        all.stream().filter((each) -> each.isOpen).reduce((older, newer) -> newer).ifPresent((open) -> require(
            open.isClosing || uninformed.contains(open.node.boot) || registry.records().containsKey(client),
            open + " is open, but nobody knows, as newer ones have ended"));
    }

    /** One that opened at the same time may have won, and ended, and that was not told. */
    private boolean isContested(final SimulatedConnection connection)
    {
        return connections.get(connection.identity).stream().anyMatch((other) ->
            other != connection && Math.abs(other.openedNs - connection.openedNs) <= STAMP_NS);
    }

    /** Whoever ended before all was well is not known any more. */
    private void checkReleased(final Session record)
    {
        final SimulatedConnection known = find(record);
        require(null != known && (known.isOpen || known.node.isDead || !registry.isAlive(record.lease()) ||
            world.nowNs() - known.closedNs < RELEASED_NS), record + " has ended and is known");
    }

    /** Each client has one connection at most, and all nodes know it. Of the dead nothing is left. */
    void checkAtRest()
    {
        checkKnown();
        final List<String> unswept = registry.unswept();
        require(registry.isClockSet() || unswept.isEmpty(), unswept + " are not swept");
        final Set<String> leases = new HashSet<>();
        connections.forEach((client, all) ->
        {
            requireOneOpen(all);
            final List<SimulatedConnection> open = all.stream().filter((each) -> each.isOpen).toList();
            final Session record = registry.records().get(client);
            if (open.isEmpty())
            {
                require(null == record, record + " is known, but not open");
            }
            else
            {
                require(null != record && find(record) == open.get(0), open + " is open, but known is " + record);
                leases.add(record.lease());
            }
        });
        for (final SimulatedNode node : world.nodes)
        {
            final Set<String> members = node.node.members().keySet();
            require(members.size() == world.nodes.length && members.containsAll(leases), node + " knows " + members);
            checkSeen(node);
        }
    }

    private void checkSeen(final SimulatedNode node)
    {
        final Map<String, Session> records = registry.records();
        connections.keySet().forEach((client) ->
        {
            final CompletableFuture<Session> future = node.node.locate(client);
            world.after(SECOND, () ->
            {
                require(future.isDone() && !future.isCompletedExceptionally(), node + " does not answer");
                final Session expected = records.get(client);
                final boolean isSeen = null != expected && registry.isAlive(expected.lease());
                require(isSeen ? expected.equals(future.join()) : null == future.join(),
                    node + " finds " + future.join() + " instead of " + expected);
            });
        });
    }
}
