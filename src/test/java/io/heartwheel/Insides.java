package io.heartwheel;

import org.agrona.concurrent.Agent;

import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.function.LongConsumer;

/**
 * What tests in other packages have to see of the inside of a reactor.
 */
public final class Insides
{
    private Insides()
    {
    }

    /**
     * The socket of a connection.
     *
     * @param connection of a server or a client.
     * @return its channel.
     */
    public static SocketChannel channel(final Connection connection)
    {
        return connection.channel();
    }

    /**
     * What the kernel has not taken yet.
     *
     * @param connection of a server or a client.
     * @return number of bytes queued, or 1 if only a control frame waits.
     */
    public static int unsentBytes(final Connection connection)
    {
        return connection.outbound.isEmpty() ? 0 : Math.max(1, connection.outbound.queuedBytes());
    }

    /**
     * What a connection keeps of a frame whose end has not arrived.
     *
     * @param connection of a server or a client.
     * @return number of bytes.
     */
    public static int halfFrameLength(final Connection connection)
    {
        return null == connection.halfFrame ? 0 : connection.halfFrame.length();
    }

    /**
     * Connections that have a slot.
     *
     * @param agent server or client.
     * @return how many.
     */
    public static int slots(final Agent agent)
    {
        return ((ReactorAgent)agent).reactor.connections.size();
    }

    /**
     * Connections whose silence is judged.
     *
     * @param agent server or client.
     * @return how many.
     */
    public static int watched(final Agent agent)
    {
        return ((ReactorAgent)agent).reactor.watcher.tracker.watchedCount();
    }

    /**
     * Have a reactor wait in virtual time.
     *
     * @param ctx    of the server or client.
     * @param parker that waits.
     * @param <C>    its type.
     * @return ctx.
     */
    public static <C extends ReactorContext<C>> C parker(final C ctx, final LongConsumer parker)
    {
        return ctx.parker(parker);
    }

    /**
     * Have the long parts of TLS handshakes run in virtual time.
     *
     * @param ctx   of the server.
     * @param tasks that runs them.
     * @return ctx.
     */
    public static HeartbeatServer.Context tlsTasks(final HeartbeatServer.Context ctx, final ExecutorService tasks)
    {
        return ctx.tlsTasks(() -> tasks);
    }

    /**
     * Has it ended, whatever for?
     *
     * @param agent server or client.
     * @return true if so.
     */
    public static boolean isEnded(final Agent agent)
    {
        return ((ReactorAgent)agent).ended().isDone();
    }

    /**
     * Is a deadline of a connection left, or is one watched? In an agent that has ended by an error it does not matter.
     *
     * @param agent server or client.
     * @return true if so.
     */
    public static boolean hasDeadline(final Agent agent)
    {
        if (((ReactorAgent)agent).ended().isCompletedExceptionally())
        {
            return false;
        }
        final Watcher watcher = ((ReactorAgent)agent).reactor.watcher;
        return watched(agent) > 0 || 1 != watcher.nextDeadlineNs(1) || 2 != watcher.nextDeadlineNs(2);
    }
}
