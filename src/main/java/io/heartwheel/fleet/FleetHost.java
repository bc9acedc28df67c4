package io.heartwheel.fleet;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.SendResult;
import io.heartwheel.fleet.LocalConnections.Local;
import io.heartwheel.host.Log;
import org.agrona.ErrorHandler;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the node tells of the connections of this process: it closes them, hands messages to them, and tells the
 * listener. The thread of the fleet calls it.
 */
final class FleetHost implements Host
{
    private static final int TELL_LIMIT = 256;

    private final LocalConnections connections;
    private final FleetMetrics metrics;
    private final FleetListener listener;
    private final ErrorHandler errorHandler;
    private Map<String, String> told = Map.of();
    private Map<String, FleetMember> nodes = Map.of();

    FleetHost(
        final LocalConnections connections,
        final FleetMetrics metrics,
        final FleetListener listener,
        final ErrorHandler errorHandler)
    {
        this.connections = connections;
        this.metrics = metrics;
        this.listener = listener;
        this.errorHandler = errorHandler;
    }

    @Override
    public void onOwned(final long connection, final Session session)
    {
        final Local local = connections.find(connection);
        if (null != local && !local.isJoined)
        {
            local.isJoined = true;
            tell((to) -> to.onJoined(local.connection));
        }
    }

    @Override
    public void onTakenOver(final long connection, final Session newer)
    {
        close(connection, CloseReason.TAKEN_OVER, (closed) -> listener.onTakenOver(closed, newer));
    }

    @Override
    public void onRefused(final long connection, final Session older)
    {
        close(connection, CloseReason.REFUSED, (closed) -> listener.onRefused(closed, older));
    }

    @Override
    public void onClose(final long connection, final byte reason)
    {
        close(connection, reasonOf(reason), (closed) ->
        {
        });
    }

    private static CloseReason reasonOf(final byte code)
    {
        return Arrays.stream(CloseReason.values()).filter((each) -> each.isOfHost() && code == each.code())
            .findFirst().orElse(CloseReason.LOCAL_CLOSE);
    }

    private void close(final long number, final CloseReason reason, final Consumer<Connection> event)
    {
        final Local local = connections.find(number);
        if (null != local)
        {
            local.connection.close(reason);
            tell((to) -> event.accept(local.connection));
        }
    }

    @Override
    public void onMessage(final long connection, final byte[] message)
    {
        final Local local = connections.find(connection);
        if (null == local || !isAccepted(local.connection, message))
        {
            metrics.add(FleetCounter.UNDELIVERED, 1);
        }
    }

    /** One that reads slowly, or is sent more than its server sends, does not take it. */
    private boolean isAccepted(final Connection connection, final byte[] message)
    {
        try
        {
            return SendResult.ACCEPTED == connection.send(ByteBuffer.wrap(message));
        }
        catch (final RuntimeException ex)
        {
            errorHandler.onError(ex);
            return false;
        }
    }

    @Override
    public void onState(final FleetState state)
    {
        metrics.state(state);
        tell((to) -> to.onState(state));
    }

    @Override
    public void onWarning(final String warning)
    {
        Log.line(Level.WARNING, "fleet: {0}", warning);
        tell((to) -> to.onWarning(warning));
    }

    /** Tell of connections that have ended, some of them at a time. */
    int tellEnded()
    {
        int count = 0;
        for (Local local; count < TELL_LIMIT && null != (local = connections.pollEnded()); count++)
        {
            if (local.isJoined)
            {
                final Connection ended = local.connection;
                tell((to) -> to.onLeft(ended));
            }
        }
        return count;
    }

    /**
     * Tell which nodes have come and gone.
     *
     * @param members lease to name of all that live; another object if they are others.
     */
    void tellNodes(final Map<String, String> members)
    {
        if (told != members)
        {
            told = members;
            final Map<String, FleetMember> before = nodes;
            final Map<String, FleetMember> now = new HashMap<>();
            members.forEach((lease, name) ->
                now.put(Session.bootOf(lease), new FleetMember(Session.bootOf(lease), name)));
            nodes = now;
            before.values().stream().filter((node) -> !now.containsKey(node.boot()))
                .forEach((node) -> tell((to) -> to.onNodeLeft(node)));
            now.values().stream().filter((node) -> !before.containsKey(node.boot()))
                .forEach((node) -> tell((to) -> to.onNodeJoined(node)));
        }
    }

    private void tell(final Consumer<FleetListener> event)
    {
        try
        {
            event.accept(listener);
        }
        catch (final Exception ex)
        {
            errorHandler.onError(ex);
        }
    }
}
