package io.heartwheel.reactor;

import io.heartwheel.host.Log;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * What is thrown where nothing should be. The application's error handler is told; nothing that the handler throws gets
 * out. An {@link AgentTerminationException}, of a callback or of the handler, has the agent end when its duty cycle is
 * over, and so does a JVM that fails again and again.
 * <p>
 * <b>Note:</b> For the reactor thread, but for {@link #onError} and {@link #ending}.
 */
final class Faults implements ErrorHandler
{
    /** Out of memory once, or of stack, is one connection's fault; so often within that time, it is the process's. */
    private static final int JVM_ERRORS_MAX = 60;
    private static final RateLimit JVM_ERRORS = new RateLimit(1, TimeUnit.SECONDS.toNanos(JVM_ERRORS_MAX));

    private final ErrorHandler handler;
    private final NanoClock clock;
    private long jvmErrorsUsedNs;
    private volatile Throwable ending;

    Faults(final ErrorHandler handler, final NanoClock clock)
    {
        this.handler = handler;
        this.clock = clock;
        jvmErrorsUsedNs = clock.nanoTime();
    }

    /**
     * Tell the application.
     */
    @Override
    public void onError(final Throwable error)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            handler.onError(error);
        }
        catch (final AgentTerminationException ex)
        {
            end(ex);
        }
        catch (final Throwable ex)
        {
            log(ex);
        }
        finally
        {
            afterCallback(wasInterrupted);
        }
    }

    /**
     * The log is the last that can be told. If that is what is broken, as by an error while it was loaded, nobody is.
     */
    private static void log(final Throwable ex)
    {
        try
        {
            Log.error(ex);
        }
        catch (final Throwable broken)
        {
            // Nobody is left to tell.
        }
    }

    /**
     * Something was thrown by one callback, or while one connection was handled.
     *
     * @return true if it was a fault, and not the wish that the agent ends.
     */
    boolean onFault(final Throwable ex)
    {
        if (ex instanceof AgentTerminationException)
        {
            end(ex);
            return false;
        }
        if (ex instanceof VirtualMachineError)
        {
            final long nowNs = clock.nanoTime();
            jvmErrorsUsedNs = JVM_ERRORS.charge(jvmErrorsUsedNs, nowNs);
            if (JVM_ERRORS.isExceeded(jvmErrorsUsedNs, nowNs))
            {
                end(ex);
            }
        }
        onError(ex);
        return true;
    }

    /**
     * Have the agent end. The first reason counts.
     */
    void end(final Throwable ex)
    {
        ending = null == ending ? ex : ending;
    }

    /**
     * Why the agent has to end, or null.
     */
    Throwable ending()
    {
        return ending;
    }

    /**
     * What broke the agent, or null if it runs, or ends as it was told to.
     */
    Throwable failure()
    {
        final Throwable ex = ending;
        return ex instanceof AgentTerminationException ? null : ex;
    }

    /**
     * Close something, whatever comes of it.
     */
    void close(final AutoCloseable closeable)
    {
        try
        {
            if (null != closeable)
            {
                closeable.close();
            }
        }
        catch (final Throwable ex)
        {
            onError(ex);
        }
    }

    /**
     * A thread that is left interrupted by a callback would end the agent, as one that is interrupted from outside
     * does.
     */
    static void afterCallback(final boolean wasInterrupted)
    {
        if (!wasInterrupted && Thread.interrupted())
        {
            Log.line(Level.WARNING, "a callback left the reactor thread interrupted, which is undone");
        }
    }

    /**
     * A line on a fault, which takes no memory when that is what lacks.
     */
    static String text(final Throwable ex)
    {
        return ex instanceof VirtualMachineError ? ex.getClass().getName() : ex.toString();
    }
}
