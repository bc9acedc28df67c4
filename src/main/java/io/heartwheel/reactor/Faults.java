package io.heartwheel.reactor;

import io.heartwheel.host.Log;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Takes exceptions that should not have been thrown, and tells the application's error handler. What the handler throws
 * gets no further.
 * <p>
 * The agent ends, when its duty cycle is over, on an {@link AgentTerminationException} of a callback or of the handler.
 * It also ends if the JVM fails again and again.
 * <p>
 * <b>Note:</b> For the reactor thread, but for {@link #onError} and {@link #ending}.
 */
final class Faults implements ErrorHandler
{
    /**
     * A single lack of memory or of stack is taken for a fault of one connection. So many in so many seconds end the
     * agent.
     */
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
     * Tell the application's error handler.
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
            Log.error(ex);
        }
        finally
        {
            afterCallback(wasInterrupted);
        }
    }

    /**
     * A callback threw an exception, or the handling of one connection did.
     *
     * @return true if it was a fault; false if it asks the agent to end.
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
     * Have the agent end. Only the first reason counts.
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
     * What broke the agent, or null if it runs or ends as it was told to.
     */
    Throwable failure()
    {
        final Throwable ex = ending;
        return ex instanceof AgentTerminationException ? null : ex;
    }

    /**
     * Close a resource. An exception goes to the error handler.
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
     * Clear an interrupt that a callback left behind. It would end the agent, as an interrupt from outside does.
     */
    static void afterCallback(final boolean wasInterrupted)
    {
        if (!wasInterrupted && Thread.interrupted())
        {
            Log.line(Level.WARNING, "a callback left the reactor thread interrupted, which is undone");
        }
    }

    /**
     * One line about a fault. For an error of the JVM it allocates nothing.
     */
    static String text(final Throwable ex)
    {
        return ex instanceof VirtualMachineError ? ex.getClass().getName() : ex.toString();
    }
}
