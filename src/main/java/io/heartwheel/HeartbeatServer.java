package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Acceptor;
import io.heartwheel.reactor.Rehearsal;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Watches its clients. It accepts their connections, and tells the listener which clients are gone, when and why.
 * <pre>{@code
 * try (HeartbeatServer server = HeartbeatServer.launch(new ServerContext().listener(listener)))
 * {
 *     new ShutdownSignalBarrier().await();
 * }
 * }</pre>
 * It is an Agrona {@link Agent}, and runs in one of three ways. {@link #launch} runs it on a thread of its own. An
 * {@link AgentRunner} runs it with a {@link NoOpIdleStrategy}, since it parks by itself. An {@link
 * org.agrona.concurrent.AgentInvoker} runs it in the host's duty cycle; with {@link ServerContext#maxParkNs(long)} 0 it
 * never waits there.
 * <p>
 * After {@link #close()} or {@link #drain} its duty cycle does nothing, so that the other agents of a {@code
 * CompositeAgent} go on. A runner of its own has to be closed as well. After an error, or an {@code
 * AgentTerminationException} of a callback, it ends with an {@code AgentTerminationException}.
 * <p>
 * With {@link ServerContext#reactors(int)} above 1 it has several reactors behind one port, each with a thread and
 * connections of its own. {@link #launch} runs a thread for each; a host runs each of {@link #agents()}. When one ends
 * by an error, all end.
 * <p>
 * The constructor binds the port. {@link #onClose()}, which each of these ways calls at the end, sends a BYE to every
 * client and waits for {@code heartwheel.linger} at most.
 */
public final class HeartbeatServer extends AgentGroup
{
    private static final String NAME = "heartwheel-server";
    private static final int REFUSALS_MAX = 100;
    private static final Duration MAX_DRAIN = Duration.ofNanos(Cadence.MAX_NS);

    private final List<Acceptor> acceptors;

    /**
     * Bind the address of the Context, after a rehearsal if one is set. Nothing is accepted before the first {@link
     * #doWork()}.
     *
     * @param ctx with the settings; it is concluded, and cannot be used again.
     * @throws ConfigurationException if a setting is wrong, or two settings do not go together.
     * @throws UncheckedIOException   if the address cannot be bound.
     */
    public HeartbeatServer(final ServerContext ctx)
    {
        this(ctx, open(ctx.conclude()));
    }

    private static List<Acceptor> open(final ServerContext ctx)
    {
        Rehearsal.run(ctx.rehearsalNs());
        return Acceptor.open(ctx);
    }

    private HeartbeatServer(final ServerContext ctx, final List<Acceptor> acceptors)
    {
        super(ReactorAgent.of(acceptors.stream().map(Acceptor::reactor).toList(), ctx, NAME));
        this.acceptors = acceptors;
        acceptors.get(0).tellSockets();
    }

    /**
     * Bind the address, and run on a new thread, or on one for each reactor.
     *
     * @param ctx with the settings.
     * @return the server; close it to end it.
     */
    public static HeartbeatServer launch(final ServerContext ctx)
    {
        final HeartbeatServer server = new HeartbeatServer(ctx);
        server.startOnThreads(ctx);
        return server;
    }

    /**
     * The address that the server listens at. From any thread.
     *
     * @return the address, with the port that was taken.
     */
    public InetSocketAddress localAddress()
    {
        return acceptors.get(0).localAddress();
    }

    /**
     * The address where WebSocket alone is spoken: see {@link WebSocketContext#bindAddress(InetSocketAddress)}. From
     * any thread.
     *
     * @return the address, with the port that was taken, or null if there is none.
     */
    public InetSocketAddress webSocketAddress()
    {
        return acceptors.get(0).webSocketAddress();
    }

    /**
     * TCP keepalive as the kernel will do it for accepted connections.
     *
     * @return its numbers, read back from the listening socket; off if it is off.
     */
    public Cadence tcpKeepAlive()
    {
        return acceptors.get(0).tcpKeepAlive();
    }

    /**
     * Length of the kernel's send buffer for each connection, as the kernel counts it.
     *
     * @return the length in bytes, read back from a socket that was set like those of connections.
     */
    public int sendBufferLength()
    {
        return acceptors.get(0).sendBufferLength();
    }

    /**
     * How connections come to several reactors, and why so.
     *
     * @return one line of text; empty if there is one reactor.
     */
    public String socketsText()
    {
        return acceptors.get(0).socketsText();
    }

    /**
     * Read the files of TLS again. {@code heartwheel.tls.reload} does this by itself when they have changed. Open
     * connections stay. Handshakes that begin from now on get the new certificates. From any thread but the reactor's,
     * as it takes a while.
     *
     * @return false if there is no TLS.
     * @throws ConfigurationException if the files cannot be used. What was read before stays in use.
     */
    public boolean reloadTls()
    {
        return acceptors.get(0).reloadTls();
    }

    /**
     * The last hundred peers that were not let in, or went before they were. From any thread.
     *
     * @return newest first.
     */
    public List<Refusal> refusals()
    {
        return acceptors.stream().flatMap((each) -> each.refusals().stream())
            .sorted(Comparator.comparingLong(Refusal::epochMs).reversed())
            .limit(REFUSALS_MAX).toList();
    }

    /**
     * Let all clients leave, and end. No more connections are accepted. The clients are told BYE, spread evenly over a
     * time, so that a fleet does not come to the next server as one wave. Messages are sent and received until the turn
     * of their connection comes. A client that the kernel has connected, but the server has not accepted yet, is told
     * BYE at once.
     * <p>
     * With several reactors, each ends when its own clients have left. From any thread and any callback. {@link
     * #close()} cuts the drain short, and so does another drain that ends
     * sooner.
     *
     * @param over time for all to leave, cut to 24 hours. The last client is gone {@code heartwheel.linger} later at
     *             the latest.
     * @return completed by the reactor thread when all clients have left and the sockets are released. The reactor
     *     thread must not wait for it.
     */
    public CompletableFuture<Void> drain(final Duration over)
    {
        // A Duration of centuries does not fit into a long of nanoseconds.
        final long durationNs = over.compareTo(MAX_DRAIN) >= 0 ? Cadence.MAX_NS : Math.max(0, over.toNanos());
        acceptors.forEach((each) -> each.drain(durationNs));
        return ended();
    }

    @Override
    public String roleName()
    {
        return NAME;
    }
}
