package io.heartwheel.simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Threads whose tasks run in virtual time, each some time after it was submitted.
 */
public final class VirtualThreads extends AbstractExecutorService
{
    private static final long LONGEST_TASK_NS = 5_000_000;

    private final VirtualTime time;
    private final SplittableRandom random;
    private boolean isShutdown;

    public VirtualThreads(final VirtualTime time, final SplittableRandom random)
    {
        this.time = time;
        this.random = random;
    }

    @Override
    public void execute(final Runnable task)
    {
        if (isShutdown)
        {
            throw new RejectedExecutionException();
        }
        time.after(1 + random.nextLong(LONGEST_TASK_NS), task);
    }

    @Override
    public void shutdown()
    {
        isShutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow()
    {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown()
    {
        return isShutdown;
    }

    @Override
    public boolean isTerminated()
    {
        return isShutdown;
    }

    @Override
    public boolean awaitTermination(final long timeout, final TimeUnit unit)
    {
        return isShutdown;
    }
}
