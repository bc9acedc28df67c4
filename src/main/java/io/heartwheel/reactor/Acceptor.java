package io.heartwheel.reactor;

import io.heartwheel.CloseReason;
import io.heartwheel.Refusal;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;

/**
 * The listening end. It accepts connections, a bounded number per duty cycle, tells each peer the cadence that it is
 * held to, and answers requests for another. It pauses when accepting fails, see {@link AcceptPause}.
 */
public final class Acceptor implements Endpoint, Gate
{
    /**
     * Most connections that a kernel keeps waiting: net.core.somaxconn had 16 bits for long.
     */
    private static final int TURNED_AWAY_MAX = 1 << 16;

    private final Faults faults;
    private final ServerTls tls;
    private final ServerSocketChannel channel;
    private final SelectorProvider provider;
    private final int sendBufferLength;
    private final AcceptedKeepAlive keepAlive;
    private final CadenceBounds bounds;
    private final int acceptLimit;
    private final int acceptBacklog;
    private final Strangers strangers;

    private Reactor reactor;
    private Refuser refuser;
    private Admission admission;
    /** Null if no credential is asked for. */
    private Credentials credentials;
    private SelectionKey key;
    private AcceptPause pause;
    private Solitude solitude;
    /** Connections accepted in this duty cycle. */
    private int accepted;
    private boolean isClosed;

    private Acceptor(final ServerContext ctx)
    {
        faults = new Faults(ctx.errorHandler(), ctx.nanoClock());
        tls = null == ctx.tls() ? null : new ServerTls(ctx);
        channel = ListeningSocket.bind(ctx);
        provider = ctx.selectorProvider();
        sendBufferLength = ctx.sendBufferLength();
        keepAlive = new AcceptedKeepAlive(ctx.tcpKeepAlive(), channel);
        bounds = CadenceBounds.of(ctx);
        acceptLimit = ctx.acceptLimit();
        acceptBacklog = ctx.acceptBacklog();
        strangers = new Strangers(null != tls, ctx.proxies());
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
        Reactor.open(ctx, acceptor.faults, acceptor, acceptor, (reactor) -> acceptor.start(ctx, reactor));
        return acceptor;
    }

    /**
     * The same, for a rehearsal: nothing of it is in the log or the flight recorder.
     */
    static Acceptor openMuted(final ServerContext ctx)
    {
        final Acceptor acceptor = open(ctx);
        acceptor.reactor.journal.mute();
        acceptor.pause.mute();
        return acceptor;
    }

    /** {@return the reactor that drives this end} */
    public Reactor reactor()
    {
        return reactor;
    }

    private void start(final ServerContext ctx, final Reactor reactor)
    {
        this.reactor = reactor;
        final Dialects dialects = Dialects.of(ctx, reactor, this, this);
        refuser = new Refuser(reactor.journal, null == tls && dialects.isOwn());
        final AddressRules rules =
            new AddressRules(ctx, reactor.clock, reactor.peers, reactor.judge, reactor.listener);
        admission = new Admission(ctx, dialects, rules, refuser, tls, reactor.arrivals, reactor.departures,
            reactor.io, reactor.held, reactor.curfew, this);
        solitude = new Solitude(ctx, reactor, admission);
        credentials = null == ctx.credentialCheck() ? null : new Credentials(ctx.credentialCheck(), reactor.listener,
            reactor.departures, reactor.commands, reactor.io, reactor.curfew, admission::open);
        if (null != tls)
        {
            tls.start(newTlsIo(ctx), reactor.metrics);
        }
        try
        {
            key = reactor.arrivals.register(channel, SelectionKey.OP_ACCEPT);
            pause = new AcceptPause(provider, key, reactor.clock, reactor.peers, reactor.metrics);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private TlsIo newTlsIo(final ServerContext ctx)
    {
        return new TlsIo(ctx.tlsHandshakeLimit(), null == ctx.tlsTasks() ? TlsIo.newThreads() : ctx.tlsTasks().get(),
            reactor.clock, reactor.io, reactor.held, reactor.departures, reactor.curfew, reactor.commands,
            reactor.journal, admission::onSecured);
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
        return SocketSettings.sendBufferLength(provider, sendBufferLength);
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
            return keepAlive.numbers();
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
        if (null != tls)
        {
            tls.reload();
        }
        return null != tls;
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        acceptUpTo(acceptLimit);
    }

    private void acceptUpTo(final int limit)
    {
        try
        {
            // A callback of any of them may close the server.
            for (SocketChannel socket; !isClosed && accepted < limit && null != (socket = channel.accept());
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
    public void onArriving(final Peer peer)
    {
        admission.onArriving(peer);
    }

    @Override
    public void onFirstBytes(final Peer peer)
    {
        if (null == credentials)
        {
            admission.open(peer);
        }
    }

    @Override
    public void onRecognized(final Peer peer)
    {
        admission.greet(peer);
    }

    @Override
    public void onMute(final Peer peer)
    {
        admission.onMute(peer);
    }

    @Override
    public void onFirstMessage(final Peer peer, final ByteBuffer payload)
    {
        credentials.onCredential(peer, payload);
    }

    @Override
    public Cadence onHello(final Peer peer, final Hello hello)
    {
        if (Peer.JOINING == peer.state)
        {
            peer.entry.asked = hello;
            return peer.dialect.watchable(Hellos.clamped(hello, bounds));
        }
        // With heartbeats off, the application alone decides how a peer is watched, whatever the peer asks for.
        final Cadence cadence = bounds.cadence().isOff() ?
            peer.cadence() : Hellos.notUndercut(Hellos.clamped(hello, bounds), peer, bounds);
        reactor.judge.cadence(peer, cadence);
        // The HELLO leaves with the other answers to these bytes: a flood of HELLO must not cost a write for each.
        peer.dialect.hello(peer, Hellos.of(cadence));
        return peer.cadence();
    }

    @Override
    public void onCadence(final Peer peer, final Cadence cadence)
    {
        peer.dialect.hello(peer, Hellos.of(cadence));
        reactor.io.flushUnlessBlocked(peer);
    }

    @Override
    public String textOf(final Peer peer, final Foreign foreign)
    {
        return strangers.textOf(peer, foreign);
    }

    @Override
    public void onClosed(final Peer peer)
    {
        admission.onClosed(peer);
    }

    @Override
    public int doWork()
    {
        if (accepted >= acceptLimit && !acceptAlone())
        {
            reactor.journal.onCutOff("accepts", accepted);
        }
        accepted = 0;
        solitude.onCycle();
        return admission.doWork() + pause.doWork();
    }

    /**
     * Go on accepting while nothing else waits. In a storm of connects, a cycle for each few would cost more than they.
     *
     * @return whether all were accepted that waited.
     */
    private boolean acceptAlone()
    {
        int before = accepted - Solitude.STEP;
        for (solitude.begin(); accepted - before == Solitude.STEP && accepted < Solitude.MAX && solitude.lasts();)
        {
            before = accepted;
            acceptUpTo(accepted + Solitude.STEP);
        }
        return accepted - before < Solitude.STEP;
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
        final int limit = null == key ? 0 : Math.min(acceptBacklog, TURNED_AWAY_MAX);
        try
        {
            int turnedAway = 0;
            for (SocketChannel socket; turnedAway < limit && null != (socket = channel.accept()); turnedAway++)
            {
                refuser.turnAwayWaiting(socket, CloseReason.SHUTDOWN);
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
            keepAlive.set(socket);
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
}
