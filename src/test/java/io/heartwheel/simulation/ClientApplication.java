package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Insides;

import java.nio.ByteBuffer;

/**
 * The application of a pair's client: it receives the callbacks, and performs the steps of the scenario.
 */
final class ClientApplication implements LinkListener
{
    private static final long MS = Scenario.MS;
    private static final Cadence[] CADENCES = {
        Cadence.STRICT, new Cadence(700 * MS, 500 * MS, 3), Cadence.STANDARD};
    private static final int LINKS_MAX = 20;

    private final PairSimulation pair;

    ClientApplication(final PairSimulation pair)
    {
        this.pair = pair;
    }

    @Override
    public void onOpen(final Connection connection)
    {
        if (connection.link().attachment() instanceof Impostor impostor)
        {
            impostor.onOpen(connection);
            return;
        }
        final LinkRecord link = recordOf(connection.link());
        // A client that is told to end still hears of what was under way in that cycle.
        Simulation.require(!link.isClosed || pair.process.isToldToEnd(), link + " connects, though it was closed");
        Simulation.require(
            null == link.conversation || link.conversation.client.isEnded(), link + " has two connections");
        link.onOpen(pair.time.elapsedNs());
        final int port = ((SimulatedSocketChannel)Insides.channel(connection)).localAddress.getPort();
        final Conversation conversation = pair.conversationAt(port);
        conversation.link(link);
        link.conversation = conversation;
        conversation.client.watch = new Watch(connection, pair.clientCadence, pair.time.elapsedNs());
        conversation.onAsked(pair.time.elapsedNs());
        pair.note("open " + conversation + " at the client");
        meanwhile(link, true);
    }

    @Override
    public void onProbe(final Connection connection)
    {
        if (!isImpostor(connection.link()))
        {
            pair.process.oracle.onProbe(of(connection).client.watch);
            meanwhile(recordOf(connection.link()), true);
        }
    }

    @Override
    public void onText(final Connection connection, final ByteBuffer utf8)
    {
        // No other server sends any.
        ((Impostor)connection.link().attachment()).onText(connection, utf8);
    }

    @Override
    public void onMessage(final Connection connection, final ByteBuffer payload)
    {
        of(connection).client.onMessage(connection, payload);
        meanwhile(recordOf(connection.link()), true);
    }

    @Override
    public void onClosed(final Connection connection, final CloseReason reason)
    {
        if (connection.link().attachment() instanceof Impostor impostor)
        {
            impostor.onClosed(connection, reason);
            return;
        }
        final Conversation conversation = of(connection);
        pair.onClosed(conversation, conversation.client, "client", reason);
        pair.requireUndisturbed(conversation, reason);
        pair.process.oracle.onClosed(conversation.client.watch, reason);
        meanwhile(recordOf(connection.link()), false);
    }

    @Override
    public void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
        if (isImpostor(link))
        {
            return;
        }
        pair.note(recordOf(link) + " waits " + delayNs / MS + " ms for try " + attempt + " " + link.failure());
        if (!pair.process.isToldToEnd())
        {
            recordOf(link).onReconnecting(pair.time.elapsedNs(), attempt, delayNs);
        }
        meanwhile(recordOf(link), false);
    }

    private static boolean isImpostor(final Link link)
    {
        return link.attachment() instanceof Impostor;
    }

    private static Conversation of(final Connection connection)
    {
        return recordOf(connection.link()).conversation;
    }

    private static LinkRecord recordOf(final Link link)
    {
        return (LinkRecord)link.attachment();
    }

    private void meanwhile(final LinkRecord own, final boolean isOpen)
    {
        final Step step = pair.nextCallbackStep();
        if (null == step)
        {
            return;
        }
        final LinkRecord target = 0 == step.atNs() % 2 ? own : pair.links.get(step.peer());
        switch (step.kind())
        {
            case STALL_IN_CALLBACK ->
            {
                // A client is stalled between its turns.
            }
            case CADENCE_IN_CALLBACK -> watchBy(target, CADENCES[(int)(step.atNs() % CADENCES.length)]);
            case CLOSE_IN_CALLBACK -> close(target, step);
            case CONNECT_IN_CALLBACK -> connect(step);
            case ASK_IN_CALLBACK -> ask(target, step);
            case INTERRUPT_IN_CALLBACK -> Thread.currentThread().interrupt();
            case DRAIN_IN_CALLBACK, END_IN_CALLBACK ->
            {
                pair.endClient();
                pair.client.close();
            }
            case TERMINATE_IN_CALLBACK ->
            {
                pair.endClient();
                throw OnPurpose.termination();
            }
            case THROW_IN_CALLBACK ->
            {
                own.isDisturbed |= isOpen;
                throw OnPurpose.exception();
            }
            case ERROR_IN_CALLBACK ->
            {
                own.isDisturbed |= isOpen;
                throw OnPurpose.error(step.peer());
            }
            default -> pair.talk(target.conversation);
        }
    }

    private void watchBy(final LinkRecord link, final Cadence cadence)
    {
        if (null != link.conversation && link.conversation.client.isOpen())
        {
            pair.note(link + " watches by " + cadence);
            link.conversation.client.watch.orBy(cadence, pair.time.elapsedNs());
            link.conversation.client.watch.connection.cadence(cadence);
        }
    }

    /**
     * Closing its connection means the link.
     */
    private void close(final LinkRecord link, final Step step)
    {
        pair.note(link + " is closed");
        final boolean isByConnection = 0 == step.peer() % 2 && null != link.link.connection() &&
            link.link.connection().isOpen();
        link.isClosed = true;
        if (isByConnection)
        {
            link.link.connection().close();
        }
        else
        {
            link.link.close();
        }
    }

    /**
     * Every other one is closed at once.
     */
    private void connect(final Step step)
    {
        if (pair.links.size() < LINKS_MAX)
        {
            final LinkRecord link = pair.connect();
            // The server may be held up just now.
            link.isDisturbed = true;
            link.isClosed = pair.process.isToldToEnd();
            pair.note(link + " is made");
            if (0 != step.peer() % 2)
            {
                close(link, step);
            }
        }
    }

    private void ask(final LinkRecord link, final Step step)
    {
        final Cadence cadence = Asked.CADENCES[(int)(step.atNs() % Asked.CADENCES.length)];
        link.asked = Asked.of(cadence, pair.scenario.cadence());
        pair.note(link + " asks for " + cadence);
        link.link.askFor(cadence);
        if (null != link.conversation)
        {
            link.conversation.onAsked(pair.time.elapsedNs());
        }
    }
}
