package io.heartwheel.reactor;

import io.heartwheel.Refusal;
import io.heartwheel.ServerContext;
import io.heartwheel.host.Log;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Foreign;
import io.heartwheel.wire.Hello;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The listening end of one reactor. It lets in the connections that its {@link Intake} takes, tells each peer the
 * cadence that it is held to, and answers requests for another.
 */
public final class Acceptor implements Endpoint, Gate
{
    private final Faults faults;
    private final TlsFiles tlsFiles;
    private final ServerTls tls;
    private final Port port;
    /** Those of each door; null where another reactor accepts for this one. */
    private final List<ServerSocketChannel> channels = new ArrayList<>();
    private final SelectorProvider provider;
    private final int sendBufferLength;
    private final CadenceBounds bounds;
    private final Strangers strangers;

    private Reactor reactor;
    private Admission admission;
    private WebSockets webSockets;
    /** Null if no credential is asked for. */
    private Credentials credentials;
    Intake intake;
    private boolean isClosed;

    private Acceptor(final ServerContext ctx, final TlsFiles tlsFiles, final List<Port> ports, final int index)
    {
        faults = new Faults(ctx.errorHandler(), ctx.nanoClock());
        this.tlsFiles = tlsFiles;
        tls = null == tlsFiles ? null : new ServerTls(tlsFiles);
        port = ports.get(0);
        provider = ctx.selectorProvider();
        sendBufferLength = ctx.sendBufferLength();
        bounds = CadenceBounds.of(ctx);
        strangers = new Strangers(null != tls, ctx.proxies());
        listen(ports, index);
    }

    private void listen(final List<Port> ports, final int index)
    {
        try
        {
            ports.forEach((each) -> channels.add(each.listen(index)));
        }
        catch (final RuntimeException ex)
        {
            channels.forEach(faults::close);
            throw ex;
        }
    }

    /**
     * Bind the address of a Context, and make the reactors behind it. Nothing is accepted before the first duty cycle.
     *
     * @param ctx that is concluded.
     * @return the listening end of each reactor.
     * @throws java.io.UncheckedIOException if the address cannot be bound.
     */
    public static List<Acceptor> open(final ServerContext ctx)
    {
        final TlsFiles tlsFiles = null == ctx.tls() ? null : new TlsFiles(ctx);
        final List<Port> ports = Stream.of(ctx.bindAddress(), ctx.webSocket().bindAddress())
            .filter(Objects::nonNull).map((address) -> new Port(ctx, address)).toList();
        final Totals totals = new Totals(ctx, ctx.maxConnections(), ports.get(0).isForEach());
        final List<Acceptor> acceptors = totals.open((share) -> open(ctx, tlsFiles, ports, totals, share),
            (acceptor) -> acceptor.reactor.release());
        if (null != tlsFiles)
        {
            tlsFiles.start(acceptors.stream().map((acceptor) -> acceptor.reactor.metrics).toList());
        }
        return acceptors;
    }

    private static Acceptor open(
        final ServerContext ctx,
        final TlsFiles tlsFiles,
        final List<Port> ports,
        final Totals totals,
        final Share share)
    {
        final Acceptor acceptor = new Acceptor(ctx, tlsFiles, ports, share.index);
        Reactor.open(
            ctx, totals, share, acceptor.faults, acceptor, acceptor, (reactor) -> acceptor.start(ctx, reactor));
        return acceptor;
    }

    /**
     * The same, for a rehearsal: nothing of it is in the log or the flight recorder.
     *
     * @param ctx of one reactor.
     */
    static Acceptor openMuted(final ServerContext ctx)
    {
        final Acceptor acceptor = open(ctx).get(0);
        acceptor.reactor.journal.mute();
        acceptor.intake.mute();
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
        webSockets = new WebSockets(ctx, reactor, this, this, (peer) -> admission.open(peer));
        final Dialects dialects = Dialects.of(ctx, reactor, this, this, webSockets.dialect);
        final AddressRules rules = new AddressRules(ctx, reactor.totals, reactor.share, reactor.clock, reactor.peers,
            reactor.judge, reactor.listener);
        reactor.share.onAsked(new Asked(reactor, rules));
        admission = new Admission(ctx, dialects, rules, tls, reactor.arrivals, reactor.departures,
            reactor.io, reactor.held, reactor.curfew, this);
        credentials = Credentials.of(ctx.credentialCheck(), reactor, admission::admit);
        if (null != tls)
        {
            tls.start(newTlsIo(ctx));
        }
        try
        {
            final List<Door> doors = new ArrayList<>();
            for (final ServerSocketChannel channel : channels)
            {
                doors.add(new Door(
                    ctx, channel, reactor, doors.isEmpty() ? dialects : Dialects.of(webSockets.dialect)));
            }
            intake = new Intake(ctx, doors, reactor, faults, admission);
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
        return intake.tcpKeepAlive();
    }

    /**
     * The address that the server listens at.
     *
     * @return the address, with the port that was taken.
     */
    public InetSocketAddress localAddress()
    {
        return addressOf(channels.get(0));
    }

    /**
     * The address where WebSocket alone is spoken.
     *
     * @return the address, with the port that was taken, or null if there is none.
     */
    public InetSocketAddress webSocketAddress()
    {
        return channels.size() < 2 ? null : addressOf(channels.get(1));
    }

    private static InetSocketAddress addressOf(final ServerSocketChannel channel)
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
     * How connections come to several reactors, and why so.
     *
     * @return one line of text; empty if there is one reactor.
     */
    public String socketsText()
    {
        return port.text();
    }

    /** Log how connections come to several reactors. */
    public void tellSockets()
    {
        if (!port.text().isEmpty())
        {
            Log.line(Level.INFO, "{0}", port.text());
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
            tlsFiles.reload();
        }
        return null != tls;
    }

    @Override
    public void onReady(final SelectionKey key)
    {
        intake.onReady(key);
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
    public boolean onAddressTold(final Peer peer, final InetAddress address)
    {
        return admission.onAddressTold(peer, address);
    }

    @Override
    public void onRequest(final Peer peer)
    {
        webSockets.onRequest(peer);
    }

    @Override
    public void onOpening(final Peer peer)
    {
        webSockets.onOpening(peer);
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
        webSockets.onClosed(peer);
        admission.onClosed(peer);
    }

    @Override
    public int doWork()
    {
        intake.onCycle();
        return admission.doWork() + intake.doWork() + webSockets.doWork();
    }

    @Override
    public long nextDeadlineNs(final long noneNs)
    {
        final long nowNs = reactor.clock.nowNs();
        return admission.isWaitedFor() ? nowNs : nowNs +
            Math.min(webSockets.nextDeadlineNs(noneNs) - nowNs, intake.nextDeadlineNs(noneNs) - nowNs);
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            faults.close(admission);
            faults.close(intake);
            channels.forEach(faults::close);
        }
    }
}
