package io.heartwheel;

import io.heartwheel.reactor.Reactor;
import org.agrona.concurrent.Agent;

import java.util.concurrent.CompletableFuture;

/**
 * Gives tests of other packages access to the engine behind a server or client.
 */
public final class Doors
{
    private Doors()
    {
    }

    /**
     * The reactor of an agent.
     *
     * @param agent server or client.
     * @return what runs it.
     */
    public static Reactor reactorOf(final Agent agent)
    {
        return reactorOf(agent, 0);
    }

    /**
     * One of several reactors.
     *
     * @param agent server or client.
     * @param index of the reactor.
     * @return what runs it.
     */
    public static Reactor reactorOf(final Agent agent, final int index)
    {
        return ((AgentGroup)agent).agent(index).reactor;
    }

    /**
     * Number of reactors.
     *
     * @param agent server or client.
     * @return how many.
     */
    public static int reactors(final Agent agent)
    {
        return ((AgentGroup)agent).reactors();
    }

    /**
     * When an agent has ended.
     *
     * @param agent server or client.
     * @return completed then.
     */
    public static CompletableFuture<Void> ended(final Agent agent)
    {
        return ((AgentGroup)agent).ended();
    }
}
