package io.heartwheel.fleet;

import io.heartwheel.Connection;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The connections of this process that have an identity, by numbers of their own: those of two servers may have the
 * same id. Those that have ended wait, up to a limit, for the listener to be told.
 * <p>
 * Threadsafe. The lock is held for a few operations.
 */
final class LocalConnections
{
    private final int maxEnded;
    private final Long2ObjectHashMap<Local> byNumber = new Long2ObjectHashMap<>();
    private final Map<Connection, Local> byConnection = new IdentityHashMap<>();
    private final ArrayDeque<Local> ended = new ArrayDeque<>();
    private long last;

    /** A connection of this process. */
    static final class Local
    {
        final long number;
        final Connection connection;
        /** The listener was told that it owns its identity. Of the thread of the fleet alone. */
        boolean isJoined;

        Local(final long number, final Connection connection)
        {
            this.number = number;
            this.connection = connection;
        }
    }

    LocalConnections(final int maxEnded)
    {
        this.maxEnded = maxEnded;
    }

    /** {@return its number, which no other connection has had} */
    synchronized long add(final Connection connection)
    {
        final Local local = new Local(++last, connection);
        byNumber.put(local.number, local);
        byConnection.put(connection, local);
        return local.number;
    }

    /** {@return the number that it had, or 0 if it had none} */
    synchronized long remove(final Connection connection)
    {
        final Local local = byConnection.remove(connection);
        if (null == local)
        {
            return 0;
        }
        byNumber.remove(local.number);
        if (ended.size() < maxEnded)
        {
            ended.add(local);
        }
        return local.number;
    }

    /** {@return the connection, or null if it has ended} */
    synchronized Local find(final long number)
    {
        return byNumber.get(number);
    }

    /** {@return the next that has ended, or null} */
    synchronized Local pollEnded()
    {
        return ended.poll();
    }
}
