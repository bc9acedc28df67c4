package io.heartwheel;

import io.heartwheel.host.Log;
import io.heartwheel.host.Watchdog;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import io.heartwheel.reactor.Reactor;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A reactor as an Agrona {@link Agent}, on a thread of its own or in the host's.
 * <p>
 * What goes wrong for one connection ends that connection. What goes wrong beyond that ends the agent: all sockets are
 * closed, {@link ConnectionListener#onClosed} comes for each that was open, and {@link #ended()} says why.
 */
abstract class ReactorAgent implements Agent, AutoCloseable
{
    /**
     * Longer than the longest linger: after it the runner complains on standard error, and interrupts the thread.
     */
    private static final int CLOSE_TIMEOUT_MS = 70_000;

    final Reactor reactor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final long maxParkNs;
    private final long hostTimeoutNs;
    private AgentRunner runner;
    private volatile Watchdog watchdog;
    private volatile boolean isClosing;
    private boolean isAtWork;

    ReactorAgent(final Reactor reactor, final ReactorContext<?> ctx)
    {
        this.reactor = reactor;
        maxParkNs = ctx.maxParkNs();
        hostTimeoutNs = ctx.lingerNs() + ctx.maxParkNs() + TimeUnit.SECONDS.toNanos(1);
    }

    final void startOnThread(final ReactorContext<?> ctx)
    {
        runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, reactor.errorHandler(), null, this);
        final Thread thread;
        try
        {
            thread = AgentRunner.startOnThread(runner, (run) -> new Thread(() -> runToTheEnd(run)));
        }
        catch (final Throwable ex)
        {
            // There is no thread to be had: the port is not kept for nothing.
            onClose();
            throw ex;
        }
        if (ctx.watchdogNs() > 0)
        {
            watch(thread, ctx);
        }
    }

    /**
     * However its thread comes to end, by what the runner itself throws too, nothing stays open behind it.
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
            ctx.nanoClock(), () -> metrics().count(Counter.CYCLES), ctx.maxParkNs() + ctx.watchdogNs());
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
            // It was quicker than we were.
            dog.close();
        }
    }

    /**
     * What is counted and measured, for any thread.
     *
     * @return the metrics, live.
     */
    public final ReactorMetrics metrics()
    {
        return reactor.metrics();
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
        return reactor.inspect();
    }

    /**
     * When the agent has ended: all sockets are closed, and the listener has been told of each connection. For any
     * thread; but the reactor thread must not wait for it.
     *
     * @return completed on the reactor thread, with what was thrown if that is why it ended.
     */
    public final CompletableFuture<Void> ended()
    {
        return ended.copy();
    }

    /**
     * One duty cycle. Once the agent has ended, because it was asked to or has drained, there is nothing left to do for
     * ever, so that agents of the host that share its thread go on; it is parked for {@code heartwheel.park.max} then.
     *
     * @return how much was done.
     * @throws AgentTerminationException once, when the agent has ended for what a callback threw, or by an error, which
     *                                   is the cause; and whenever it ended if it was launched.
     */
    @Override
    public final int doWork()
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
            // Expected: the error handler has been told.
            throw new AgentTerminationException(cause, true);
        }
        return 0;
    }

    /**
     * Let every peer go with a BYE, and release all sockets. Called by whoever runs the agent, on the reactor thread;
     * others call {@link #close()}.
     */
    @Override
    public final void onClose()
    {
        if (!isClosed.compareAndSet(false, true))
        {
            return;
        }
        reactor.enter();
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
     * Whoever waits for the end is told of it, even if the log is what is broken.
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
     * End an agent that was launched, and wait until it has. On the reactor thread, and so in every callback, nothing
     * waits: its next duty cycle is its last.
     * <p>
     * One that was not launched is closed by whoever runs it, in its next duty cycle, which is waited for no longer
     * than its peers may take to leave. It is closed here and now if nobody ever ran it, or the calling thread or one
     * that has ended did.
     * <p>
     * Nothing happens if it is closed.
     */
    @Override
    public final void close()
    {
        // First: a thread that enters the reactor after this looks at it.
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
            // It has ended all the same.
        }
        catch (final TimeoutException ex)
        {
            Log.line(Level.WARNING, "{0} is to end, but nobody runs its duty cycle", roleName());
        }
    }
}
