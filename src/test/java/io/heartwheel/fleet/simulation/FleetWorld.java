package io.heartwheel.fleet.simulation;

import io.heartwheel.fleet.FleetSteps;
import io.heartwheel.fleet.MemoryRegistry;
import io.heartwheel.fleet.Session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

import static io.heartwheel.fleet.simulation.FleetScenario.ACTIVE_NS;
import static io.heartwheel.fleet.simulation.FleetScenario.MS;
import static io.heartwheel.fleet.simulation.FleetScenario.SECOND;

/**
 * Runs one scenario: nodes of one registry, clients that hop between them, faults of everything between, and rules that
 * must hold throughout and at rest. There are no threads: each event happens at its time.
 */
final class FleetWorld
{
    private static final int HISTORY_LENGTH = 200;
    private static final long SAVEPOINT_NS = 500 * MS;
    private static final int SAVEPOINTS = 16;
    /** Within which everything is whole again that was lost. */
    private static final long REPAIRED_NS = 9 * SECOND;
    private static final long REST_NS = FleetScenario.SETTINGS.verifyNs() + 4 * FleetScenario.SETTINGS.leaseNs();

    final FleetScenario scenario;
    final SplittableRandom random;
    final MemoryRegistry registry;
    final RegistryOracle oracle;
    final SimulatedNode[] nodes;
    private final FleetOracle rules;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final ArrayDeque<Savepoint> savepoints = new ArrayDeque<>();
    private final ArrayDeque<String> history = new ArrayDeque<>();
    private final List<SimulatedNode> allNodes = new ArrayList<>();
    private long elapsedNs;
    private long engineOffsetUs;
    private long engineBackNs;
    private long slowUntilNs;
    private long losingUntilNs;
    private long sequence;
    private int boots;
    private int engineLives;

    private record Event(long atNs, long number, Runnable action) implements Comparable<Event>
    {
        @Override
        public int compareTo(final Event other)
        {
            final int order = Long.compare(atNs, other.atNs);
            return 0 == order ? Long.compare(number, other.number) : order;
        }
    }

    private record Savepoint(long atNs, Runnable registry, LongConsumer oracle)
    {
    }

    FleetWorld(final FleetScenario scenario)
    {
        this.scenario = scenario;
        random = new SplittableRandom(scenario.seed() ^ 0x5DEECE66DL);
        registry = new MemoryRegistry(
            () -> 1_700_000_000_000_000L + elapsedNs / 1_000 + engineOffsetUs, FleetScenario.BUCKETS);
        oracle = new RegistryOracle(registry);
        rules = new FleetOracle(this, oracle);
        nodes = new SimulatedNode[scenario.nodes()];
    }

    /**
     * Run it.
     *
     * @return what went wrong, or null.
     */
    Throwable run()
    {
        try
        {
            for (int i = 0; i < nodes.length; i++)
            {
                start(i);
            }
            save();
            scenario.steps().forEach((step) -> at(step.atNs(), () -> happen(step)));
            runUntil(ACTIVE_NS);
            runUntil(ACTIVE_NS + REPAIRED_NS);
            rules.checkRepaired();
            runUntil(ACTIVE_NS + REST_NS);
            rules.checkAtRest();
            runUntil(ACTIVE_NS + REST_NS + 2 * SECOND);
            return null;
        }
        catch (final RuntimeException | Error ex)
        {
            note(ex.toString());
            return ex;
        }
    }

    private void runUntil(final long untilNs)
    {
        while (!events.isEmpty() && events.peek().atNs <= untilNs)
        {
            final Event event = events.poll();
            elapsedNs = Math.max(elapsedNs, event.atNs);
            event.action.run();
        }
        elapsedNs = untilNs;
    }

    void at(final long atNs, final Runnable action)
    {
        events.add(new Event(Math.max(atNs, elapsedNs), ++sequence, action));
    }

    void after(final long delayNs, final Runnable action)
    {
        at(elapsedNs + delayNs, action);
    }

    long nowNs()
    {
        return elapsedNs;
    }

    /** What the clock of the nodes says. */
    long clockNs()
    {
        return scenario.startNs() + elapsedNs;
    }

    /** How often the engine was started: with each start all connections to it end. */
    int engineLives()
    {
        return engineLives;
    }

    long engineBackNs()
    {
        return engineBackNs;
    }

    boolean isLosing()
    {
        return losingUntilNs > elapsedNs;
    }

    long latencyNs()
    {
        return slowUntilNs > elapsedNs ? random.nextLong(900 * MS) : 100_000 + random.nextLong(MS);
    }

    String history()
    {
        return String.join("\n", history);
    }

    void note(final String what)
    {
        history.add(String.format(Locale.ROOT, "%,12.3f ms  %s", elapsedNs / (double)MS, what));
        if (history.size() > HISTORY_LENGTH)
        {
            history.poll();
        }
    }

    private void start(final int index)
    {
        nodes[index] = new SimulatedNode(this, "n" + index + "b" + ++boots);
        allNodes.add(nodes[index]);
        rules.add(nodes[index]);
    }

    private void save()
    {
        savepoints.addFirst(new Savepoint(elapsedNs, registry.savepoint(), oracle.savepoint()));
        if (savepoints.size() > SAVEPOINTS)
        {
            savepoints.removeLast();
        }
        if (elapsedNs < ACTIVE_NS)
        {
            after(SAVEPOINT_NS, this::save);
        }
    }

