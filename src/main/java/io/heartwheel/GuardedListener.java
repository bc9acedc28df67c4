package io.heartwheel;

import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Calls the application, its listener and its checks, and keeps what they throw from everything else: it goes to the
 * error handler. Only an {@link AgentTerminationException} passes, which is how an agent is told to end.
 */
final class GuardedListener
{
    private final ConnectionListener listener;
    private final ErrorHandler errorHandler;
    private final ReactorMetrics metrics;

    GuardedListener(
        final ConnectionListener listener, final ErrorHandler errorHandler, final ReactorMetrics metrics)
    {
        this.listener = listener;
        this.errorHandler = errorHandler;
        this.metrics = metrics;
    }

    boolean onOpen(final Connection connection)
    {
        try
        {
            listener.onOpen(connection);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
    }

    boolean onMessage(final Connection connection, final ByteBuffer payload)
    {
        try
        {
            listener.onMessage(connection, payload);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
    }

    void onProbe(final Connection connection)
    {
        try
        {
            listener.onProbe(connection);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
    }

    void onClosed(final Connection connection, final CloseReason reason)
    {
        try
        {
            listener.onClosed(connection, reason);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
    }

    void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
        try
        {
            ((LinkListener)listener).onReconnecting(link, attempt, delayNs);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
    }

    void onGivenUp(final Link link)
    {
        try
        {
            ((LinkListener)listener).onGivenUp(link);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
    }

    /**
     * Why the application does not let an address in, or null if it does.
     */
    String refusalOf(final AddressCheck check, final InetSocketAddress address)
    {
        try
        {
            return check.refusalOf(address);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
            return "address check failed";
        }
    }

    boolean onCredential(
        final CredentialCheck check, final AdmissionRequest request, final ByteBuffer credential)
    {
        try
        {
            check.onCredential(request, credential);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
    }

    private boolean onFailure(final Throwable ex)
    {
        if (ex instanceof AgentTerminationException termination)
        {
            throw termination;
        }
        metrics.add(Counter.LISTENER_FAILURES, 1);
        errorHandler.onError(ex);
        return false;
    }
}
