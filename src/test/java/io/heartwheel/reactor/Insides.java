package io.heartwheel.reactor;

import io.heartwheel.Connection;
import io.heartwheel.Doors;
import io.heartwheel.Link;
import io.heartwheel.ReactorContext;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.LivenessTracker;
import io.heartwheel.tls.TlsChannel;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Outbound;
import org.agrona.concurrent.Agent;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.LongConsumer;

/**
 * Gives tests of other packages access to the inside of a reactor.
 */
public final class Insides
{
    /** How many connections one duty cycle looks at when the application asks for all. */
    public static final int CONNECTIONS_PER_LOOK = Inspector.CONNECTIONS_PER_CYCLE;

    /** How seldom the log says that accepting fails. */
    public static final long TELLING_PAUSE_NS = AcceptPause.TELLING_PAUSE_NS;

    /** How many of those that were not let in are kept. */
    public static final int REFUSALS_KEPT = Journal.REFUSALS_KEPT;

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
        return ((Peer)connection).channel();
    }

    /**
     * What the kernel has not taken yet.
     *
     * @param connection of a server or a client.
     * @return number of bytes queued, or 1 if only a control frame waits.
     */
    public static int unsentBytes(final Connection connection)
    {
        final Outbound outbound = ((Peer)connection).outbound;
        return outbound.isEmpty() ? 0 : Math.max(1, outbound.queuedBytes());
    }

    /**
     * What a connection keeps of a frame whose end has not arrived.
     *
     * @param connection of a server or a client.
     * @return number of bytes.
     */
    public static int halfFrameLength(final Connection connection)
    {
        final HalfFrame half = ((Peer)connection).halfFrame;
        return null == half ? 0 : half.length();
    }

    /**
     * Connections that have a slot, of all reactors.
     *
     * @param agent server or client.
     * @return how many.
     */
    public static int slots(final Agent agent)
    {
        int slots = 0;
        for (int i = 0; i < Doors.reactors(agent); i++)
        {
            slots += Doors.reactorOf(agent, i).peers.size();
        }
        return slots;
    }

    /**
     * Connections whose silence is judged.
     *
     * @param agent server or client.
     * @return how many.
     */
    public static int watched(final Agent agent)
    {
        return Doors.reactorOf(agent).tracker.watchedCount();
    }

    /**
     * Does this, the attachment of a key, end, and wait for its turn to be closed?
     */
    public static boolean isCondemned(final Object attachment)
    {
        return attachment instanceof Peer peer && Peer.CONDEMNED == peer.state;
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
     * Has it ended, whatever for?
     *
     * @param agent server or client.
     * @return true if so.
     */
    public static boolean isEnded(final Agent agent)
    {
        return Doors.ended(agent).isDone();
    }

    /**
     * Is a deadline of a connection left, or is one watched? In an agent that has ended by an error it does not matter.
     *
     * @param agent server or client.
     * @return true if so.
     */
    public static boolean hasDeadline(final Agent agent)
    {
        if (Doors.ended(agent).isCompletedExceptionally())
        {
            return false;
        }
        final LivenessTracker tracker = Doors.reactorOf(agent).tracker;
        return watched(agent) > 0 || 1 != tracker.nextDeadlineNs(1) || 2 != tracker.nextDeadlineNs(2);
    }

    /**
     * The inside itself, for tests of this package.
     *
     * @param agent server or client.
     * @return its reactor.
     */
    static Reactor reactor(final Agent agent)
    {
        return Doors.reactorOf(agent);
    }

    /**
     * Has the end of a server or a client something to do without any socket being ready?
     *
     * @param agent server or client.
     * @return true if so.
     */
    public static boolean isEndWaiting(final Agent agent)
    {
        return Doors.reactorOf(agent).endpoint.nextDeadlineNs(Long.MAX_VALUE) != Long.MAX_VALUE;
    }

    /**
     * Does a connection that is JOINING wait for us?
     *
     * @param agent server or client.
     * @return true if one does.
     */
    public static boolean isAnyOurs(final Agent agent)
    {
        final boolean[] isAny = {false};
        Doors.reactorOf(agent).peers.forEach((peer) -> isAny[0] |= peer.entry.isOurs);
        return isAny[0];
    }

    /**
     * Have the only connection, which is JOINING, wait for us, or no more.
     *
     * @param agent  server or client.
     * @param isOurs true if it is to wait.
     */
    public static void setOurs(final Agent agent, final boolean isOurs)
    {
        Doors.reactorOf(agent).peers.at(0).entry.isOurs = isOurs;
    }

    /**
     * Tell the listening end that a peer may be waiting to be accepted.
     *
     * @param agent server.
     */
    public static void acceptReady(final Agent agent)
    {
        final Intake intake = ((Acceptor)Doors.reactorOf(agent).endpoint).intake;
        intake.onReady(intake.doors.get(0).key);
    }

    /**
     * Have a connection speak TLS from now on.
     *
     * @param connection of a server or a client.
     * @param tls        that it is to speak through.
     */
    public static void tls(final Connection connection, final TlsChannel tls)
    {
        ((Peer)connection).tls = tls;
    }

    /**
     * Have it that whatever is done with the key of a connection is thrown out of it.
     *
     * @param connection whose reading counts as paused, so that its key is asked for.
     */
    public static void cancelKey(final Connection connection)
    {
        ((Peer)connection).isReadPaused = true;
        ((Peer)connection).key.cancel();
    }

    /**
     * Pause or resume the reading of a connection that is open, on the thread of its reactor.
     *
     * @param connection to read or not.
     * @param isPaused   true to leave its bytes in the kernel.
     */
    public static void pauseReading(final Connection connection, final boolean isPaused)
    {
        final Peer peer = (Peer)connection;
        peer.isReadPaused = isPaused;
        peer.key.interestOps(isPaused ? 0 : SelectionKey.OP_READ);
    }

    /**
     * A link whose last try has failed.
     *
     * @param failure why.
     * @return the link.
     */
    public static Link failedLink(final String failure)
    {
        final ClientLink link = new ClientLink(null, null, List.of());
        link.failure(failure);
        return link;
    }

    /**
     * Have the long parts of TLS handshakes run in virtual time.
     *
     * @param ctx   of the server.
     * @param tasks that runs them.
     * @return ctx.
     */
    public static ServerContext tlsTasks(final ServerContext ctx, final ExecutorService tasks)
    {
        return ctx.tlsTasks(() -> tasks);
    }
}
