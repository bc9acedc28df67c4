package io.heartwheel.bench.hops;

import io.heartwheel.Connection;
import io.heartwheel.HeartbeatClient;
import io.heartwheel.Link;
import io.heartwheel.fleet.Session;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One client, who comes anew at another node now and then, and what is so of its connections. It is changed by the
 * thread of the hops and the reactor thread of the client, and read by the checker.
 */
final class Hopper
{
    /** A HELLO is heard so soon after the opening, and an answer to a question later. */
    private static final long HELLO_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String identity;
    /** The newest link. All others are left, and close when their connection ends. */
    private Link link;
    private Connection current;
    private long calledNs;
    private long openCalledNs;
    private long openSinceNs;
    private long goneSinceNs;
    /** Each open connection, and when it was heard last as it opened: later than that only if its node answers. */
    private final Map<Connection, Long> open = new HashMap<>();
    private boolean isToStayAway;
    private boolean isAway = true;
    private int messages;
    private int strayMessages;
    private int wronglyTakenOver;
    private final History history = new History();

    Hopper(final String identity)
    {
        this.identity = identity;
    }

    String identity()
    {
        return identity;
    }

    /** Come, for the first time or after having been away. */
    synchronized void come(final HeartbeatClient client, final InetSocketAddress... addresses)
    {
        if (isAway)
        {
            isAway = false;
            calledNs = System.nanoTime();
            link = client.connect(identity, addresses);
        }
    }

    /**
     * Come anew, if the last connection is open. Two that begin at once would be ordered by the node, not by this end.
     *
     * @param isOldLeft whether the old connection is left open, and has to be closed by its node.
     * @return false if it was not done.
     */
    synchronized boolean hop(
        final HeartbeatClient client, final boolean isOldLeft, final InetSocketAddress... addresses)
    {
        if (null == current || isAway)
        {
            return false;
        }
        if (!isOldLeft)
        {
            link.close();
        }
        calledNs = System.nanoTime();
        history.add(calledNs, calledNs, isOldLeft ? "hops, and leaves its old connection open" : "hops");
        current = null;
        link = client.connect(identity, addresses);
        return true;
    }

    /** When the connection ends the next time, do not come back. */
    synchronized void toStayAway(final boolean isToStayAway)
    {
        this.isToStayAway = isToStayAway;
    }

    synchronized void leave()
    {
        if (!isAway)
        {
            isAway = true;
            link.close();
        }
    }

    /**
     * A client whose node may be stopped, as it has answered nothing but perhaps a HELLO, holds on to nothing: which of
     * the two is the older one its node could not tell when it goes on.
     */
    synchronized void onOpen(final Connection connection, final long nowNs)
    {
        List.copyOf(open.keySet()).stream().filter((older) -> older.lastHeardNs() - open.get(older) < HELLO_NS)
            .forEach((unanswered) -> unanswered.link().close());
        open.put(connection, connection.lastHeardNs());
        if (connection.link() == link)
        {
            current = connection;
            openCalledNs = calledNs;
            openSinceNs = nowNs;
            history.add(calledNs, nowNs, "opens a connection to " + connection.remoteAddress());
        }
    }

    synchronized void onMessage(final Connection connection)
    {
        if (connection == current)
        {
            messages++;
        }
        else
        {
            strayMessages++;
        }
    }

    synchronized void onClosed(final Connection connection, final long nowNs)
    {
        open.remove(connection);
        if (open.isEmpty())
        {
            goneSinceNs = nowNs;
        }
        if (connection.link() != link)
        {
            history.add(nowNs, nowNs, "an older connection ends: " + connection.closeDetail());
            connection.link().close();
            return;
        }
        history.add(nowNs, nowNs, "its newest connection ends: " + connection.closeDetail());
        current = null;
        calledNs = nowNs;
        if (connection.closeDetail().startsWith("TAKEN_OVER"))
        {
            wronglyTakenOver++;
            link.reconnect();
        }
        else if (isToStayAway)
        {
            isAway = true;
            link.close();
        }
    }

    /** {@return since when the newest connection is open, or {@link Long#MAX_VALUE} if it is not} */
    synchronized long openSinceNs()
    {
        return null == current ? Long.MAX_VALUE : openSinceNs;
    }

    /** {@return when the newest connection, which is open, was asked for: no stamp of it is from before} */
    synchronized long openCalledNs()
    {
        return openCalledNs;
    }

    /** {@return what the reading before found, or null} */
    synchronized Session onRead(final long beginNs, final long endNs, final Session found)
    {
        final Session before = history.lastRead();
        history.onRead(beginNs, endNs, found);
        return before;
    }

    synchronized List<String> history()
    {
        return history.lines();
    }

    /** {@return since when no connection is open, or {@link Long#MAX_VALUE} if one is} */
    synchronized long goneSinceNs()
    {
        return !open.isEmpty() || 0 == goneSinceNs ? Long.MAX_VALUE : goneSinceNs;
    }

    /** {@return connections that are open besides the newest} */
    synchronized List<Connection> leftOpen()
    {
        return open.keySet().stream().filter((each) -> each != current).toList();
    }

    /** {@return messages that came to the newest connection since the last call} */
    synchronized int takeMessages()
    {
        final int taken = messages;
        messages = 0;
        return taken;
    }

    synchronized int strayMessages()
    {
        return strayMessages;
    }

    synchronized int wronglyTakenOver()
    {
        return wronglyTakenOver;
    }
}
