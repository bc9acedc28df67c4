package io.heartwheel.fleet.simulation;

import io.heartwheel.fleet.FleetNode;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.fleet.FleetSteps;
import io.heartwheel.fleet.Host;
import io.heartwheel.fleet.MemoryEngine;
import io.heartwheel.fleet.Session;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import static io.heartwheel.fleet.simulation.FleetScenario.MS;
import static io.heartwheel.fleet.simulation.FleetScenario.SECOND;
import static io.heartwheel.fleet.simulation.FleetViolation.require;

/**
 * One start of a node: the real {@link FleetNode}, whose questions take their time to the engine and back, and its
 * connections.
 */
final class SimulatedNode implements Host
{
    /** A question is given up after this. */
    private static final long TIMEOUT_NS = SECOND;
    private static final long PARK_NS = 40 * MS;

    final String boot;
    final FaultyEngine engine;
    final FleetNode node;
    final Map<Long, SimulatedConnection> connections = new HashMap<>();
    boolean isDead;
    long diedNs;
    long stoppedUntilNs;
    long splitUntilNs;
    long muteUntilNs;
    private final FleetWorld world;
    private long numbers;

    SimulatedNode(final FleetWorld world, final String boot)
    {
        this.world = world;
        this.boot = boot;
        engine = new FaultyEngine(world, new MemoryEngine(world.registry));
        node = new FleetNode(
            engine, boot, boot, FleetScenario.SETTINGS, this, world.random.nextLong(), world.clockNs());
        turn();
    }

    boolean isRunning()
    {
        return !isDead && stoppedUntilNs <= world.nowNs();
    }

    /** A client connects. */
    SimulatedConnection open(final String identity)
    {
        return identify(identity, ++numbers);
    }

    /** A connection is of this identity from now on. */
    SimulatedConnection identify(final String identity, final long number)
    {
        final SimulatedConnection connection = new SimulatedConnection(this, identity, number, world.nowNs());
        connections.put(number, connection);
        node.open(identity, number, world.clockNs());
        return connection;
    }

    /** A connection ends, as soon as this node is there to see it. */
    void close(final SimulatedConnection connection)
    {
        connection.isOpen = false;
        connection.closedNs = connection.closedNs > 0 ? connection.closedNs : world.nowNs();
        whenRunning(() ->
        {
            if (connections.remove(connection.number, connection))
            {
                node.gone(connection.number);
            }
        });
    }

    void whenRunning(final Runnable action)
    {
        if (isRunning())
        {
            action.run();
        }
        else if (!isDead)
        {
            world.at(stoppedUntilNs, () -> whenRunning(action));
        }
    }

    void die()
    {
        isDead = true;
        diedNs = world.nowNs();
        engine.hangUp();
        connections.values().forEach((connection) -> connection.isOpen = false);
    }

    private void turn()
    {
        whenRunning(() ->
        {
            final FleetSteps.Question question = FleetSteps.begin(node, world.clockNs());
            world.checkHeld(this);
            if (null == question)
            {
                world.after(PARK_NS / 2 + world.random.nextLong(PARK_NS), this::turn);
            }
            else
            {
                send(question);
            }
        });
    }

    /** The question goes to the engine, and a reply comes back, or does not. */
    private void send(final FleetSteps.Question question)
    {
        final long nowNs = world.nowNs();
        if (splitUntilNs > nowNs)
        {
            fail(question, world.random.nextBoolean() ? TIMEOUT_NS : MS);
            return;
        }
        final boolean isLosing = world.isLosing();
        final int life = world.engineLives();
        final boolean isLost = isLosing && 0 == world.random.nextInt(5);
        final boolean isReplyLost = isLosing && 0 == world.random.nextInt(5) ||
            muteUntilNs > nowNs && world.random.nextBoolean();
        final boolean isReset = (isLost || isReplyLost) && world.random.nextBoolean();
        // What was in the socket when the connection was reset may be done all the same.
        final long arrivesNs = Math.max(nowNs + world.latencyNs() + (isReset ? world.random.nextLong(200 * MS) : 0),
            world.engineBackNs() + world.random.nextLong(MS));
        final long repliesNs = Math.max(arrivesNs + world.latencyNs(), world.engineBackNs());
        final boolean isInTime = !isLost && !isReplyLost && repliesNs - nowNs < TIMEOUT_NS;
        if (!isLost)
        {
            arrive(question, arrivesNs, life);
            if (isLosing && 0 == world.random.nextInt(5))
            {
                arrive(question, arrivesNs + world.random.nextLong(repliesNs - arrivesNs), life);
            }
        }
        if (!isInTime)
        {
            fail(question, isReset ? 2 * MS : TIMEOUT_NS);
        }
        else
        {
            world.at(repliesNs, () -> onReply(question, life));
        }
    }

    /** Only an engine that is up takes it; one that stands still takes it when it goes on, unless it starts anew. */
    private void arrive(final FleetSteps.Question question, final long atNs, final int life)
    {
        world.at(atNs, () ->
        {
            if (world.engineLives() == life && world.engineBackNs() > world.nowNs())
            {
                arrive(question, world.engineBackNs() + world.random.nextLong(MS), life);
            }
            else if (world.engineLives() == life)
            {
                question.ask(engine);
            }
        });
    }

    private void onReply(final FleetSteps.Question question, final int life)
    {
        if (world.engineLives() != life || world.engineBackNs() > world.nowNs())
        {
            // The engine came to a stop meanwhile, or to an end.
            fail(question, world.engineLives() != life ? 0 : TIMEOUT_NS / 2);
        }
        else if (!question.isAsked())
        {
            // The engine has stood still meanwhile, and takes it a moment after it went on.
            world.after(MS, () -> onReply(question, life));
        }
        else
        {
            turn();
        }
    }

    private void fail(final FleetSteps.Question question, final long afterNs)
    {
        world.after(afterNs, () ->
        {
            question.fail();
            engine.connects += world.random.nextInt(5) > 0 ? 1 : 0;
            turn();
        });
    }

    @Override
    public void onTakenOver(final long number, final Session newer)
    {
        final SimulatedConnection connection = connections.get(number);
        if (null != connection)
        {
            world.checkTakenOver(connection, newer);
            closeSoon(connection);
        }
    }

    private void closeSoon(final SimulatedConnection connection)
    {
        connection.isClosing = true;
        world.after(world.random.nextLong(5 * MS), () -> close(connection));
    }

    @Override
    public void onRefused(final long number, final Session older)
    {
        throw new FleetViolation(number + " was refused");
    }

    @Override
    public void onMessage(final long number, final byte[] message)
    {
        require(isRunning(), this + " delivers though it does not run");
        final SimulatedConnection connection = connections.get(number);
        if (null != connection)
        {
            world.checkDelivered(this, connection, new String(message, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void onClose(final long number, final byte reason)
    {
        final SimulatedConnection connection = connections.get(number);
        if (null != connection)
        {
            closeSoon(connection);
        }
    }

    @Override
    public void onState(final FleetState state)
    {
        world.note(this + " is " + state);
    }

    @Override
    public void onWarning(final String warning)
    {
        world.note(this + " warns: " + warning);
    }

    @Override
    public String toString()
    {
        return "node " + boot;
    }
}
