package io.heartwheel.fleet;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.ServerContext;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * This process as a node of a fleet of servers: who is connected where, by the identities of connections.
 * <pre>{@code
 * try (Fleet fleet = Fleet.launch(new FleetContext().registry("redis://127.0.0.1:6379"));
 *     HeartbeatServer server = HeartbeatServer.launch(fleet.attach(new ServerContext().listener(listener))))
 * {
 *     fleet.send("alice", message);
 * }
 * }</pre>
 * A connection is of the fleet from when it has an identity: {@link Connection#identity()}. A second connection of the
 * same identity, on whichever node, takes its place: the older one is closed as {@link CloseReason#TAKEN_OVER}. The
 * registry is asked by one thread, for which no server ever waits. While it does not answer, clients come, are served
 * and go as ever, and nobody is closed for that; only what this node says of others is then not known.
 * <p>
 * It is an Agrona {@link Agent}: {@link #launch} runs it on a thread of its own. A host may run it by an {@link
 * AgentRunner} of its own; it waits for the registry, so it shares that thread with nobody who must not wait.
 * <p>
 * All methods but those of the Agent are for any thread. What they promise is completed by the thread of the fleet,
 * which must not be blocked, or by the calling thread if nothing is to be asked.
 */
public final class Fleet implements Agent, AutoCloseable
{
    /** Longest message to an identity, in bytes. */
    public static final int MAX_MESSAGE_LENGTH = Frame.MAX_PAYLOAD_LENGTH;

    private static final String NAME = "heartwheel-fleet";
    private static final int CLOSE_TIMEOUT_MS = 5_000;
    private static final long LEAVE_NS = TimeUnit.SECONDS.toNanos(2);

    private final NanoClock clock;
    private final Engine engine;
    private final FleetNode node;
    private final FleetHost host;
    private final FleetMetrics metrics = new FleetMetrics();
    private final FleetRest rest = new FleetRest();
    private final FleetIdentities identities;
    private final FleetMember self;
    private final int maxRequests;
    private final ErrorHandler errorHandler;
    private final AtomicInteger requests = new AtomicInteger();
    private final Object gate = new Object();
    private AgentRunner runner;
    private boolean isEnding;
    private boolean isClosed;

    /**
     * A fleet that joins with its first duty cycle.
     *
     * @param ctx with the settings.
     * @throws ConfigurationException if a setting is wrong, or two of them do not go together.
     */
    public Fleet(final FleetContext ctx)
    {
        final FleetSettings settings = ctx.settings();
        clock = ctx.nanoClock();
        errorHandler = ctx.errorHandler();
        maxRequests = settings.maxRequests();
        final LocalConnections connections = new LocalConnections(settings.maxReleases());
        host = new FleetHost(connections, metrics, ctx.listener(), errorHandler);
        self = new FleetMember(UUID.randomUUID().toString().replace("-", ""),
            Objects.requireNonNullElseGet(ctx.node(), NodeName::ofProcess));
        engine = new WatchedEngine(ctx.openEngine(), clock, metrics, rest::end);
        node = new FleetNode(engine, self.boot(), self.name(), settings, host,
            ThreadLocalRandom.current().nextLong(), clock.nanoTime());
        metrics.of(node);
        identities = new FleetIdentities(node, connections, rest);
    }

    /**
     * Join a fleet, and run on a new thread.
     *
     * @param ctx with the settings.
     * @return the fleet; close it, after its servers, to leave.
     * @throws ConfigurationException if a setting is wrong, or two of them do not go together.
     */
    public static Fleet launch(final FleetContext ctx)
    {
        final Fleet fleet = new Fleet(ctx);
        fleet.start();
        return fleet;
    }

    /**
     * Run on a new thread.
     *
     * @throws IllegalStateException if it runs already.
     */
    public void start()
    {
        synchronized (gate)
        {
            if (null != runner)
            {
                throw new IllegalStateException("the fleet runs already");
            }
            runner = new AgentRunner(rest, errorHandler, null, this);
        }
        AgentRunner.startOnThread(runner);
    }

    /**
     * Have the connections of a server be of this fleet. Several servers may be attached. To be called before the
     * server is made.
     *
     * @param ctx of the server, whose listener of identities is set.
     * @return the same.
     * @throws IllegalStateException if it has another listener of identities.
     */
    public ServerContext attach(final ServerContext ctx)
    {
        if (null != ctx.identities())
        {
            throw new IllegalStateException("the Context has a listener of identities already");
        }
        return ctx.identities(identities);
    }

    /** {@return this node} */
    public FleetMember self()
    {
        return self;
    }

    /** {@return the nodes that live, this one among them, as of the last renewal of the lease} */
    public List<FleetMember> nodes()
    {
        return FleetMember.of(node.members());
    }

    /**
     * The node that has the connection of a session.
     *
     * @param session that was found.
     * @return the node, or null if it has died since.
     */
    public FleetMember nodeOf(final Session session)
    {
        final String name = node.members().get(session.lease());
        return null == name ? null : new FleetMember(session.boot(), name);
    }

    /** {@return how this node stands, and what it has counted and measured, live} */
    public FleetMetrics metrics()
    {
        return metrics;
    }

    /**
     * Who has an identity.
     *
     * @param identity {@code user} or {@code user/device}: exactly this one.
     * @return its session, or null if no living node has it. It fails with {@link EngineException} if that is not known
     *     now, and with {@link RejectedExecutionException} if too many requests wait or the fleet is closed.
     * @throws IllegalArgumentException if that is no identity.
     */
    public CompletableFuture<Session> locate(final String identity)
    {
        Identity.required(identity);
        return ask(() -> node.locate(identity));
    }

    /**
     * All sessions of a user.
     *
     * @param user without a device.
     * @return sessions of {@code user} and of {@code user/device}, none if there are none. It fails as {@link
     *     #locate(String)}.
     * @throws IllegalArgumentException if that is no user.
     */
    public CompletableFuture<List<Session>> sessionsOf(final String user)
    {
        if (!Identity.userOf(Identity.required(user)).equals(user))
        {
            throw new IllegalArgumentException("identity \"" + user + "\" is not of a user, but of a device");
        }
        return ask(() -> node.sessionsOf(user));
    }

    /**
     * Some of the sessions of the fleet, in no order. Whoever comes or goes between two pages is in one of them or not.
     *
     * @param cursor 0 for the first page, else what the page before says.
     * @return a page, which may be empty. It fails as {@link #locate(String)}.
     * @throws IllegalArgumentException if the cursor is of no page.
     */
    public CompletableFuture<FleetPage> list(final int cursor)
    {
        if (cursor < 0 || cursor >= engine.buckets())
        {
            throw new IllegalArgumentException("cursor=" + cursor + " is not of a page");
        }
        return ask(() -> node.list(cursor));
    }

    /**
     * How many sessions the fleet has. It asks for each page, one after the other.
     *
     * @return their number: those that were there all the time, and some of the others. It fails as {@link
     *     #locate(String)}.
     */
    public CompletableFuture<Long> count()
    {
        return ask(node::count);
    }

    /**
     * Send a message to the connection of an identity, wherever it is: at most once, and without a receipt.
     *
     * @param identity exactly this one.
     * @param message  to send, not changed any more, {@link #MAX_MESSAGE_LENGTH} at most.
     * @return what became of it. It fails with {@link RejectedExecutionException} if too many requests wait or the
     *     fleet is closed.
     * @throws IllegalArgumentException if that is no identity, or the message is too long.
     */
    public CompletableFuture<SendOutcome> send(final String identity, final byte[] message)
    {
        Identity.required(identity);
        if (message.length > MAX_MESSAGE_LENGTH)
        {
            throw new IllegalArgumentException("a message of " + message.length + " bytes is longer than " +
                MAX_MESSAGE_LENGTH);
        }
        return ask(() -> unlessUnknown(node.send(identity, message)));
    }

    /**
     * Have the connection of an identity closed, wherever it is.
     *
     * @param identity exactly this one.
     * @param reason   that the peer is told: LOCAL_CLOSE, SHUTDOWN, REFUSED or TAKEN_OVER.
     * @return what became of it, as of a message.
     * @throws IllegalArgumentException if that is no identity, or no reason that an application can give.
     */
    public CompletableFuture<SendOutcome> close(final String identity, final CloseReason reason)
    {
        Identity.required(identity);
        if (!reason.isOfHost())
        {
            throw new IllegalArgumentException("reason=" + reason + " is not for the application to give");
        }
        return ask(() -> unlessUnknown(node.close(identity, (byte)reason.code())));
    }

    private static CompletableFuture<SendOutcome> unlessUnknown(final CompletableFuture<SendOutcome> outcome)
    {
        return outcome.exceptionally((failure) -> SendOutcome.UNKNOWN);
    }

    private <T> CompletableFuture<T> ask(final Supplier<CompletableFuture<T>> question)
    {
        if (requests.incrementAndGet() > maxRequests)
        {
            requests.decrementAndGet();
            metrics.add(FleetCounter.REQUESTS_REFUSED, 1);
            return CompletableFuture.failedFuture(
                new RejectedExecutionException("more than " + maxRequests + " requests wait for the registry"));
        }
        final CompletableFuture<T> answer;
        synchronized (gate)
        {
            answer = isClosed ?
                CompletableFuture.failedFuture(new RejectedExecutionException("the fleet is closed")) :
                question.get();
        }
        rest.end();
        return answer.whenComplete((value, failure) -> requests.decrementAndGet());
    }

    /**
     * One turn: one question to the registry at most.
     *
     * @return amount of work done; 0 if the caller may rest.
     */
    @Override
    public int doWork()
    {
        if (isEnding)
        {
            throw new AgentTerminationException("the fleet is closed by its own thread", null, true);
        }
        final int work = node.doWork(clock.nanoTime()) + host.tellEnded();
        host.tellNodes(node.members());
        return work;
    }

    /** Give back what connections that have ended owned, and the lease, and end the engine. */
    @Override
    public void onClose()
    {
        synchronized (gate)
        {
            if (isClosed)
            {
                return;
            }
            isClosed = true;
        }
        try
        {
            leave();
        }
        catch (final RuntimeException ex)
        {
            // The lease runs out by itself.
            errorHandler.onError(ex);
        }
        finally
        {
            CloseHelper.quietClose(engine);
        }
    }

    private void leave()
    {
        final long startNs = clock.nanoTime();
        while (metrics.waiting() > 0 && doWork() > 0 && clock.nanoTime() - startNs < LEAVE_NS)
        {
            // Releases are in batches of some hundred.
        }
        try
        {
            node.leave();
        }
        finally
        {
            // Those who wait are told that nothing is known any more.
            node.doWork(clock.nanoTime());
            host.tellEnded();
            host.tellNodes(Map.of());
        }
    }

    /**
     * Leave the fleet. To be called when the servers have ended: connections that are still open are served on, but
     * nobody finds them any more. If it was launched, it has left when this returns; else the calling thread has to be
     * the one that runs it. On the thread of the fleet, as in its listener, this does not wait.
     * <p>
     * Nothing happens if it is closed.
     */
    @Override
    public void close()
    {
        if (null == runner)
        {
            onClose();
        }
        else if (Thread.currentThread() == runner.thread())
        {
            isEnding = true;
        }
        else
        {
            rest.end();
            runner.close(CLOSE_TIMEOUT_MS, null);
        }
    }

    @Override
    public String roleName()
    {
        return NAME;
    }
}
