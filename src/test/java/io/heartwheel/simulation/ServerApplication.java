package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ConnectionListener;
import io.heartwheel.IdentityListener;
import io.heartwheel.liveness.Cadence;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The application of a pair's server: it receives the callbacks, and performs the steps of the scenario.
 */
final class ServerApplication implements ConnectionListener, IdentityListener
{
    private static final long MS = Scenario.MS;
    /** Only a reactor whose work costs less can keep tiny cadences. */
    private static final long TINY_COST_NS = MS;
    private static final Cadence[] TINY = {
        Cadence.OFF, Cadence.passive(100 * MS), new Cadence(60 * MS, 60 * MS, 4), Cadence.passive(3_000 * MS)};
    private static final Cadence[] MODEST = {
        Cadence.OFF, Cadence.passive(1_000 * MS), new Cadence(500 * MS, 500 * MS, 4), Cadence.STANDARD};

    private final PairSimulation pair;

    ServerApplication(final PairSimulation pair)
    {
        this.pair = pair;
    }

    @Override
    public void onOpen(final Connection connection)
    {
        final Conversation conversation = of(connection);
        Simulation.require(null == conversation.server.watch, conversation + " opened twice at the server");
        conversation.server.watch = new Watch(connection, pair.scenario.cadence(), pair.time.elapsedNs());
        conversation.onAsked(pair.time.elapsedNs());
        // By WebSocket nobody says who it is: there is no HELLO.
        conversation.isNameless = pair.scenario.isPairByWebSocket();
        pair.note("open " + conversation + " at the server");
        meanwhile(conversation);
    }

    @Override
    public void onIdentified(final Connection connection, final long openedNs)
    {
        final Conversation conversation = of(connection);
        Simulation.require(conversation.server.isOpen() && connection == conversation.server.watch.connection,
            conversation + " is identified, and not open");
        Simulation.require(!conversation.isIdentified, conversation + " is identified twice");
        Simulation.require(null == conversation.link() ||
            connection.identity().equals(conversation.link().link.identity()),
            conversation + " is identified as " + connection.identity());
        conversation.isIdentified = true;
        meanwhile(conversation);
    }

    @Override
    public void onGone(final Connection connection)
    {
        final Conversation conversation = of(connection);
        Simulation.require(conversation.isIdentified, conversation + " is gone, and was not identified");
        Simulation.require(!conversation.isGone, conversation + " is gone twice");
        Simulation.require(!connection.isOpen() && null == conversation.server.watch.reason,
            conversation + " is gone before its end or after it was told of");
        conversation.isGone = true;
        meanwhile(conversation);
    }

    @Override
    public void onProbe(final Connection connection)
    {
        final Conversation conversation = of(connection);
        pair.serverOracle.onProbe(conversation.server.watch);
        meanwhile(conversation);
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        final Conversation conversation = of(connection);
        conversation.server.onMessage(connection, payload);
        meanwhile(conversation);
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        final Conversation conversation = of(connection);
        Simulation.require(conversation.isIdentified == conversation.isGone,
            conversation + " has ended, and was identified, but nobody was told that it is gone");
        pair.onClosed(conversation, conversation.server, "server", reason);
        pair.requireUndisturbed(conversation, reason);
        pair.serverOracle.onClosed(conversation.server.watch, reason);
        meanwhile(conversation);
    }

    private Conversation of(final Connection connection)
    {
        return pair.conversationAt(connection.remoteAddress().getPort());
    }

    private void meanwhile(final Conversation own)
    {
        final Step step = pair.nextCallbackStep();
        if (null == step)
        {
            return;
        }
        final Conversation other = pair.links.get(step.peer()).conversation;
        final Conversation target = null == other || null == other.server.watch ? own : other;
        switch (step.kind())
        {
            case STALL_IN_CALLBACK ->
            {
                pair.disturb();
                pair.stall(step.durationNs(), true);
            }
            case CADENCE_IN_CALLBACK -> watchBy(target, step);
            case CLOSE_IN_CALLBACK ->
            {
                target.disturb();
                if (0 == step.atNs() % 2)
                {
                    target.server.watch.connection.close();
                }
                else
                {
                    target.server.watch.connection.close(CloseReason.TAKEN_OVER);
                }
            }
            case INTERRUPT_IN_CALLBACK -> Thread.currentThread().interrupt();
            case DRAIN_IN_CALLBACK, END_IN_CALLBACK, TERMINATE_IN_CALLBACK -> end(step);
            case THROW_IN_CALLBACK ->
            {
                own.disturb();
                throw OnPurpose.exception();
            }
            case ERROR_IN_CALLBACK ->
            {
                own.disturb();
                throw OnPurpose.error(step.peer());
            }
            default -> pair.talk(target);
        }
    }

    private void watchBy(final Conversation conversation, final Step step)
    {
        if (conversation.server.isOpen())
        {
            final Cadence[] cadences = pair.scenario.maxCostNs() < TINY_COST_NS ? TINY : MODEST;
            final Cadence cadence = cadences[(int)(step.atNs() % cadences.length)];
            if (pair.scenario.isPairByWebSocket() && 0 == cadence.count() && !cadence.isOff())
            {
                // Nothing tells the client to speak more often.
                return;
            }
            pair.note(conversation + " is watched by " + cadence);
            conversation.server.watch.orBy(cadence, pair.time.elapsedNs());
            conversation.server.watch.connection.cadence(cadence);
        }
    }

    private void end(final Step step)
    {
        pair.ending.tell(step.durationNs() + 2 * PairSimulation.LINGER_NS);
        switch (step.kind())
        {
            case DRAIN_IN_CALLBACK -> pair.server.drain(Duration.ofNanos(step.durationNs()));
            case END_IN_CALLBACK -> pair.server.close();
            default -> throw OnPurpose.termination();
        }
    }
}