    private void happen(final FleetStep step)
    {
        note(step.toString());
        final SimulatedNode node = nodes[step.node()];
        final long untilNs = Math.min(elapsedNs + step.durationNs(), ACTIVE_NS);
        switch (step.kind())
        {
            case HOP -> hop(node, clientOf(step), step.durationNs());
            case LEAVE -> rules.newest(clientOf(step)).ifPresent((connection) -> connection.node.close(connection));
            case RENAME -> rename(node, clientOf(step));
            case SEND -> send(node, clientOf(step));
            case LOCATE -> node.whenRunning(() -> rules.locate(node, clientOf(step)));
            case KILL -> kill(step);
            case QUIT -> quit(step);
            case FORGET -> forget(step);
            case STOP -> node.stoppedUntilNs = Math.max(node.stoppedUntilNs, untilNs);
            case SPLIT -> node.splitUntilNs = untilNs;
            case MUTE -> node.muteUntilNs = untilNs;
            case SLOW -> slowUntilNs = untilNs;
            case STALL -> engineBackNs = untilNs;
            case LOSE -> losingUntilNs = untilNs;
            case DEAF -> node.engine.isDeaf = true;
            case PERISH -> perish(step);
            case CLOCK ->
            {
                engineOffsetUs += step.durationNs() / 1_000;
                oracle.onClockSet(elapsedNs);
            }
            default -> loseData(step);
        }
    }

    private void loseData(final FleetStep step)
    {
        switch (step.kind())
        {
            case FLUSH, CLEAR -> clear();
            case FAILOVER ->
            {
                final long thenNs = elapsedNs - step.durationNs();
                savepoints.removeIf((point) -> point.atNs > thenNs && savepoints.size() > 1);
                if (!savepoints.isEmpty())
                {
                    savepoints.peek().registry.run();
                    savepoints.peek().oracle.accept(elapsedNs);
                }
            }
            default ->
            {
            }
        }
        if (FleetStep.Kind.FLUSH != step.kind())
        {
            ++engineLives;
            engineBackNs = Math.max(engineBackNs, Math.min(elapsedNs + random.nextLong(SECOND), ACTIVE_NS));
            allNodes.forEach((node) -> node.engine.connects++);
        }
    }

    private void clear()
    {
        registry.clear();
        oracle.onCleared(elapsedNs);
        savepoints.clear();
    }

    /** The node writes by a lease that nobody knows any more. */
    private void forget(final FleetStep step)
    {
        clear();
        if (nodes[step.node()].isRunning())
        {
            hop(nodes[step.node()], clientOf(step), step.durationNs());
            after(random.nextLong(200 * MS), () -> kill(step));
        }
    }

    private void perish(final FleetStep step)
    {
        if (nodes[step.node()].isRunning())
        {
            hop(nodes[step.node()], clientOf(step), ACTIVE_NS);
            nodes[step.node()].engine.onClaimed = () -> kill(step);
        }
    }

    private static String clientOf(final FleetStep step)
    {
        return "client" + step.client();
    }

    private void hop(final SimulatedNode node, final String client, final long lingerNs)
    {
        if (node.isRunning())
        {
            rules.newest(client).ifPresent((older) -> after(
                random.nextBoolean() ? random.nextLong(50 * MS) : lingerNs, () -> older.node.close(older)));
            rules.opened(node.open(client));
        }
    }

    private void rename(final SimulatedNode node, final String client)
    {
        node.connections.values().stream().filter((each) -> each.isOpen && !each.isClosing).findFirst()
            .filter((each) -> node.isRunning() && rules.isNew(node, each.number, client)).ifPresent((each) ->
            {
                each.isOpen = false;
                each.closedNs = elapsedNs;
                rules.opened(node.identify(client, each.number));
            });
    }

    private void send(final SimulatedNode node, final String client)
    {
        final String text = client + ' ' + ++sequence;
        node.whenRunning(() -> node.node.send(client, text.getBytes(StandardCharsets.UTF_8)));
    }

    private void kill(final FleetStep step)
    {
        nodes[step.node()].die();
        final SimulatedNode dead = nodes[step.node()];
        at(Math.min(elapsedNs + step.durationNs(), ACTIVE_NS), () ->
        {
            if (nodes[step.node()] == dead)
            {
                start(step.node());
            }
        });
    }

    /** As at SIGTERM: the lease is given back, if the engine is there to take it. */
    private void quit(final FleetStep step)
    {
        final SimulatedNode node = nodes[step.node()];
        if (node.isRunning() && node.splitUntilNs <= elapsedNs && engineBackNs <= elapsedNs)
        {
            node.node.leave();
            node.engine.close();
            kill(step);
        }
    }

    /** A message of the engine to an inbox. */
    void carry(final String boot, final byte[] message, final Runnable delivery)
    {
        final boolean isBad = isLosing();
        if (isBad && 0 == random.nextInt(5))
        {
            rules.onMessageLost(boot, message);
            return;
        }
        after(isBad && random.nextBoolean() ? random.nextLong(5 * SECOND) : random.nextLong(2 * MS), delivery);
        if (isBad && 0 == random.nextInt(5))
        {
            after(random.nextLong(5 * SECOND), delivery);
        }
    }

    void onMessageLost(final String boot, final byte[] message)
    {
        rules.onMessageLost(boot, message);
    }

    void onSubscribed(final String boot)
    {
        rules.onSubscribed(boot);
    }

    void onPublished(final String[] parcel, final byte[] message)
    {
        rules.onPublished(parcel, message);
    }

    void checkHeld(final SimulatedNode node)
    {
        rules.checkHeld(node, FleetSteps.isHeld(node.node, clockNs()));
    }

    void checkTakenOver(final SimulatedConnection connection, final Session newer)
    {
        note(connection + " is taken over by " + newer);
        rules.checkTakenOver(connection, newer);
    }

    void checkDelivered(final SimulatedNode node, final SimulatedConnection connection, final String text)
    {
        rules.checkDelivered(node, connection, text);
    }
}
