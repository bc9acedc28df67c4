package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Refusal;
import io.heartwheel.ServerContext;
import io.heartwheel.host.TcpKeepAlive;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * The listening end. It accepts connections, a bounded number per duty cycle, tells each peer the cadence that it is
 * held to, and answers requests for another. It pauses when accepting fails, see {@link AcceptPause}.
 */
public final class Acceptor implements Endpoint
{
    /**
     * Most connections that a kernel keeps waiting: net.core.somaxconn had 16 bits for long.
     */
    private static final int TURNED_AWAY_MAX = 1 << 16;

    private final ServerContext ctx;
    private final Faults faults;
    private final ServerSocketChannel channel;
    private final Admission admission;

    private Reactor reactor;
    private SelectionKey key;
    private AcceptPause pause;
    /** Connections accepted in this duty cycle. */
    private int accepted;
    private boolean isKeepAliveKnown;
    private boolean isKeepAliveInherited;
    private boolean isClosed;

    private Acceptor(final ServerContext ctx)
    {
        this.ctx = ctx;
        faults = new Faults(ctx.errorHandler(), ctx.nanoClock());
        admission = new Admission(ctx);
        channel = ListeningSocket.bind(ctx);
    }

    /**
     * Bind the address of a Context, and make the reactor behind it. Nothing is accepted before the first duty cycle.
     *
     * @param ctx that is concluded.
     * @return the listening end.
     * @throws java.io.UncheckedIOException if the address cannot be bound.
     */
    public static Acceptor open(final ServerContext ctx)
    {
        final Acceptor acceptor = new Acceptor(ctx);
        Reactor.open(ctx, acceptor.faults, acceptor, acceptor.admission, acceptor::start);
        return acceptor;
    }

    /** {@return the reactor that drives this end} */
    public Reactor reactor()
    {
        return reactor;
    }

    void start(final Reactor reactor)
    {
        this.reactor = reactor;
        admission.start(reactor);
        try
        {
            key = reactor.arrivals.register(channel, SelectionKey.OP_ACCEPT);
            pause = new AcceptPause(ctx.selectorProvider(), key, reactor);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Accept no more connections, and let all peers leave, spread over a time. From any thread.
     *
     * @param durationNs over which they leave, in nanoseconds.
     */
    public void drain(final long durationNs)
    {
        reactor.commands.execute(() ->
        {
            close();
            reactor.drain.begin(durationNs);
        });
    }

    /**
     * The last peers that were not let in. From any thread.
     *
     * @return newest first.
     */
    public List<Refusal> refusals()
    {
        return reactor.journal.refusals();
    }

    /**
     * The length that the kernel gives a send buffer by the setting.
     *
     * @return the length in bytes, read back from a socket.
     */
    public int sendBufferLength()
    {
        return SocketSettings.sendBufferLength(ctx);
    }

    /**
     * TCP keepalive as the kernel will do it for accepted connections.
     *
     * @return its numbers, read back from the listening socket; off if it is off.
     */
    public Cadence tcpKeepAlive()
    {
        try
        {
            return ctx.tcpKeepAlive().isOff() ? Cadence.OFF : TcpKeepAlive.readNumbers(channel);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * The address that the server listens at.
     *
     * @return the address, with the port that was taken.
     */
    public InetSocketAddress localAddress()
    {
        try
        {
            return (InetSocketAddress)channel.getLocalAddress();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Read the files of TLS again. From any thread but the reactor's, as it takes a while.
     *
     * @return false if there is no TLS.
     */
    public boolean reloadTls()
    {
        return admission.reloadTls();
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        try
        {
            // A callback of any of them may close the server.
            for (SocketChannel socket; !isClosed && accepted < ctx.acceptLimit() && null != (socket = channel.accept());
                accepted++)
            {
                onAccepted(socket);
            }
        }
        catch (final IOException ex)
        {
            pause.begin(ex);
        }
        catch (final Throwable ex)
        {
            faults.onFault(ex);
            pause.begin(ex);
        }
    }

    @Override
    public void onHello(final Peer peer, final Hello hello)
    {
        if (Peer.JOINING == peer.state)
        {
            peer.entry.asked = hello;
            return;
        }
        // With heartbeats off, the application alone decides how a peer is watched, whatever the peer asks for.
        final Cadence cadence = ctx.cadence().isOff() ?
            peer.cadence() : Hellos.notUndercut(Hellos.clamped(hello, ctx), peer, ctx);
        reactor.judge.cadence(peer, cadence);
        // The HELLO leaves with the other answers to these bytes: a flood of HELLO must not cost a write for each.
        peer.outbound.hello(Hellos.of(cadence));
    }

    @Override
    public void onCadence(final Peer peer, final Cadence cadence)
    {
        peer.outbound.hello(Hellos.of(cadence));
        reactor.io.flushUnlessBlocked(peer);
    }

    @Override
    public String textOf(final Peer peer, final Foreign foreign)
    {
        return Strangers.textOf(peer, foreign, ctx);
    }

    @Override
    public void onClosed(final Peer peer)
    {
        admission.onClosed(peer);
    }

    @Override
    public int doWork()
    {
        if (accepted >= ctx.acceptLimit())
        {
            reactor.journal.onCutOff("accepts", accepted);
        }
        accepted = 0;
        return admission.doWork() + pause.doWork();
    }

    @Override
    public long nextDeadlineNs(final long noneNs)
    {
        return admission.isWaitedFor() ? reactor.clock.nowNs() : pause.nextDeadlineNs(noneNs);
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            faults.close(admission);
            faults.close(pause);
            faults.close(this::turnAwayWaiting);
            faults.close(channel);
        }
    }

    /**
     * Tell the peers that wait to be accepted that this server shuts down. Else they would be reset, and not know why.
     */
    private void turnAwayWaiting()
    {
        final int limit = null == key ? 0 : Math.min(ctx.acceptBacklog(), TURNED_AWAY_MAX);
        try
        {
            int turnedAway = 0;
            for (SocketChannel socket; turnedAway < limit && null != (socket = channel.accept()); turnedAway++)
            {
                admission.turnAway(socket, CloseReason.SHUTDOWN, "");
            }
        }
        catch (final IOException ex)
        {
            // No file descriptor is left for them: they are reset.
            reactor.metrics.add(Counter.ACCEPT_FAILURES, 1);
        }
    }

    private void onAccepted(final SocketChannel socket)
    {
        pause.onAccepted();
        try
        {
            if (!ctx.tcpKeepAlive().isOff())
            {
                setTcpKeepAlive(socket);
            }
            admission.onAccepted(socket);
        }
        catch (final IOException ex)
        {
            // The peer reset the connection before it joined: the listener does not know of it.
            faults.close(socket);
        }
        catch (final Throwable ex)
        {
            faults.onFault(ex);
            faults.close(socket);
        }
    }

    /**
     * Set TCP keepalive on an accepted connection. On Linux it inherits the numbers of the listening socket. On other
     * systems it may not: the first connection shows.
     */
    private void setTcpKeepAlive(final SocketChannel socket) throws IOException
    {
        if (!isKeepAliveKnown)
        {
            isKeepAliveKnown = true;
            isKeepAliveInherited = TcpKeepAlive.readNumbers(socket).equals(TcpKeepAlive.readNumbers(channel));
        }
        TcpKeepAlive.setAccepted(socket, ctx.tcpKeepAlive(), isKeepAliveInherited);
    }
}
