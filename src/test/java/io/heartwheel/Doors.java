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
        return ((ReactorAgent)agent).reactor;
    }

    /**
     * When an agent has ended.
     *
     * @param agent server or client.
     * @return completed then.
     */
    public static CompletableFuture<Void> ended(final Agent agent)
    {
        return ((ReactorAgent)agent).ended();
    }
}
