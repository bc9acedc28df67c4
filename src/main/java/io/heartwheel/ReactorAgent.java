package io.heartwheel;

import io.heartwheel.host.Log;
import io.heartwheel.host.Watchdog;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.Metrics;
import io.heartwheel.reactor.Reactor;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one reactor as an Agrona {@link Agent}, on a thread of its own or on the host's.
 * <p>
 * A fault of one connection ends that connection. Any other fault ends the agent: all sockets are closed, {@link
 * ConnectionListener#onClosed} is called for each connection that was open, and {@link #ended()} says why.
 */
final class ReactorAgent implements Agent
{
    /**
     * Longer than the longest linger. The runner interrupts the thread after this time, and says so on standard error.
     */
    private static final int CLOSE_TIMEOUT_MS = 70_000;

    final Reactor reactor;
    private final String roleName;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final long maxParkNs;
    private final long hostTimeoutNs;
    /** Told that this agent ends, though not by a drain, before it lets its peers leave. */
    private Runnable onEnding = () -> {};
    private AgentRunner runner;
    private volatile Watchdog watchdog;
    private volatile boolean isClosing;
    private boolean isAtWork;

    ReactorAgent(final Reactor reactor, final ReactorContext<?> ctx, final String roleName)
    {
        this.reactor = reactor;
        this.roleName = roleName;
        maxParkNs = ctx.maxParkNs();
        hostTimeoutNs = ctx.lingerNs() + ctx.maxParkNs() + TimeUnit.SECONDS.toNanos(1);
    }

    /**
     * @param roleName of the only agent, or the beginning of the names of several.
     */
    static List<ReactorAgent> of(final List<Reactor> reactors, final ReactorContext<?> ctx, final String roleName)
    {
        final List<ReactorAgent> agents = new ArrayList<>();
        for (final Reactor reactor : reactors)
        {
            agents.add(new ReactorAgent(
                reactor, ctx, 1 == reactors.size() ? roleName : roleName + "-" + agents.size()));
        }
        return agents;
    }

    /**
     * Name what is told that this agent ends. To be called before it runs.
     */
    void onEnding(final Runnable onEnding)
    {
        this.onEnding = onEnding;
    }

    void startOnThread(final ReactorContext<?> ctx)
    {
        runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, reactor.errorHandler(), null, this);
        final Thread thread;
        try
        {
            thread = AgentRunner.startOnThread(runner, (run) -> new Thread(() -> runToTheEnd(run)));
        }
        catch (final Throwable ex)
        {
            // There is no thread to be had, so the port is not kept.
            onClose();
            throw ex;
        }
        if (ctx.watchdogNs() > 0)
        {
            watch(thread, ctx);
        }
    }

    /**
     * Run until the end. Nothing stays open, however the thread ends, be it by an exception of the runner itself.
     */
    private void runToTheEnd(final Runnable run)
    {
        try
        {
            run.run();
        }
        catch (final Throwable ex)
        {
            if (!isClosed.get())
            {
                reactor.fail(ex);
            }
        }
        finally
        {
            onClose();
        }
    }

    private void watch(final Thread thread, final ReactorContext<?> ctx)
    {
        final Watchdog dog = new Watchdog(
            ctx.nanoClock(), () -> reactor.metrics().count(Counter.CYCLES), ctx.maxParkNs() + ctx.watchdogNs());
        try
        {
            dog.start(thread);
        }
        catch (final Throwable ex)
        {
            Log.line(Level.WARNING, "{0} runs without its watchdog: {1}", roleName(), ex);
            return;
        }
        watchdog = dog;
        if (isClosed.get())
        {
            // The agent ended before this thread could note the watchdog.
            dog.close();
        }
    }

    Metrics metrics()
    {
        return reactor.metrics();
    }

    /**
     * Views of all connections.
     *
     * @param isPartial true if others go on, so that there are no connections here once the agent has drained.
     * @return completed on the reactor thread.
     */
    CompletableFuture<List<ConnectionView>> connections(final boolean isPartial)
    {
        final CompletableFuture<List<ConnectionView>> views = reactor.inspect();
        return !isPartial ? views : views.exceptionally((ex) ->
        {
            if (reactor.isDrained())
            {
                return List.of();
            }
            throw new CompletionException(ex);
        });
    }

    /**
     * The end of the agent: all sockets are closed, and the listener was told of each connection. From any thread; but
     * the reactor thread must not wait for it.
     *
     * @return completed on the reactor thread; exceptionally if the agent ended for an error, with that error.
     */
    CompletableFuture<Void> ended()
    {
        return ended.copy();
    }

    /**
     * Run one duty cycle. An agent that was closed or has drained does nothing any more, so that the host's other
     * agents on its thread go on. It parks for {@code heartwheel.park.max} then.
     *
     * @return amount of work done; 0 if there was none.
     * @throws AgentTerminationException once, if a callback threw one or an error ended the agent, which is the cause
     *                                   then; and after any end if the agent was launched.
     */
    @Override
    public int doWork()
    {
        if (isClosed.get())
        {
            rest();
            return 0;
        }

        int work = 0;
        reactor.enter();
        isAtWork = true;
        try
        {
            work = isEnding() ? 0 : reactor.doWork();
        }
        catch (final Throwable ex)
        {
            reactor.fail(ex);
        }
        isAtWork = false;
        return isEnding() ? end() : work;
    }

    private void rest()
    {
        if (maxParkNs > 0)
        {
            LockSupport.parkNanos(maxParkNs);
        }
    }

    private boolean isEnding()
    {
        return isClosing || null != reactor.ending() || reactor.isDrained();
    }

    private int end()
    {
        onClose();
        final Throwable cause = reactor.ending();
        if (cause instanceof AgentTerminationException termination)
        {
            throw termination;
        }
        if (null != cause || null != runner)
        {
            // Not thrown again: the error handler has been told.
            throw new AgentTerminationException(cause, true);
        }
        return 0;
    }

    /**
     * Let every peer leave with a BYE, and release all sockets. The runner of the agent calls this on the reactor
     * thread. Other threads call {@link #close()}.
     */
    @Override
    public void onClose()
    {
        if (!isClosed.compareAndSet(false, true))
        {
            return;
        }
        reactor.enter();
        if (!reactor.isDrained())
        {
            onEnding.run();
        }
        try
        {
            if (null == reactor.failure())
            {
                reactor.shutdown();
            }
        }
        catch (final Throwable ex)
        {
            reactor.fail(ex);
        }
        finally
        {
            release();
        }
    }

    /**
     * The future of the end is completed even if the log is broken.
     */
    private void release()
    {
        try
        {
            reactor.release();
            if (null != watchdog)
            {
                watchdog.close();
            }
            if (null != reactor.failure())
            {
                Log.line(Level.ERROR, "{0} has ended by an error: {1}", roleName(), reactor.failure());
            }
        }
        finally
        {
            if (null == reactor.failure())
            {
                ended.complete(null);
            }
            else
            {
                ended.completeExceptionally(reactor.failure());
            }
        }
    }

    /**
     * End the agent. An agent that was launched has ended when this returns. On the reactor thread, and so in every
     * callback, this does not wait: the next duty cycle is the last.
     * <p>
     * An agent that was not launched is closed in its next duty cycle by the thread that runs it. This waits for that,
     * but no longer than the peers may take to leave. The calling thread closes it at once if it ran the agent last, or
     * no living thread did.
     * <p>
     * Nothing happens if the agent is closed.
     */
    void close()
    {
        // Set first: a thread that enters the reactor after this looks at it.
        isClosing = true;
        if (null != runner)
        {
            if (!reactor.isEntered())
            {
                reactor.wakeup();
                runner.close(CLOSE_TIMEOUT_MS, null);
            }
        }
        else if (reactor.isElsewhere())
        {
            reactor.wakeup();
            awaitEnd();
        }
        else if (!isAtWork)
        {
            onClose();
        }
    }

    /**
     * Ask the agent to end, without waiting for it. From any thread.
     */
    void askToEnd()
    {
        isClosing = true;
        if (!reactor.isEntered())
        {
            reactor.wakeup();
        }
    }

    /**
     * Is the calling thread in a duty cycle of this agent, and so in a callback?
     */
    boolean isEntered()
    {
        return reactor.isEntered() && (null != runner || isAtWork);
    }

    @Override
    public String roleName()
    {
        return roleName;
    }

    private void awaitEnd()
    {
        try
        {
            ended.get(hostTimeoutNs, TimeUnit.NANOSECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        catch (final ExecutionException ex)
        {
            // The agent has ended all the same.
        }
        catch (final TimeoutException ex)
        {
            Log.line(Level.WARNING, "{0} is to end, but nobody runs its duty cycle", roleName());
        }
    }
}
