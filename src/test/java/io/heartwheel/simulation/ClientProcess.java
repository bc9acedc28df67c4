package io.heartwheel.simulation;

import io.heartwheel.HeartbeatClient;

import org.agrona.concurrent.AgentTerminationException;

import java.util.SplittableRandom;

/**
 * A real client as if it ran in a process of its own: gets its turn every few milliseconds, wherever the server is, and
 * sleeps when it is stalled.
 */
final class ClientProcess
{
    /** How long it may have to wait for its turn. */
    static final long TURN_NS = 10 * Scenario.MS;

    final Stalls stalls;
    final Oracle oracle;
    private final Stalls others;
    private final VirtualTime time;
    private final SplittableRandom random;
    private HeartbeatClient client;
    private boolean isRunning;
    private boolean isToldToEnd;
    private boolean isEnded;
    private long sleepsUntilNs;

    /**
     * @param others of whom waits while the client ends.
     */
    ClientProcess(
        final VirtualTime time, final Scenario scenario, final SplittableRandom random, final Stalls others)
    {
        this.others = others;
        this.time = time;
        this.random = random;
        stalls = new Stalls(Scenario.STALL_NS, scenario.maxCostNs());
        oracle = new Oracle(time, stalls, scenario, TURN_NS);
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
     * What a runner does, which goes on after an exception, and ends by an error without closing anything.
     */
    private void work()
    {
        final boolean isToEnd = isToldToEnd;
        try
        {
            client.doWork();
            Simulation.require(!isToEnd, "the client was told to end, and goes on");
        }
        catch (final AgentTerminationException ex)
        {
            Simulation.require(isToldToEnd, "the client ended by itself");
            isEnded = true;
            close();
        }
        catch (final RuntimeException | Error ex)
        {
            if (!OnPurpose.is(ex))
            {
                throw ex;
            }
            isEnded = ex instanceof Error;
        }
        Simulation.require(!Thread.interrupted(), "the client's thread is interrupted, by which a runner would end");
    }

    /**
     * Meanwhile the rest of the world waits.
     */
    private void close()
    {
        final long fromNs = time.elapsedNs();
        client.onClose();
        others.add(fromNs, time.elapsedNs(), false);
    }
}
