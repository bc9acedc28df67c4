package io.heartwheel;

import io.heartwheel.config.ConfigurationException;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.reactor.Acceptor;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Watches its clients: accepts their connections, and tells the listener which are gone, when and why.
 * <pre>{@code
 * try (HeartbeatServer server = HeartbeatServer.launch(new ServerContext().listener(listener)))
 * {
 *     new ShutdownSignalBarrier().await();
 * }
 * }</pre>
 * It is an Agrona {@link Agent}: {@link #launch} runs it on a thread of its own; else give it to an
 * {@link AgentRunner} with a {@link NoOpIdleStrategy} (it parks by itself), or to an
 * {@link org.agrona.concurrent.AgentInvoker} with {@link ServerContext#maxParkNs(long)} 0, and it never waits.
 * <p>
 * Once it has ended by {@link #close()} or {@link #drain}, its duty cycle does nothing, so that the other agents of a
 * {@code CompositeAgent} go on; a runner of its own is to be closed as well. By an error, or by an {@code
 * AgentTerminationException} of a callback, it ends with an {@code AgentTerminationException}.
 * <p>
 * The port is bound by the constructor; {@link #onClose()}, which all of these call, sends BYE to every client and
 * waits for them {@code heartwheel.linger} at most.
 */
public final class HeartbeatServer extends ReactorAgent
{
    private static final Duration MAX_DRAIN = Duration.ofNanos(Cadence.MAX_NS);

    private final Acceptor acceptor;

    /**
     * Bind the address of the Context. Nothing is accepted before the first {@link #doWork()}.
     *
     * @param ctx with the settings; it is concluded, and cannot be used again.
     * @throws ConfigurationException if a setting is wrong or two are at odds.
     * @throws UncheckedIOException   if the address cannot be bound.
     */
    public HeartbeatServer(final ServerContext ctx)
    {
        this(ctx, Acceptor.open(ctx.conclude()));
    }

    private HeartbeatServer(final ServerContext ctx, final Acceptor acceptor)
    {
        super(acceptor.reactor(), ctx);
        this.acceptor = acceptor;
    }

    /**
     * Bind, and run on a new thread.
     *
     * @param ctx with the settings.
     * @return the server; close it to end it.
     */
    public static HeartbeatServer launch(final ServerContext ctx)
    {
        final HeartbeatServer server = new HeartbeatServer(ctx);
        server.startOnThread(ctx);
        return server;
    }

    /**
     * The address it listens at, with the port that was taken.
     *
     * @return the address.
     */
    public InetSocketAddress localAddress()
    {
        return acceptor.localAddress();
    }

    /**
     * TCP keepalive as the kernel will do it for accepted connections.
     *
     * @return its numbers, read back from the listening socket; off if it is not asked for.
     */
    public Cadence tcpKeepAlive()
    {
        return acceptor.tcpKeepAlive();
    }

    /**
     * Bytes that the kernel may queue for each connection, as it counts them.
     *
     * @return the length of a send buffer, read back from a socket that was set as those of connections are.
     */
    public int sendBufferLength()
    {
        return acceptor.sendBufferLength();
    }

    /**
     * Read the files of TLS again, as {@code heartwheel.tls.reload} does by itself when they have changed. Connections
     * that are open stay; handshakes that begin from now on get the new certificates. It takes a while: from any thread
     * but the reactor's.
     *
     * @return false if there is no TLS.
     * @throws ConfigurationException if they cannot be used; what was read before stays in use.
     */
    public boolean reloadTls()
    {
        return acceptor.reloadTls();
    }

    /**
     * The last hundred peers that were not let in, or went before they were; from any thread.
     *
     * @return newest first.
     */
    public List<Refusal> refusals()
    {
        return acceptor.refusals();
    }

    /**
     * Accept nobody any more, say BYE to all who are there, spread evenly over a time, and end: so that a fleet does
     * not come to the next server as one wave. Messages are sent and received until a connection's turn comes; whom the
     * kernel has connected but nobody has accepted yet is told BYE at once. From any thread and any callback; {@link
     * #close()} cuts it short, and so does another drain that would be done sooner.
     *
     * @param over what time; the last are gone {@code heartwheel.linger} later at the latest.
     * @return completed when all have left and the sockets are released, by the reactor thread, which must not wait for
     *     it.
     */
    public CompletableFuture<Void> drain(final Duration over)
    {
        // One of centuries has no number of nanoseconds.
        final long durationNs = over.compareTo(MAX_DRAIN) >= 0 ? Cadence.MAX_NS : Math.max(0, over.toNanos());
        acceptor.drain(durationNs);
        return ended();
    }

    @Override
    public String roleName()
    {
        return "heartwheel-server";
    }
}
