package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A reactor as an Agrona {@link Agent}, on a thread of its own or in the host's.
 */
abstract class ReactorAgent implements Agent, AutoCloseable
{
    /**
     * Longer than the longest linger: after it the runner complains on standard error, and interrupts the thread.
     */
    private static final int CLOSE_TIMEOUT_MS = 70_000;

    final Reactor reactor;
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private AgentRunner runner;
    private volatile Watchdog watchdog;
    private volatile boolean isClosing;
    private boolean isClosed;
    private boolean isAtWork;

    ReactorAgent(final Reactor reactor)
    {
        this.reactor = reactor;
    }

    final void startOnThread(final ReactorContext<?> ctx)
    {
        runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, ctx.errorHandler(), null, this);
        final Thread thread = AgentRunner.startOnThread(runner);
        if (ctx.watchdogNs() > 0)
        {
            watchdog = new Watchdog(
                ctx.nanoClock(), () -> metrics().count(Counter.CYCLES), ctx.maxParkNs() + ctx.watchdogNs());
            watchdog.start(thread);
            if (ended.isDone())
            {
                // It was quicker than we were.
                watchdog.close();
            }
        }
    }

    /**
     * What is counted and measured, for any thread.
     *
     * @return the metrics, live.
     */
    public final ReactorMetrics metrics()
    {
        return reactor.metrics;
    }

    /**
     * How every connection stands. The reactor looks at a bounded number in each duty cycle, so the views are of
     * moments a few milliseconds apart. For any thread; but the reactor thread must not wait for it.
     *
     * @return completed on the reactor thread with a list that does not change, or with an IllegalStateException if
     *     the agent is closed.
     */
    public final CompletableFuture<List<ConnectionView>> connections()
    {
        final CompletableFuture<List<ConnectionView>> answer = reactor.inspector.inspect();
        reactor.commands.wakeup();
        return answer;
    }

    @Override
    public final int doWork()
    {
        if (isClosing || reactor.departures.drain.isDone())
        {
            throw new AgentTerminationException(true);
        }
        isAtWork = true;
        try
        {
            return reactor.doWork();
        }
        finally
        {
            isAtWork = false;
        }
    }

    /**
     * Let every peer go with a BYE, and release all sockets. Called by whoever runs the agent, on the reactor thread;
     * others call {@link #close()}.
     */
    @Override
    public final void onClose()
    {
        if (!isClosed)
        {
            isClosed = true;
            try
            {
                reactor.shutdown();
            }
            finally
            {
                ended.complete(null);
                if (null != watchdog)
                {
                    watchdog.close();
                }
            }
        }
    }

    /**
     * End an agent that was launched, and wait until it has. On the reactor thread, and so in every callback, nothing
     * waits: its next duty cycle is its last.
     * <p>
     * One that was not launched is closed by whoever runs it: this makes its next duty cycle throw an {@link
     * AgentTerminationException}, and returns. It is closed here and now if nobody ever ran it, or the calling thread
     * or one that has ended did.
     * <p>
     * Nothing happens if it is closed.
     */
    @Override
    public final void close()
    {
        isClosing = true;
        if (null != runner)
        {
            if (!reactor.commands.isReactorThread())
            {
                reactor.commands.wakeup();
                runner.close(CLOSE_TIMEOUT_MS, null);
            }
        }
        else if (reactor.commands.isElsewhere())
        {
            reactor.commands.wakeup();
        }
        else if (!isAtWork)
        {
            onClose();
        }
    }
}
