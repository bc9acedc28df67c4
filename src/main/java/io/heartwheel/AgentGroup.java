package io.heartwheel;

import io.heartwheel.metrics.Metrics;
import io.heartwheel.metrics.MetricsSum;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The one face of one or several reactors, each of which is an {@link Agent}. With one reactor it is an Agent itself.
 * <p>
 * It ends as a whole. When one reactor ends, by an error or because a callback asked for it, the others let their peers
 * leave with a BYE and end too: a server of which a part is gone would look alive to its host, but refuse that part of
 * its clients. Only in a drain each ends by itself, when the last of its own peers has left.
 */
abstract class AgentGroup implements Agent, AutoCloseable
{
    private final List<ReactorAgent> agents;
    /** The only one, or null if there are several. */
    private final ReactorAgent sole;
    private final Metrics metrics;
    private final CompletableFuture<Void> ended;

    /**
     * @param agents one for each reactor, in the order of their indices.
     */
    AgentGroup(final List<ReactorAgent> agents)
    {
        this.agents = agents;
        sole = 1 == agents.size() ? agents.get(0) : null;
        metrics = null != sole ? sole.metrics() :
            new MetricsSum(agents.stream().map(ReactorAgent::metrics).toList());
        ended = null != sole ? sole.ended() :
            CompletableFuture.allOf(agents.stream().map(ReactorAgent::ended).toArray(CompletableFuture[]::new));
        if (null == sole)
        {
            agents.forEach((agent) -> agent.onEnding(this::askToEnd));
        }
    }

    private void askToEnd()
    {
        agents.forEach(ReactorAgent::askToEnd);
    }

    final void startOnThreads(final ReactorContext<?> ctx)
    {
        try
        {
            for (final ReactorAgent agent : agents)
            {
                agent.startOnThread(ctx);
            }
        }
        catch (final Throwable ex)
        {
            close();
            throw ex;
        }
    }

    final ReactorAgent agent(final int reactor)
    {
        return agents.get(reactor);
    }

    /**
     * The Agents of the reactors, in the order of their indices, for a host that runs each of them on a thread of its
     * own. Each parks by itself. The end of one, but for a drain, is the end of all.
     *
     * @return one for each reactor; they are not to be run if the server or client was launched.
     */
    public final List<Agent> agents()
    {
        return List.copyOf(agents);
    }

    /**
     * Number of reactors.
     *
     * @return the number, 1 at least.
     */
    public final int reactors()
    {
        return agents.size();
    }

    /**
     * What is counted and measured, by all reactors together. From any thread.
     *
     * @return the metrics, live.
     */
    public final Metrics metrics()
    {
        return metrics;
    }

    /**
     * What one reactor has counted and measured. From any thread.
     *
     * @param reactor index of it, from 0.
     * @return the metrics, live.
     */
    public final Metrics metrics(final int reactor)
    {
        return agents.get(reactor).metrics();
    }

    /**
     * Views of all connections. A reactor looks at a bounded number of connections in each duty cycle, so the views are
     * of moments a few milliseconds apart, and later ones if a reactor is stalled. From any thread; but a reactor
     * thread must not wait for it.
     *
     * @return completed on a reactor thread with a list that does not change, by reactors; or with an
     *     IllegalStateException if the server or client is closed.
     */
    public final CompletableFuture<List<ConnectionView>> connections()
    {
        final boolean isPartial = null == sole && !ended.isDone();
        CompletableFuture<List<ConnectionView>> all = agents.get(0).connections(isPartial);
        for (int i = 1; i < agents.size(); i++)
        {
            all = all.thenCombine(agents.get(i).connections(isPartial), AgentGroup::joined);
        }
        return all;
    }

    private static List<ConnectionView> joined(final List<ConnectionView> some, final List<ConnectionView> others)
    {
        final List<ConnectionView> joined = new ArrayList<>(some.size() + others.size());
        joined.addAll(some);
        joined.addAll(others);
        return joined;
    }

    /**
     * The end: all sockets are closed, and the listener was told of each connection. From any thread; but a reactor
     * thread must not wait for it.
     *
     * @return completed on a reactor thread; exceptionally if an error of a reactor was the reason, with that error.
     */
    public final CompletableFuture<Void> ended()
    {
        return ended.copy();
    }

    /**
     * Run one duty cycle of the only reactor. After the end it does nothing any more, so that the host's other agents
     * on its thread go on. It parks for {@code heartwheel.park.max} then.
     *
     * @return amount of work done; 0 if there was none.
     * @throws AgentTerminationException once, if a callback threw one or an error ended the agent, which is the cause
     *                                   then; and after any end if the agent was launched.
     * @throws IllegalStateException     if there are several reactors: one thread cannot park for all of them, so a
     *                                   host runs each of {@link #agents()}.
     */
    @Override
    public final int doWork()
    {
        if (null == sole)
        {
            throw new IllegalStateException(
                "there are " + agents.size() + " reactors: run each of agents() on a thread of its own");
        }
        return sole.doWork();
    }

    /**
     * Let every peer leave with a BYE, and release all sockets. The runner of the agent calls this on the reactor
     * thread. Other threads call {@link #close()}.
     */
    @Override
    public final void onClose()
    {
        if (null == sole)
        {
            close();
        }
        else
        {
            sole.onClose();
        }
    }

    /**
     * End. A server or client that was launched has ended when this returns. On a reactor thread, and so in every
     * callback, this does not wait: the next duty cycle of each reactor is its last.
     * <p>
     * What was not launched is closed in its next duty cycle by the thread that runs it. This waits for that, but no
     * longer than the peers may take to leave. The calling thread closes it at once if it ran it last, or no living
     * thread did.
     * <p>
     * Nothing happens if it is closed.
     */
    @Override
    public final void close()
    {
        if (null == sole)
        {
            // All let their peers leave at the same time.
            askToEnd();
            if (agents.stream().anyMatch(ReactorAgent::isEntered))
            {
                return;
            }
        }
        agents.forEach(ReactorAgent::close);
    }
}
