package io.heartwheel.bench.fleet;

import io.heartwheel.fleet.FleetCounter;
import io.heartwheel.fleet.FleetNode;
import io.heartwheel.fleet.FleetSettings;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.fleet.Host;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.redis.RedisContext;
import io.heartwheel.fleet.redis.RedisEngine;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A node of a fleet as servers have it, with an engine and a thread of its own. Its connections are numbers without
 * sockets: those of clients.
 */
final class NodeThread implements Host, AutoCloseable
{
    static final int BUCKETS = 4_096;

    private static final int TIMEOUT_MS = 1_000;
    private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long AWAIT_NS = TimeUnit.MINUTES.toNanos(2);

    private final RedisEngine engine;
    private final FleetNode node;
    private final Thread thread;
    private volatile FleetState state = FleetState.JOINING;
    private volatile long verifiedBefore;
    private volatile boolean isEnding;

    /** One that has joined. */
    NodeThread(final int port, final String name, final FleetSettings settings)
    {
        engine = new RedisEngine(new RedisContext().url("redis://127.0.0.1:" + port).buckets(BUCKETS)
            .commandTimeoutMs(TIMEOUT_MS));
        final String boot = UUID.randomUUID().toString().replace("-", "");
        node = new FleetNode(engine, boot, name, settings, this, boot.hashCode(), System.nanoTime());
        thread = new Thread(this::run, name);
        thread.start();
        await(name + " joins", () -> FleetState.HELD == state);
    }

    private void run()
    {
        while (!isEnding)
        {
            if (0 == node.doWork(System.nanoTime()))
            {
                LockSupport.parkNanos(REST_NS);
            }
        }
    }

    static String identity(final int client)
    {
        return "client-" + (1_000_000_000 + client);
    }

    static void await(final String what, final BooleanSupplier isDone)
    {
        final long startNs = System.nanoTime();
        while (!isDone.getAsBoolean())
        {
            if (System.nanoTime() - startNs > AWAIT_NS)
            {
                throw new IllegalStateException("it does not happen that " + what);
            }
            LockSupport.parkNanos(REST_NS);
        }
    }

    /** A client connects. It does so once at most to each node. */
    void open(final int client)
    {
        node.open(identity(client), client, System.nanoTime());
    }

    /** A client is gone. */
    void gone(final int client)
    {
        node.gone(client);
    }

    FleetNode node()
    {
        return node;
    }

    long count(final FleetCounter counter)
    {
        return node.counts().count(counter);
    }

    /** It holds its lease, and has verified as many buckets as there are since it took it. */
    boolean isVerifiedSinceJoined()
    {
        return FleetState.HELD == state && count(FleetCounter.BUCKETS_VERIFIED) >= verifiedBefore + BUCKETS;
    }

    /** Until the registry has been told of all. */
    void awaitTold()
    {
        await("all of " + thread.getName() + " are claimed", () -> 0 == node.waiting());
    }

    @Override
    public void onTakenOver(final long connection, final Session newer)
    {
        node.gone(connection);
    }

    @Override
    public void onRefused(final long connection, final Session older)
    {
        throw new IllegalStateException(connection + " is refused");
    }

    @Override
    public void onMessage(final long connection, final byte[] message)
    {
        throw new IllegalStateException("nobody sends a message");
    }

    @Override
    public void onClose(final long connection, final byte reason)
    {
        throw new IllegalStateException("nobody closes " + connection);
    }

    @Override
    public void onState(final FleetState now)
    {
        verifiedBefore = count(FleetCounter.BUCKETS_VERIFIED);
        state = now;
    }

    @Override
    public void onWarning(final String warning)
    {
        System.err.println(thread.getName() + ": " + warning);
    }

    /** It dies without a word. */
    @Override
    public void close()
    {
        isEnding = true;
        engine.close();
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
