package io.heartwheel.simulation;

import io.heartwheel.HeartbeatClient;

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
    private final VirtualTime time;
    private final SplittableRandom random;
    private HeartbeatClient client;
    private boolean isRunning;
    private boolean isEnding;
    private long sleepsUntilNs;

    ClientProcess(final VirtualTime time, final Scenario scenario, final SplittableRandom random)
    {
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
     * Close the client, which gets no turn any more.
     */
    void end()
    {
        isEnding = true;
        client.close();
    }

    private void turn()
    {
        if (isEnding)
        {
            return;
        }
        if (!isRunning && isAwake())
        {
            isRunning = true;
            oracle.onCycle();
            try
            {
                client.doWork();
            }
            finally
            {
                isRunning = false;
            }
        }
        time.after(1 + random.nextLong(TURN_NS), this::turn);
    }
}
