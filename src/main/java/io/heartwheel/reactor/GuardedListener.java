package io.heartwheel.reactor;

import io.heartwheel.AddressCheck;
import io.heartwheel.CloseReason;
import io.heartwheel.ConnectionListener;
import io.heartwheel.CredentialCheck;
import io.heartwheel.IdentityListener;
import io.heartwheel.Link;
import io.heartwheel.LinkListener;
import io.heartwheel.metrics.Counter;
import io.heartwheel.metrics.ReactorMetrics;
import org.agrona.concurrent.AgentTerminationException;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Calls the application, its listener and its checks, and keeps what they throw from everything else: an exception goes
 * to the error handler. An {@link AgentTerminationException} asks the agent to end, which it does when its duty cycle
 * is over. An interrupt that a callback leaves behind is cleared.
 */
final class GuardedListener
{
    private final ConnectionListener listener;
    private final IdentityListener identities;
    private final Standstill standstill;
    private final Consumer<Peer> lateHandler = this::onLateIdentified;
    private final Faults faults;
    private final ReactorMetrics metrics;

    /**
     * @param identities told of connections with an identity, or null.
     */
    GuardedListener(
        final ConnectionListener listener,
        final IdentityListener identities,
        final AttendedClock clock,
        final Faults faults,
        final ReactorMetrics metrics)
    {
        this.listener = listener;
        this.identities = identities;
        standstill = new Standstill(clock);
        this.faults = faults;
        this.metrics = metrics;
    }

    void onStall()
    {
        standstill.onStall();
    }

    /**
     * A duty cycle is over: tell of those that came in a stall.
     */
    void onCycle(final boolean isAllAccepted)
    {
        standstill.onCycle(isAllAccepted, lateHandler);
    }

    boolean onOpen(final Peer peer)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            listener.onOpen(peer);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    boolean onMessage(final Peer peer, final ByteBuffer payload)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            listener.onMessage(peer, payload);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    boolean onText(final Peer peer, final ByteBuffer utf8)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            listener.onText(peer, utf8);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    void onProbe(final Peer peer)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            listener.onProbe(peer);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    void onClosed(final Peer peer, final CloseReason reason)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            listener.onClosed(peer, reason);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * Tell of a connection that is open and named, once. Of one that came in a stall it is told later.
     */
    void onIdentified(final Peer peer)
    {
        if (isToBeIdentified(peer) && !standstill.isLate(peer))
        {
            identified(peer);
        }
    }

    /** The same of one that came in a stall, and is open still. */
    private void onLateIdentified(final Peer peer)
    {
        if (isToBeIdentified(peer))
        {
            identified(peer);
        }
    }

    private boolean isToBeIdentified(final Peer peer)
    {
        return null != identities && null != peer.identity() && !peer.isIdentified && peer.isAnnounced && peer.isOpen();
    }

    private void identified(final Peer peer)
    {
        peer.isIdentified = true;
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            identities.onIdentified(peer, standstill.openedNs(peer));
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * Tell that a connection has ended, if its identity was told of.
     */
    void onGone(final Peer peer)
    {
        if (!peer.isIdentified)
        {
            return;
        }
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            identities.onGone(peer);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            ((LinkListener)listener).onReconnecting(link, attempt, delayNs);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    void onGivenUp(final Link link)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            ((LinkListener)listener).onGivenUp(link);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    /**
     * Why the application does not let an address in, or null if it lets it in.
     */
    String refusalOf(final AddressCheck check, final InetSocketAddress address)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            return check.refusalOf(address);
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
            return "address check failed";
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    boolean onCredential(
        final CredentialCheck check, final CredentialRequest request, final ByteBuffer credential)
    {
        final boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try
        {
            check.onCredential(request, credential);
            return true;
        }
        catch (final Throwable ex)
        {
            return onFailure(ex);
        }
        finally
        {
            Faults.afterCallback(wasInterrupted);
        }
    }

    private boolean onFailure(final Throwable ex)
    {
        if (!faults.onFault(ex))
        {
            return true;
        }
        metrics.add(Counter.LISTENER_FAILURES, 1);
        return false;
    }
}
