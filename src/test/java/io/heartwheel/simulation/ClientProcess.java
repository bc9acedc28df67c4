package io.heartwheel.simulation;

import io.heartwheel.HeartbeatClient;
import io.heartwheel.reactor.Insides;
import org.agrona.concurrent.AgentTerminationException;

import java.util.SplittableRandom;

/**
 * Runs a real client as if it had a process of its own. It has its turn every few milliseconds, whatever the server
 * does at that time, and none while it is stalled.
 */
final class ClientProcess
{
    /** How long it may have to wait for its turn. */
    static final long TURN_NS = 10 * Scenario.MS;

    final Stalls stalls;
    final Oracle oracle;
    private final PairSimulation pair;
    private final VirtualTime time;
    private final SplittableRandom random;
    private HeartbeatClient client;
    private boolean isRunning;
    private boolean isToldToEnd;
    private boolean isEnded;
    private long sleepsUntilNs;

    ClientProcess(final PairSimulation pair, final SplittableRandom random)
    {
        this.pair = pair;
        this.random = random;
        time = pair.time;
        stalls = new Stalls(Scenario.STALL_NS, pair.scenario.maxCostNs());
        oracle = new Oracle(time, stalls, pair.scenario, TURN_NS);
    }

    void start(final HeartbeatClient client)
    {
        this.client = client;
        time.after(0, this::turn);
    }

    /**
     * It is in the middle of its turn: whatever stops its host stops it too.
     */
    boolean isRunning()
    {
        return isRunning;
    }

    boolean isAwake()
    {
        return time.elapsedNs() >= sleepsUntilNs;
    }

    /**
     * Have something done by the client's application as soon as it runs.
     */
    void submit(final Runnable action)
    {
        time.after(sleepsUntilNs - time.elapsedNs(), action);
    }

    void stall(final long durationNs)
    {
        if (isAwake() && !isRunning)
        {
            sleepsUntilNs = time.elapsedNs() + durationNs;
            stalls.add(time.elapsedNs(), sleepsUntilNs, true);
        }
    }

    /**
     * The client's application tells it to end: it does so in its next turn.
     */
    void tellToEnd()
    {
        isToldToEnd = true;
    }

    boolean isToldToEnd()
    {
        return isToldToEnd;
    }

    /**
     * Close the client if it has not ended by itself; it gets no turn any more.
     */
    void end()
    {
        if (!isEnded)
        {
            isEnded = true;
            client.onClose();
        }
    }

    private void turn()
    {
        if (isEnded)
        {
            return;
        }
        if (!isRunning && isAwake())
        {
            isRunning = true;
            oracle.onCycle();
            try
            {
                work();
            }
            finally
            {
                isRunning = false;
            }
        }
        time.after(1 + random.nextLong(TURN_NS), this::turn);
    }

    /**
     * Meanwhile the rest of the world waits if it ends.
     */
    private void work()
    {
        final boolean isToEnd = isToldToEnd;
        final long fromNs = time.elapsedNs();
        try
        {
            client.doWork();
        }
        catch (final AgentTerminationException ex)
        {
            Simulation.require(Insides.isEnded(client), "the client says that it ends, and has not");
        }
        Simulation.require(!Thread.interrupted(), "the client's thread is interrupted, by which a runner would end");
        isEnded = Insides.isEnded(client);
        Simulation.require(isEnded || !isToEnd, "the client was told to end, and goes on");
        if (isEnded)
        {
            Simulation.require(isToldToEnd || pair.ending.isBegun(), "the client ended by itself");
            pair.stalls.add(fromNs, time.elapsedNs(), false);
            pair.endClient();
        }
    }
}
